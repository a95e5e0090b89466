package org.nvmftarget.data.reactor;

import java.lang.invoke.VarHandle;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * How a reactor has spent its time. The reactor writes at the end of each turn; any thread reads. A sleep counts while
 * it lasts: else a reactor at rest would seem to stand still.
 */
final class TurnTimes {

    private static final long AWAKE = Long.MIN_VALUE;

    private final AtomicLong busyNs = new AtomicLong();
    private final AtomicLong idleNs = new AtomicLong();
    private final AtomicLong turns = new AtomicLong();
    private final AtomicLong busyTurns = new AtomicLong();
    private final AtomicLong asleepSinceNs = new AtomicLong(AWAKE);

    /** Odd while the end of a sleep is being written. */
    private final AtomicLong version = new AtomicLong();

    void busy(long ns) {
        add(busyNs, ns);
        add(busyTurns, 1);
        add(turns, 1);
    }

    /** A turn without work ends, perhaps with a sleep. */
    void idle(long ns) {
        add(turns, 1);
        if (asleepSinceNs.getPlain() == AWAKE) {
            add(idleNs, ns);
            return;
        }
        version.setPlain(version.getPlain() + 1);
        VarHandle.storeStoreFence();
        add(idleNs, ns);
        asleepSinceNs.setOpaque(AWAKE);
        version.setRelease(version.getPlain() + 1);
    }

    /** The turn that began at {@code beganNs} goes to sleep. */
    void sleeps(long beganNs) {
        asleepSinceNs.setOpaque(beganNs);
    }

    long busyNs() {
        return busyNs.getOpaque();
    }

    /** @param clock the reactor's own */
    long idleNs(LongSupplier clock) {
        while (true) {
            long before = version.getAcquire();
            long idle = idleNs.getOpaque();
            long since = asleepSinceNs.getOpaque();
            VarHandle.loadLoadFence();
            if ((before & 1) == 0 && version.getOpaque() == before) {
                return since == AWAKE ? idle : idle + Math.max(0, clock.getAsLong() - since);
            }
            Thread.onSpinWait();
        }
    }

    long turns() {
        return turns.getOpaque();
    }

    long busyTurns() {
        return busyTurns.getOpaque();
    }

    private static void add(AtomicLong counter, long n) {
        counter.setOpaque(counter.getPlain() + n);
    }
}
