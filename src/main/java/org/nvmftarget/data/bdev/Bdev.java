package org.nvmftarget.data.bdev;

import org.nvmftarget.model.BdevSpec;

/** A block device. */
public interface Bdev extends AutoCloseable {

    /** What it is now; its size follows {@link #resize}. */
    BdevSpec spec();

    /** Logical block size in bytes, a power of two. */
    int blockSizeBytes();

    /** Size in logical blocks. */
    long blocks();

    /** Starts an operation, on any reactor. Blocks beyond the device end in {@link BdevStatus#OUT_OF_RANGE}. */
    void submit(BdevIo io);

    /** Changes the size and keeps what is below both; what a grown part reads is zeroes. */
    void resize(long sizeBytes);

    BdevStats stats();

    /** Frees the device. The caller vouches that no operation is under way and none will come. */
    @Override
    void close();
}
