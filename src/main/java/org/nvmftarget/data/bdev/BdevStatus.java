package org.nvmftarget.data.bdev;

/** How a {@link BdevIo} ended. */
public enum BdevStatus {
    OK,
    /** The blocks are not all on the device. */
    OUT_OF_RANGE,
    /** No memory or space for the blocks. */
    NO_SPACE,
    /** The medium failed. In a {@link BdevOp#COMPARE_AND_WRITE} or a {@link BdevOp#COPY}, it failed to write. */
    IO_ERROR,
    /** The device is not to be written, or no longer. */
    READ_ONLY,
    /** The device is away, perhaps for a while. */
    GONE,
    /** The device has not been there since the program was started. */
    NOT_READY,
    /** It was not done, for a reason that says nothing of the medium. */
    FAILED,
    /** Blocks cannot be read. */
    UNREADABLE,
    /** Blocks are deallocated, and the operation was not to take that for zeroes. */
    UNMAPPED,
    /** The blocks are not what they were compared with. */
    MISCOMPARE,
    /** A drive that others have, too, is reserved by one of them. */
    RESERVED,
    /** A drive lets nobody at the blocks: it is locked. */
    ACCESS_DENIED,
    /** The device does not do this. */
    UNSUPPORTED
}
