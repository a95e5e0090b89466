package org.nvmftarget.data.rdma;

import org.nvmftarget.model.TransportOptions;

/**
 * How many data buffers a device gets, all pinned from the first listener on. By default that is 1,024 buffers of 8 KiB
 * and 256 of 128 KiB: 40 MiB. They are dealt out to the reactors evenly, and each reactor gets enough for a few
 * transfers however many reactors there are.
 *
 * @param reactors among which the buffers are shared
 * @param small buffers of {@link #SMALL_BYTES} for each reactor
 * @param large buffers of {@code largeBytes} for each reactor
 * @param largeBytes {@code max_io_size}
 */
record PoolSizes(int reactors, int small, int large, int largeBytes) {

    static final int SMALL_BYTES = 8192;

    private static final int SMALL_TOTAL = 1024;
    private static final int LARGE_TOTAL_BYTES = 32 << 20;
    private static final int MIN_SMALL = 64;
    private static final int MIN_LARGE = 8;

    static PoolSizes of(TransportOptions.Common options, int reactors) {
        int large = options.maxIoSizeBytes();
        return new PoolSizes(
                reactors,
                Math.max(MIN_SMALL, SMALL_TOTAL / reactors),
                Math.max(MIN_LARGE, LARGE_TOTAL_BYTES / large / reactors),
                large);
    }

    long bytesPerReactor() {
        return (long) small * SMALL_BYTES + (long) large * largeBytes;
    }

    /** Bytes that are pinned for a device's data buffers. */
    long totalBytes() {
        return bytesPerReactor() * reactors;
    }
}
