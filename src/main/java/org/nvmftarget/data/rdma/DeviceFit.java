package org.nvmftarget.data.rdma;

import java.util.Optional;
import org.nvmftarget.data.ffi.verbs.DeviceLimits;
import org.nvmftarget.model.TransportOptions;

/**
 * Whether a device can honour the options as they stand; what it cannot is an error, never a smaller value. Each message
 * names the option, its value, the device and the limit in it.
 */
final class DeviceFit {

    /** Twice as many sends as entries, and reads. */
    private static final int CQ_PER_RECEIVE = 4;

    private static final int LEAST_SENDS = 512;

    private final String device;
    private final DeviceLimits limits;
    private final TransportOptions.Rdma options;
    private final int reactors;
    private final long availableBytes;

    /** @param availableBytes what the machine has of memory */
    DeviceFit(String device, DeviceLimits limits, TransportOptions.Rdma options, int reactors, long availableBytes) {
        this.device = device;
        this.limits = limits;
        this.options = options;
        this.reactors = reactors;
        this.availableBytes = availableBytes;
    }

    /** The first thing that does not fit. */
    Optional<String> problem() {
        return buffers()
                .or(this::transfers)
                .or(this::sendQueue)
                .or(options.noSrq() ? this::ownReceives : this::sharedReceives)
                .or(this::memory);
    }

    /** Completions that one queue's send queue may give. */
    private int sends() {
        return sendEntries(largestQueue(), limits.maxQpInitRdAtom(), limits);
    }

    /** Entries of the send queue of a queue with {@code entries} commands and {@code reads} RDMA reads. */
    static int sendEntries(int entries, int reads, DeviceLimits limits) {
        return Math.min(SendSide.places(entries, reads), limits.maxQpWr());
    }

    private int largestQueue() {
        return Math.max(options.common().maxQueueDepth(), options.common().maxAqDepth());
    }

    /**
     * Completions of a completion queue: {@code num_cqe} where queues have receives of their own; otherwise so many that
     * one usually does for all queues of a reactor.
     */
    static int cqEntries(TransportOptions.Rdma options, DeviceLimits limits) {
        return options.noSrq()
                ? options.numCqe()
                : Math.min(CQ_PER_RECEIVE * options.maxSrqDepth() + LEAST_SENDS, limits.maxCqe());
    }

    private long dataBytes() {
        return PoolSizes.of(options.common(), reactors).totalBytes();
    }

    private Optional<String> buffers() {
        long bytes = dataBytes();
        return over(
                bytes + " bytes of memory for max_io_size " + options.common().maxIoSizeBytes(),
                bytes,
                "max_mr_size",
                limits.maxMrSizeBytes());
    }

    /** Each reactor must be able to do the largest transfer that a host may ask for. */
    private Optional<String> transfers() {
        int least = (SglWalk.MAX_DESCRIPTORS - 1) * reactors;
        return options.dataWrPoolSize() >= least
                ? Optional.empty()
                : Optional.of("data_wr_pool_size " + options.dataWrPoolSize() + " is less than " + least + ": "
                        + (SglWalk.MAX_DESCRIPTORS - 1) + " for each of " + reactors + " reactors, for a command with "
                        + SglWalk.MAX_DESCRIPTORS + " SGL descriptors (MSDBD)");
    }

    private Optional<String> sendQueue() {
        return over(
                "a send queue of " + SendSide.LONGEST_CHAIN + " work requests",
                SendSide.LONGEST_CHAIN,
                "max_qp_wr",
                limits.maxQpWr());
    }

    private Optional<String> ownReceives() {
        return over(
                        "max_queue_depth " + options.common().maxQueueDepth(),
                        options.common().maxQueueDepth(),
                        "max_qp_wr",
                        limits.maxQpWr())
                .or(() -> over(
                        "max_aq_depth " + options.common().maxAqDepth(),
                        options.common().maxAqDepth(),
                        "max_qp_wr",
                        limits.maxQpWr()))
                .or(() -> over("num_cqe " + options.numCqe(), options.numCqe(), "max_cqe", limits.maxCqe()))
                .or(this::oneQueueInCq);
    }

    private Optional<String> oneQueueInCq() {
        int needed = largestQueue() + sends();
        return options.numCqe() >= needed
                ? Optional.empty()
                : Optional.of("num_cqe " + options.numCqe() + " is less than the " + needed
                        + " completions of one queue of " + largestQueue() + " entries on " + device);
    }

    private Optional<String> sharedReceives() {
        int depth = options.maxSrqDepth();
        if (limits.maxSrq() == 0 || limits.maxSrqWr() == 0) {
            return Optional.of(device + " has no shared receive queues (max_srq 0): set no_srq: true");
        }
        if (depth < largestQueue()) {
            return Optional.of("max_srq_depth " + depth + " is less than one queue of " + largestQueue()
                    + " entries (max_queue_depth, max_aq_depth)");
        }
        return over("max_srq_depth " + depth, depth, "max_srq_wr", limits.maxSrqWr())
                .or(() -> over(
                        "a shared receive queue for each of " + reactors + " reactors",
                        reactors,
                        "max_srq",
                        limits.maxSrq()))
                .or(() -> over(
                        "a completion queue for max_srq_depth " + depth + " and the " + sends() + " sends of one queue",
                        (long) depth + sends(),
                        "max_cqe",
                        limits.maxCqe()));
    }

    /** Queues with receives of their own pin these when they come. */
    private Optional<String> memory() {
        TransportOptions.Common common = options.common();
        long data = dataBytes();
        long capsules = options.noSrq() ? 0 : SharedReceives.bytes(options) * reactors;
        return data + capsules <= availableBytes
                ? Optional.empty()
                : Optional.of(device + " would pin " + (data + capsules) + " bytes, and the machine has "
                        + availableBytes + " available: " + data + " for data (max_io_size "
                        + common.maxIoSizeBytes() + "), " + capsules + " for capsules (max_srq_depth "
                        + options.maxSrqDepth() + ", in_capsule_data_size " + common.inCapsuleDataSizeBytes()
                        + ") of " + reactors + " reactors");
    }

    private Optional<String> over(String what, long value, String limit, long most) {
        // max_mr_size is unsigned, and soft-RoCE has all bits of it set.
        return Long.compareUnsigned(value, most) <= 0
                ? Optional.empty()
                : Optional.of(
                        what + " is more than " + device + " can: its " + limit + " is " + Long.toUnsignedString(most));
    }
}
