package org.nvmftarget.data.bdev;

/** What a {@link BdevIo} asks for. */
public enum BdevOp {
    READ,
    WRITE,
    /** What was completed before it is stable. */
    FLUSH,
    WRITE_ZEROES,
    /** The blocks are no longer needed; they read as zeroes. */
    UNMAP
}
