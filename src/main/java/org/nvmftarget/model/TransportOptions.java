package org.nvmftarget.model;

import java.util.Locale;

/**
 * Effective options of one transport; every value is honoured as it stands or refused. Sizes are in bytes. Names, and
 * the defaults of {@link #rdma()} and {@link #tcp()}, are SPDK's, except where the documentation says otherwise.
 */
public sealed interface TransportOptions {

    TransportType trtype();

    /** What both transports have. */
    Common common();

    /** The options of RDMA with nothing declared. */
    static Rdma rdma() {
        return new Rdma(Common.DEFAULTS, 4096, false, 4096, 128, false, 4095, Poll.ADAPTIVE);
    }

    /** The options of TCP with nothing declared. */
    static Tcp tcp() {
        return new Tcp(Common.DEFAULTS, true, 0, 32);
    }

    /**
     * @param maxQueueDepth entries of an I/O queue (2 to 65535), also what CAP.MQES reports plus one
     * @param maxIoQpairsPerCtrlr I/O queues that a controller grants
     * @param inCapsuleDataSizeBytes data that a capsule may carry, a multiple of 16
     * @param maxAqDepth entries of an admin queue, at least 32
     * @param maxIoSizeBytes largest transfer of one command, a power of two from 8192: what MDTS reports
     * @param ackTimeoutMs transport-level acknowledge timeout; 0 keeps the transport's own
     * @param kasUnits keep-alive granularity in units of 100 ms, not 0
     * @param minKatoMs least keep-alive timeout that a controller grants
     * @param abortTimeoutSec how long Abort waits for the command that it aborts
     */
    record Common(
            int maxQueueDepth,
            int maxIoQpairsPerCtrlr,
            int inCapsuleDataSizeBytes,
            int maxAqDepth,
            int maxIoSizeBytes,
            int ackTimeoutMs,
            int kasUnits,
            int minKatoMs,
            int abortTimeoutSec) {

        /** SPDK's defaults. */
        public static final Common DEFAULTS = new Common(128, 127, 4096, 128, 131072, 0, 100, 10_000, 1);
    }

    /** How a reactor looks for the completions of its queues. */
    enum Poll {
        /** Without pause while work comes, then asleep until there is some. */
        ADAPTIVE,
        /** Without pause as long as there are queues: the least latency, and a whole CPU. */
        BUSY;

        /** The spelling of the spec file. */
        public String key() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * @param maxSrqDepth receives of a shared receive queue
     * @param noSrq every queue has receives of its own
     * @param numCqe entries of a completion queue where {@code noSrq}
     * @param acceptorBacklog backlog of {@code rdma_listen}
     * @param noWrBatching post every work request by itself
     * @param dataWrPoolSize work requests for data transfers
     * @param poll how reactors look for completions
     */
    record Rdma(
            Common common,
            int maxSrqDepth,
            boolean noSrq,
            int numCqe,
            int acceptorBacklog,
            boolean noWrBatching,
            int dataWrPoolSize,
            Poll poll)
            implements TransportOptions {
        @Override
        public TransportType trtype() {
            return TransportType.RDMA;
        }
    }

    /**
     * @param c2hSuccess the last C2HData PDU of a read says SUCCESS and no response capsule follows
     * @param sockPriority {@code SO_PRIORITY}, 0 to 16
     * @param controlMsgNum in-capsule buffers for the admin queue's control messages
     */
    record Tcp(Common common, boolean c2hSuccess, int sockPriority, int controlMsgNum) implements TransportOptions {
        @Override
        public TransportType trtype() {
            return TransportType.TCP;
        }
    }
}
