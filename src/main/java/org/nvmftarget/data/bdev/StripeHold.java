package org.nvmftarget.data.bdev;

import java.util.Arrays;

/** The stripes that one operation needs and those that it has. Made once and used again. */
final class StripeHold {

    private static final int STRIPE_SHIFT = 20;

    private int[] places = new int[4];
    private int wanted;
    private int held;
    private boolean exclusive;

    /** Nothing is held. */
    void begin(boolean alone) {
        wanted = 0;
        held = 0;
        exclusive = alone;
    }

    /** The stripes of some bytes. */
    void add(long offset, long lengthBytes) {
        long first = offset >>> STRIPE_SHIFT;
        long last = (offset + lengthBytes - 1) >>> STRIPE_SHIFT;
        if (last - first >= StripeLocks.PLACES) {
            last = first + StripeLocks.PLACES - 1;
        }
        for (long stripe = first; stripe <= last; stripe++) {
            if (wanted == places.length) {
                places = Arrays.copyOf(places, 2 * wanted);
            }
            places[wanted] = (int) stripe & (StripeLocks.PLACES - 1);
            wanted++;
        }
    }

    /** All have been added. */
    void sort() {
        if (wanted < 2) {
            return;
        }
        Arrays.sort(places, 0, wanted);
        int distinct = 1;
        for (int i = 1; i < wanted; i++) {
            if (places[i] != places[distinct - 1]) {
                places[distinct] = places[i];
                distinct++;
            }
        }
        wanted = distinct;
    }

    /** Goes on taking; false if it must ask again. */
    boolean take(StripeLocks locks) {
        while (held < wanted) {
            if (!(exclusive ? locks.tryLock(places[held]) : locks.tryShare(places[held]))) {
                return false;
            }
            held++;
        }
        return true;
    }

    void release(StripeLocks locks) {
        for (int i = 0; i < held; i++) {
            if (exclusive) {
                locks.unlock(places[i]);
            } else {
                locks.unshare(places[i]);
            }
        }
        held = 0;
        wanted = 0;
    }
}
