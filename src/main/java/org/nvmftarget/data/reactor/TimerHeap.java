package org.nvmftarget.data.reactor;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The timers of one reactor, soonest first; those of one time in the order in which they were made. */
public final class TimerHeap {

    private Entry[] heap = new Entry[16];
    private int size;
    private long sequence;

    public Reactor.Timer add(long deadlineNs, Runnable task) {
        if (size == heap.length) {
            heap = Arrays.copyOf(heap, size * 2);
        }
        Entry entry = new Entry(this, deadlineNs, sequence++, task);
        size++;
        siftUp(entry, size - 1);
        return entry;
    }

    public boolean isEmpty() {
        return size == 0;
    }

    /** The time of the soonest timer; only where there is one. */
    public long firstDeadlineNs() {
        return heap[0].deadlineNs;
    }

    boolean isDue(long nowNs) {
        return size > 0 && heap[0].deadlineNs - nowNs <= 0;
    }

    /** Takes the soonest timer's task out, if it is due. */
    @Nullable
    Runnable takeDue(long nowNs) {
        if (!isDue(nowNs)) {
            return null;
        }
        Entry first = heap[0];
        remove(first);
        return first.task;
    }

    /** Runs the tasks that are due, also those that become so meanwhile; returns how many. */
    public int runDue(long nowNs) {
        int run = 0;
        for (Runnable task = takeDue(nowNs); task != null; task = takeDue(nowNs)) {
            task.run();
            run++;
        }
        return run;
    }

    private void remove(Entry entry) {
        int hole = entry.index;
        entry.index = Entry.OUT;
        size--;
        Entry last = heap[size];
        // The slot past the end keeps a reference until it is written again; a cleared one would need a null in the
        // array, and the heap is small.
        if (last != entry) {
            siftDown(last, hole);
            if (last.index == hole) {
                siftUp(last, hole);
            }
        }
    }

    private void siftUp(Entry entry, int from) {
        int at = from;
        while (at > 0) {
            int parent = (at - 1) >>> 1;
            if (!entry.isBefore(heap[parent])) {
                break;
            }
            place(heap[parent], at);
            at = parent;
        }
        place(entry, at);
    }

    private void siftDown(Entry entry, int from) {
        int at = from;
        while (2 * at + 1 < size) {
            int child = 2 * at + 1;
            if (child + 1 < size && heap[child + 1].isBefore(heap[child])) {
                child++;
            }
            if (!heap[child].isBefore(entry)) {
                break;
            }
            place(heap[child], at);
            at = child;
        }
        place(entry, at);
    }

    private void place(Entry entry, int at) {
        heap[at] = entry;
        entry.index = at;
    }

    private static final class Entry implements Reactor.Timer {
        static final int OUT = -1;

        private final TimerHeap owner;
        private final long deadlineNs;
        private final long sequence;
        private final Runnable task;
        private int index = OUT;

        Entry(TimerHeap owner, long deadlineNs, long sequence, Runnable task) {
            this.owner = owner;
            this.deadlineNs = deadlineNs;
            this.sequence = sequence;
            this.task = task;
        }

        boolean isBefore(Entry other) {
            long difference = deadlineNs - other.deadlineNs;
            return difference < 0 || (difference == 0 && sequence - other.sequence < 0);
        }

        @Override
        public void cancel() {
            if (index != OUT) {
                owner.remove(this);
            }
        }
    }
}
