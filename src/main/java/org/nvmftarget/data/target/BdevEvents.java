package org.nvmftarget.data.target;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.nvmftarget.model.Activity;

/** The last events of block devices. Safe on every thread. */
final class BdevEvents {

    /** As many as SPDK keeps. */
    static final int KEPT = 1024;

    private final Deque<Activity.Event> last = new ArrayDeque<>();
    private long nextId;

    synchronized void add(Activity.EventType type, String bdev) {
        if (last.size() == KEPT) {
            last.removeFirst();
        }
        last.addLast(new Activity.Event(nextId++, type, bdev));
    }

    /** Oldest first. */
    synchronized List<Activity.Event> list() {
        return List.copyOf(last);
    }
}
