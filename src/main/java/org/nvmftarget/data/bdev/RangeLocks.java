package org.nvmftarget.data.bdev;

import java.util.concurrent.atomic.AtomicIntegerArray;

/**
 * Shared and exclusive locks over ranges of a device, a fixed number of them in turn. They are held for one copy in
 * memory, so a waiter spins, and lets others run where the holder may have lost its processor. Whoever takes several
 * takes them by ascending place in the table, so that no two wait for each other.
 */
final class RangeLocks {

    private static final int LOCKS = 1024;
    private static final int STRIDE = 16; // ints of a cache line
    private static final int EXCLUSIVE = -1;
    private static final int SPINS = 256;

    /** 0 free, above 0 the number of readers, {@link #EXCLUSIVE}. */
    private final AtomicIntegerArray states = new AtomicIntegerArray(LOCKS * STRIDE);

    /** Locks the ranges {@code first} to {@code last}. */
    void lockShared(int first, int last) {
        if (first == last) {
            shareAt(place(first));
        } else {
            each(first, last, true, true);
        }
    }

    void unlockShared(int first, int last) {
        if (first == last) {
            states.getAndDecrement(place(first) * STRIDE);
        } else {
            each(first, last, true, false);
        }
    }

    /** Locks the ranges {@code first} to {@code last}. */
    void lockExclusive(int first, int last) {
        if (first == last) {
            lockAt(place(first));
        } else {
            each(first, last, false, true);
        }
    }

    void unlockExclusive(int first, int last) {
        if (first == last) {
            states.setRelease(place(first) * STRIDE, 0);
        } else {
            each(first, last, false, false);
        }
    }

    /** Locks one range to read it and another to change it; they may be the same. */
    void lockPair(int shared, int exclusive) {
        int reads = place(shared);
        int writes = place(exclusive);
        if (reads < writes) {
            shareAt(reads);
        }
        lockAt(writes);
        if (reads > writes) {
            shareAt(reads);
        }
    }

    void unlockPair(int shared, int exclusive) {
        int reads = place(shared);
        int writes = place(exclusive);
        states.setRelease(writes * STRIDE, 0);
        if (reads != writes) {
            states.getAndDecrement(reads * STRIDE);
        }
    }

    /** Every range at once, for a change of the whole device. */
    void lockAll() {
        places(0, LOCKS - 1, false, true);
    }

    void unlockAll() {
        places(0, LOCKS - 1, false, false);
    }

    private void each(int first, int last, boolean shared, boolean lock) {
        int from = place(first);
        int to = place(last);
        if (last - first >= LOCKS) {
            places(0, LOCKS - 1, shared, lock);
        } else if (from <= to) {
            places(from, to, shared, lock);
        } else {
            places(0, to, shared, lock);
            places(from, LOCKS - 1, shared, lock);
        }
    }

    private void places(int from, int to, boolean shared, boolean lock) {
        for (int place = from; place <= to; place++) {
            if (!lock && shared) {
                states.getAndDecrement(place * STRIDE);
            } else if (!lock) {
                states.setRelease(place * STRIDE, 0);
            } else if (shared) {
                shareAt(place);
            } else {
                lockAt(place);
            }
        }
    }

    private void shareAt(int place) {
        int i = place * STRIDE;
        for (int spins = 0; ; spins++) {
            int state = states.get(i);
            if (state >= 0 && states.compareAndSet(i, state, state + 1)) {
                return;
            }
            pause(spins);
        }
    }

    private void lockAt(int place) {
        for (int spins = 0; !states.compareAndSet(place * STRIDE, 0, EXCLUSIVE); spins++) {
            pause(spins);
        }
    }

    @SuppressWarnings("ThreadPriorityCheck") // only speed hangs on it, never correctness
    private static void pause(int spins) {
        if (spins < SPINS) {
            Thread.onSpinWait();
        } else {
            Thread.yield();
        }
    }

    private static int place(int range) {
        return range & (LOCKS - 1);
    }
}
