package org.nvmftarget.data.rdma;

import org.jspecify.annotations.Nullable;
import org.nvmftarget.data.ffi.verbs.MemoryRegion;
import org.nvmftarget.data.ffi.verbs.RecvWr;

/**
 * Receives: a queue's own, or a reactor's for all its queues on a device. They gather until they are posted together.
 * Confined to the reactor, once they are first posted.
 */
abstract sealed class Receives permits OwnReceives, SharedReceives {

    final RecvSlot[] slots;
    private final DeviceStats stats;
    private @Nullable RecvWr head;
    private @Nullable RecvWr tail;
    private int gathered;

    Receives(int count, DeviceStats stats) {
        slots = new RecvSlot[count];
        this.stats = stats;
    }

    /** Makes a slot, {@code slotBytes} at {@code offset} of {@code region}. */
    final void make(int index, RecvWr wr, long wrId, MemoryRegion region, long offset, int slotBytes) {
        wr.wrId(wrId);
        slots[index] = new RecvSlot(wr, region, offset, slotBytes);
    }

    /** Posts the receive again with the next {@link #flush}: its capsule is no longer needed. */
    void repost(RecvSlot slot) {
        RecvWr wr = slot.wr;
        wr.next(null);
        if (tail == null) {
            head = wr;
        } else {
            tail.next(wr);
        }
        tail = wr;
        gathered++;
    }

    /** Takes back the receive of a queue that ends: its capsule is not answered. */
    abstract void discard(RecvSlot slot);

    /** Posts what has gathered; returns 0, or the errno of the post: what it left out is lost. */
    final int flush() {
        RecvWr first = head;
        if (first == null) {
            return 0;
        }
        head = null;
        tail = null;
        stats.totalRecvWrs.add(gathered);
        stats.recvDoorbellUpdates.add(1);
        gathered = 0;
        return post(first);
    }

    abstract int post(RecvWr first);

    final void postAll() {
        for (RecvSlot slot : slots) {
            repost(slot);
        }
    }
}
