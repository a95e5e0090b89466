package org.nvmftarget.data.rdma;

import java.lang.foreign.Arena;
import java.lang.foreign.SegmentAllocator;
import org.nvmftarget.data.ffi.verbs.MemoryRegion;
import org.nvmftarget.data.ffi.verbs.ProtectionDomain;
import org.nvmftarget.data.ffi.verbs.RecvWr;
import org.nvmftarget.data.ffi.verbs.SharedReceiveQueue;
import org.nvmftarget.data.ffi.verbs.VerbsException;
import org.nvmftarget.data.target.Request;
import org.nvmftarget.model.TransportOptions;

/**
 * The receives of all queues that a reactor has on a device ({@code max_srq_depth}). A queue comes here only if every
 * command that its host may have under way finds one: otherwise one host's burst would make all others' wait. The
 * acceptor makes it and keeps that account; the reactor does all else.
 */
final class SharedReceives extends Receives {

    private static final int PAGE_BYTES = 4096;

    private final SharedReceiveQueue srq;
    private final MemoryRegion region;

    /** The acceptor's: entries of the queues that have come. */
    private int promised;

    private SharedReceives(
            SharedReceiveQueue srq,
            MemoryRegion region,
            int count,
            int slotBytes,
            SegmentAllocator wrs,
            DeviceStats stats) {
        super(count, stats);
        this.srq = srq;
        this.region = region;
        for (int i = 0; i < count; i++) {
            long wrId = WrId.of(0, 0, WrId.SHARED_RECV, i);
            make(i, new RecvWr(wrs, 1), wrId, region, (long) i * slotBytes, slotBytes);
        }
    }

    /**
     * Makes the queue and posts its receives.
     *
     * @param arena lives at least as long as {@code domain}
     */
    static SharedReceives open(ProtectionDomain domain, int count, int inCapsuleBytes, Arena arena, DeviceStats stats)
            throws VerbsException {
        int slotBytes = slotBytes(inCapsuleBytes);
        MemoryRegion region = domain.register(arena.allocate((long) count * slotBytes, PAGE_BYTES));
        SharedReceiveQueue srq;
        try {
            srq = domain.createSharedReceiveQueue(count, 1, 0);
        } catch (VerbsException e) {
            region.close();
            throw e;
        }
        SegmentAllocator wrs = SegmentAllocator.slicingAllocator(arena.allocate(count * RecvWr.bytes(1), Long.BYTES));
        SharedReceives made = new SharedReceives(srq, region, count, slotBytes, wrs, stats);
        made.postAll();
        int errno = made.flush();
        if (errno != 0) {
            made.close();
            throw new VerbsException("ibv_post_srq_recv", count + " receives", errno);
        }
        return made;
    }

    /** Bytes that {@link #open} pins. */
    static long bytes(TransportOptions.Rdma options) {
        return (long) options.maxSrqDepth() * slotBytes(options.common().inCapsuleDataSizeBytes());
    }

    private static int slotBytes(int inCapsuleBytes) {
        return Request.SQE_BYTES + inCapsuleBytes;
    }

    SharedReceiveQueue queue() {
        return srq;
    }

    /** Bytes that are pinned for capsules. */
    long bytes() {
        return region.memory().byteSize();
    }

    // --- on the acceptor -------------------------------------------------------------------------------------------

    /** Receives that no queue has been promised. */
    int unpromised() {
        return slots.length - promised;
    }

    boolean isUnpromised() {
        return promised == 0;
    }

    void promise(int entries) {
        promised += entries;
    }

    void giveBack(int entries) {
        promised -= entries;
    }

    // --- on the reactor --------------------------------------------------------------------------------------------

    @Override
    void discard(RecvSlot slot) {
        repost(slot);
    }

    @Override
    int post(RecvWr first) {
        return srq.postRecv(first);
    }

    /** Its queue pairs are gone. */
    void close() {
        srq.close();
        region.close();
    }
}
