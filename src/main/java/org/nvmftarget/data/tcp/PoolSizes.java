package org.nvmftarget.data.tcp;

/**
 * How much memory for data each reactor may take.
 *
 * @param smallCount buffers of {@link BufferPool#SMALL_BYTES}
 * @param largeBytesInAll bytes of large buffers, each of {@code max_io_size}
 */
public record PoolSizes(int smallCount, int largeBytesInAll) {

    /** 4 MiB of small and 64 MiB of large buffers, allocated as they are needed. */
    public static final PoolSizes DEFAULTS = new PoolSizes(512, 64 << 20);

    private static final int LEAST_LARGE = 2;

    int largeCount(int largeBytes) {
        return Math.max(LEAST_LARGE, largeBytesInAll / largeBytes);
    }
}
