package org.nvmftarget.data.bdev;

import java.util.concurrent.atomic.AtomicIntegerArray;

/**
 * Shared and exclusive locks over ranges of a device, a fixed number of them in turn. They are held for one copy in
 * memory, so a waiter spins, and lets others run where the holder may have lost its processor.
 */
final class RangeLocks {

    private static final int LOCKS = 1024;
    private static final int STRIDE = 16; // ints of a cache line
    private static final int EXCLUSIVE = -1;
    private static final int SPINS = 256;

    /** 0 free, above 0 the number of readers, {@link #EXCLUSIVE}. */
    private final AtomicIntegerArray states = new AtomicIntegerArray(LOCKS * STRIDE);

    void lockShared(int range) {
        int i = index(range);
        for (int spins = 0; ; spins++) {
            int state = states.get(i);
            if (state >= 0 && states.compareAndSet(i, state, state + 1)) {
                return;
            }
            pause(spins);
        }
    }

    void unlockShared(int range) {
        states.getAndDecrement(index(range));
    }

    void lockExclusive(int range) {
        lockAt(index(range));
    }

    void unlockExclusive(int range) {
        states.setRelease(index(range), 0);
    }

    /** Every range at once, for a change of the whole device. */
    void lockAll() {
        for (int i = 0; i < LOCKS; i++) {
            lockAt(i * STRIDE);
        }
    }

    void unlockAll() {
        for (int i = 0; i < LOCKS; i++) {
            states.setRelease(i * STRIDE, 0);
        }
    }

    private void lockAt(int i) {
        for (int spins = 0; !states.compareAndSet(i, 0, EXCLUSIVE); spins++) {
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

    private static int index(int range) {
        return (range & (LOCKS - 1)) * STRIDE;
    }
}
