package org.nvmftarget.data.target;

import java.util.List;
import java.util.concurrent.atomic.AtomicLongArray;
import org.nvmftarget.model.LiveState;

/** What one reactor's queue pairs have done. The reactor alone counts; any thread may read, and be a little behind. */
final class ReactorStats {

    private static final int UNASSOCIATED = 0;
    private static final int ADMIN = 1;
    private static final int IO = 2;
    private static final int ADMIN_IN_ALL = 3;
    private static final int IO_IN_ALL = 4;
    private static final int COMPLETED_IO = 5;
    private static final int COUNTERS = 16; // two cache lines, so that reactors do not share one

    private final String reactor;
    private final AtomicLongArray counters = new AtomicLongArray(COUNTERS);

    ReactorStats(String reactor) {
        this.reactor = reactor;
    }

    /** A connection has come; no Connect yet. */
    void opened() {
        add(UNASSOCIATED, 1);
    }

    /** Its Connect has succeeded. */
    void connected(int qid) {
        add(UNASSOCIATED, -1);
        add(qid == 0 ? ADMIN : IO, 1);
        add(qid == 0 ? ADMIN_IN_ALL : IO_IN_ALL, 1);
    }

    /** @param qid negative before Connect */
    void gone(int qid) {
        add(qid < 0 ? UNASSOCIATED : qid == 0 ? ADMIN : IO, -1);
    }

    /** On the way of each I/O. */
    void completedIo() {
        add(COMPLETED_IO, 1);
    }

    private void add(int counter, long n) {
        counters.setOpaque(counter, counters.getPlain(counter) + n);
    }

    /** Bdevs take every command at once, so none waits for one. */
    LiveState.PollGroup live(List<LiveState.TransportStats> transports) {
        return new LiveState.PollGroup(
                reactor,
                counters.getOpaque(ADMIN_IN_ALL),
                counters.getOpaque(IO_IN_ALL),
                (int) counters.getOpaque(ADMIN),
                (int) counters.getOpaque(IO),
                (int) counters.getOpaque(UNASSOCIATED),
                counters.getOpaque(COMPLETED_IO),
                transports);
    }
}
