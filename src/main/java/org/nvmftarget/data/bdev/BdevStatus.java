package org.nvmftarget.data.bdev;

/** How a {@link BdevIo} ended. */
public enum BdevStatus {
    OK,
    /** The blocks are not all on the device. */
    OUT_OF_RANGE,
    /** No memory or space for the blocks. */
    NO_SPACE,
    /** The medium failed. */
    IO_ERROR
}
