package org.nvmftarget.data.rdma;

import org.nvmftarget.model.TransportOptions;

/**
 * How much memory for data a device gets, all of it pinned from the first listener on: 32 MiB, dealt out to the reactors
 * evenly, but never less than {@link #LEAST_LARGEST} transfers of {@code max_io_size} for each.
 *
 * @param reactors among which the memory is shared
 * @param largestBytes {@code max_io_size}: the largest block
 * @param blocks of {@code largestBytes} for each reactor
 */
record PoolSizes(int reactors, int largestBytes, int blocks) {

    static final int TOTAL_BYTES = 32 << 20;
    private static final int LEAST_LARGEST = 4;

    static PoolSizes of(TransportOptions.Common options, int reactors) {
        return of(options, reactors, TOTAL_BYTES);
    }

    /** @param bytes for all reactors together, as long as that is {@link #LEAST_LARGEST} transfers for each */
    static PoolSizes of(TransportOptions.Common options, int reactors, int bytes) {
        int largest = options.maxIoSizeBytes();
        return new PoolSizes(reactors, largest, Math.max(LEAST_LARGEST, bytes / reactors / largest));
    }

    long bytesPerReactor() {
        return (long) blocks * largestBytes;
    }

    /** Bytes that are pinned for a device's data. */
    long totalBytes() {
        return bytesPerReactor() * reactors;
    }
}
