package org.nvmftarget.data.target;

import java.util.BitSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * The controller ids of one subsystem, which outlive it: a host that lost its controller goes on reconnecting under
 * that id, and Linux refuses a new controller with an id that another one of the subsystem has, even if that one is
 * only waiting for its next attempt. So an id goes from hand to hand in order, and one whose controller was lost rather
 * than shut down rests for {@link #QUARANTINE_NS}. If nothing else is left, the one that has rested longest is taken.
 */
final class ControllerIds {

    /** Linux gives up after 10 minutes (ctrl_loss_tmo), which begin when it has noticed, and we may notice first. */
    static final long QUARANTINE_NS = TimeUnit.MINUTES.toNanos(15);

    static final int NONE = -1;

    private final int first;
    private final int last;
    /** In use or at rest; bit 0 is {@link #first}. */
    private final BitSet taken = new BitSet();
    /** By id, when it was lost, the longest ago first. */
    private final Map<Integer, Long> resting = new LinkedHashMap<>();

    private int next;

    /** @param offset where in the range to begin */
    ControllerIds(int first, int last, int offset) {
        this.first = first;
        this.last = last;
        next = Math.floorMod(offset, size());
    }

    /** These ids, if the range is the same, or others that rest where these do. */
    synchronized ControllerIds within(int newFirst, int newLast) {
        if (newFirst == first && newLast == last) {
            return this;
        }
        ControllerIds ids = new ControllerIds(newFirst, newLast, first + next - newFirst);
        resting.forEach((id, lostNs) -> {
            if (id >= newFirst && id <= newLast) {
                ids.taken.set(id - newFirst);
                ids.resting.put(id, lostNs);
            }
        });
        return ids;
    }

    private int size() {
        return last - first + 1;
    }

    /** Takes an id for a new controller; {@link #NONE} if there are as many controllers as ids. */
    synchronized int take(long nowNs) {
        endRest(nowNs);
        int index = taken.nextClearBit(next);
        if (index >= size()) {
            index = taken.nextClearBit(0);
        }
        if (index >= size()) {
            if (resting.isEmpty()) {
                return NONE;
            }
            index = resting.keySet().iterator().next() - first;
            resting.remove(first + index);
        }
        taken.set(index);
        next = (index + 1) % size();
        return first + index;
    }

    private void endRest(long nowNs) {
        Iterator<Map.Entry<Integer, Long>> all = resting.entrySet().iterator();
        while (all.hasNext()) {
            Map.Entry<Integer, Long> longest = all.next();
            if (nowNs - longest.getValue() < QUARANTINE_NS) {
                return;
            }
            taken.clear(longest.getKey() - first);
            all.remove();
        }
    }

    /** A controller is gone. */
    synchronized void giveBack(int id, boolean lost, long nowNs) {
        if (lost) {
            resting.put(id, nowNs);
        } else {
            taken.clear(id - first);
        }
    }
}
