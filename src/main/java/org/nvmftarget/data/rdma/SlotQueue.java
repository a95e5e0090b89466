package org.nvmftarget.data.rdma;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Capsules that wait for a request, in the order in which they came. Confined to a reactor. */
final class SlotQueue {

    private @Nullable RecvSlot head;
    private @Nullable RecvSlot tail;

    boolean isEmpty() {
        return head == null;
    }

    void add(RecvSlot slot) {
        slot.next = null;
        if (tail == null) {
            head = slot;
        } else {
            tail.next = slot;
        }
        tail = slot;
    }

    /** The first; there is one. */
    RecvSlot take() {
        RecvSlot first = Objects.requireNonNull(head);
        head = first.next;
        tail = head == null ? null : tail;
        return first;
    }
}
