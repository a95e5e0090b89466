package org.nvmftarget.data.bdev;

/** What a {@link BdevIo} asks for. */
public enum BdevOp {
    READ,
    WRITE,
    /** What was completed before it is stable. */
    FLUSH,
    /** The blocks read as zeroes, and count as written. */
    WRITE_ZEROES,
    /** The blocks are no longer needed; they read as zeroes. */
    UNMAP,
    /** Ends in {@link BdevStatus#MISCOMPARE} unless the blocks are just the data. */
    COMPARE,
    /** {@link #COMPARE} with one piece of data and, if that holds, {@link #WRITE} of another, as one. */
    COMPARE_AND_WRITE,
    /** The blocks could be read. */
    VERIFY,
    /** Until they are written, reading the blocks fails. */
    WRITE_UNCORRECTABLE,
    /** The blocks are written to another place, as if all had been read before; each single one as a whole. */
    COPY
}
