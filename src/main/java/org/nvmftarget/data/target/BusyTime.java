package org.nvmftarget.data.target;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.TimeUnit;

/**
 * How long one reactor has had I/O to a subsystem: from a command to the next one, if that comes within a millisecond,
 * and as long as devices work on one. Its reactor writes it, at the cost of a comparison for each command; others read.
 */
final class BusyTime {

    private static final long GAP_NS = TimeUnit.MILLISECONDS.toNanos(1);
    private static final VarHandle TOTAL;

    static {
        try {
            TOTAL = MethodHandles.lookup().findVarHandle(BusyTime.class, "totalNs", long.class);
        } catch (ReflectiveOperationException ownField) {
            throw new ExceptionInInitializerError(ownField);
        }
    }

    @SuppressWarnings("UnusedVariable") // by TOTAL: other reactors read it
    private long totalNs;

    private long lastNs = Long.MIN_VALUE / 2;
    private int inFlight;

    void begins(long nowNs) {
        note(nowNs);
        inFlight++;
    }

    void ends(long nowNs) {
        note(nowNs);
        inFlight--;
    }

    private void note(long nowNs) {
        long sinceNs = nowNs - lastNs;
        if (sinceNs == 0) {
            return; // the same turn
        }
        if (inFlight > 0 || sinceNs <= GAP_NS) {
            TOTAL.setOpaque(this, (long) TOTAL.get(this) + sinceNs);
        }
        lastNs = nowNs;
    }

    /** For any thread. */
    long totalNs() {
        return (long) TOTAL.getOpaque(this);
    }
}
