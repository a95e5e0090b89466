package org.nvmftarget.data.bdev;

/**
 * How an open disk wants to be used.
 *
 * @param blockSizeBytes of the bdev
 * @param direct past the page cache
 * @param memoryAlign what memory of a call must be aligned to, in bytes, a power of two
 * @param note what is not as one may expect, for the operator; empty if nothing
 */
record DiskShape(int blockSizeBytes, boolean direct, int memoryAlign, String note) {}
