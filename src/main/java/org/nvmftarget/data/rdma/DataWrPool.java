package org.nvmftarget.data.rdma;

import java.lang.foreign.SegmentAllocator;
import java.util.ArrayDeque;
import java.util.Objects;
import org.nvmftarget.data.ffi.verbs.SendWr;

/**
 * One reactor's work requests for transfers that need more than the one of their request, because the host's memory is
 * in several pieces ({@code data_wr_pool_size}). Whoever has some has them in a send queue, from which they come back by
 * themselves; so a queue that finds too few waits in line, and nobody overtakes it. Confined to its reactor.
 */
final class DataWrPool {

    private final SendWr[] free;
    private int count;
    private boolean serving;

    /** Each at most once. As many as there are queues at most, so that it grows a few times and then no more. */
    private final ArrayDeque<SendSide> waiting = new ArrayDeque<>();

    /** @param memory that lives as long as the pool */
    DataWrPool(int size, SegmentAllocator memory) {
        free = new SendWr[size];
        for (int i = 0; i < size; i++) {
            free[count++] = new SendWr(memory, 1);
        }
    }

    int size() {
        return free.length;
    }

    /** How many can be taken without {@link #has}: none where somebody waits. */
    int available() {
        return waiting.isEmpty() ? count : 0;
    }

    /** Whether {@code n} can be taken by {@code queue}; puts it in line if not: {@link SendSide#pump} comes later. */
    boolean has(int n, SendSide queue) {
        if (n == 0) {
            return true;
        }
        boolean first = waiting.isEmpty() || waiting.peekFirst() == queue;
        if (first && n <= count) {
            if (queue.inLine) {
                queue.inLine = false;
                waiting.pollFirst();
            }
            return true;
        }
        if (!queue.inLine) {
            queue.inLine = true;
            waiting.addLast(queue);
        }
        return false;
    }

    /** One of those that {@link #has} said are there. */
    SendWr take() {
        return free[--count];
    }

    void give(SendWr wr) {
        free[count++] = wr;
    }

    /** Carries on with the queues that waited for what has come back. */
    void serve() {
        if (serving) {
            return;
        }
        serving = true;
        SendSide first = waiting.peekFirst();
        while (first != null) {
            first.pump();
            // It stays first as long as it wants more than there are.
            SendSide next = waiting.peekFirst();
            first = next == first ? null : next;
        }
        serving = false;
    }

    /** {@code queue} wants none any more. */
    void giveUp(SendSide queue) {
        if (queue.inLine) {
            queue.inLine = false;
            waiting.remove(Objects.requireNonNull(queue));
            serve();
        }
    }

    boolean isWhole() {
        return count == free.length && waiting.isEmpty();
    }
}
