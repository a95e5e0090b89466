package org.nvmftarget.data.rdma;

import java.lang.foreign.SegmentAllocator;
import org.nvmftarget.data.ffi.verbs.RcQueuePair;
import org.nvmftarget.data.ffi.verbs.RecvWr;

/** The receives of one queue ({@code no_srq: true}), as many as it has entries. */
final class OwnReceives extends Receives {

    private final RcQueuePair qp;
    private int posted;

    /** @param idBase a {@link WrId} of kind 0 that names the queue */
    OwnReceives(
            RcQueuePair qp, int count, QueueMemory memory, SegmentAllocator allocator, long idBase, DeviceStats stats) {
        super(count, stats);
        this.qp = qp;
        int slotBytes = memory.shape().slotBytes();
        for (int i = 0; i < count; i++) {
            long wrId = WrId.withKind(idBase | i, WrId.RECV);
            make(i, new RecvWr(allocator, 1), wrId, memory.region(), memory.receiveOffset(i), slotBytes);
        }
    }

    @Override
    void repost(RecvSlot slot) {
        posted++;
        super.repost(slot);
    }

    /** The queue pair takes no more receives. */
    @Override
    void discard(RecvSlot slot) {}

    @Override
    int post(RecvWr first) {
        return qp.postRecv(first);
    }

    /** A receive completed, or was flushed. */
    void completed() {
        posted--;
    }

    int posted() {
        return posted;
    }

    /** The completions of the rest will not come. */
    void forget() {
        posted = 0;
    }
}
