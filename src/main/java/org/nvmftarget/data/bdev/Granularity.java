package org.nvmftarget.data.bdev;

/**
 * What a device is fastest with, in logical blocks.
 *
 * @param written writes best begin at, and are, a multiple of so many, as {@code deallocated} is for deallocations
 * @param largestWrite of which writes are best; 0 if the larger the better
 * @param boundary that reads and writes best do not cross a multiple of; 0 if it does not matter
 */
public record Granularity(int written, int deallocated, int largestWrite, int boundary) {

    /** Whole pieces of so many blocks. */
    static Granularity of(int blocks) {
        return new Granularity(blocks, blocks, 0, 0);
    }
}
