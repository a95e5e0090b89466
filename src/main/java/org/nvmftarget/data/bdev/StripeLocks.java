package org.nvmftarget.data.bdev;

import java.util.concurrent.atomic.AtomicIntegerArray;

/**
 * Shared and exclusive locks over stripes of a disk, a fixed number of them in turn. They are held while the disk works,
 * so nobody waits for one: who does not get it asks again in a later turn. Whoever needs several asks for them by
 * ascending place and keeps what it has, so that no two wait for each other. Who wants a stripe alone is not overtaken
 * by others that come later.
 */
final class StripeLocks {

    static final int PLACES = 1024;

    private static final int STRIDE = 16; // ints of a cache line
    private static final int EXCLUSIVE = 1 << 31;
    private static final int WANTED = 1 << 30;

    /** {@link #EXCLUSIVE}, or the number of sharers and perhaps {@link #WANTED}. */
    private final AtomicIntegerArray states = new AtomicIntegerArray(PLACES * STRIDE);

    boolean tryShare(int place) {
        int i = place * STRIDE;
        while (true) {
            int state = states.get(i);
            if ((state & (EXCLUSIVE | WANTED)) != 0) {
                return false;
            }
            if (states.compareAndSet(i, state, state + 1)) {
                return true;
            }
        }
    }

    boolean tryLock(int place) {
        int i = place * STRIDE;
        while (true) {
            int state = states.get(i);
            if (state < 0) {
                return false;
            }
            boolean isFree = (state & ~WANTED) == 0;
            if (states.compareAndSet(i, state, isFree ? EXCLUSIVE : state | WANTED)) {
                return isFree;
            }
        }
    }

    void unshare(int place) {
        states.getAndDecrement(place * STRIDE);
    }

    void unlock(int place) {
        states.setRelease(place * STRIDE, 0);
    }
}
