package org.nvmftarget.data.rdma;

/**
 * How long a queue pair waits for an acknowledgement before it sends again (InfiniBand Architecture specification 1.3,
 * section 9.7.6.1.3: Local ACK Timeout), {@code 4.096 µs × 2^code}.
 */
final class AckTimeout {
    private AckTimeout() {}

    private static final long UNIT_NS = 4096;
    private static final long NS_PER_MS = 1_000_000;

    /** The least code that waits for {@code timeoutMs}, which is more than 0. */
    static int code(int timeoutMs) {
        long units = (timeoutMs * NS_PER_MS + UNIT_NS - 1) / UNIT_NS;
        return Long.SIZE - Long.numberOfLeadingZeros(units - 1);
    }
}
