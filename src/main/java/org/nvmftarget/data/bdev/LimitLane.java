package org.nvmftarget.data.bdev;

import java.util.ArrayList;
import java.util.List;
import org.nvmftarget.data.reactor.Reactor;

/**
 * Looks, on one reactor, whether what waits for limits may begin: in every turn if that is soon, else by a timer. For that
 * reactor's thread.
 */
final class LimitLane implements Reactor.Poller {

    /** Timers of a sleeping reactor are late by as much. */
    private static final long SOON_NS = 1_000_000;

    private final Reactor reactor;
    private final List<LimitGate> waiting = new ArrayList<>();
    private final Runnable wake = this::wake;
    private boolean timed;
    private long wakeNs;

    LimitLane(Reactor reactor) {
        this.reactor = reactor;
    }

    long nowNs() {
        return reactor.nowNs();
    }

    /** Something waits at a gate where nothing did. */
    void add(LimitGate gate) {
        if (!waiting.contains(gate)) {
            waiting.add(gate);
        }
    }

    @Override
    public int poll() {
        if (waiting.isEmpty()) {
            return 0;
        }
        int begun = 0;
        long nowNs = reactor.nowNs();
        for (int i = waiting.size() - 1; i >= 0; i--) {
            LimitGate gate = waiting.get(i);
            begun += gate.admit(nowNs);
            if (!gate.isWaiting()) {
                waiting.remove(i);
            }
        }
        return begun;
    }

    @Override
    public boolean arm() {
        if (waiting.isEmpty()) {
            return true;
        }
        long nowNs = reactor.nowNs();
        long leftNs = Long.MAX_VALUE;
        for (int i = 0; i < waiting.size(); i++) {
            leftNs = Math.min(leftNs, waiting.get(i).nextNs() - nowNs);
        }
        if (leftNs < SOON_NS) {
            return false;
        }
        if (!timed || nowNs + leftNs - wakeNs < 0) {
            timed = true;
            wakeNs = nowNs + leftNs;
            reactor.schedule(leftNs, wake);
        }
        return true;
    }

    /** The turn looks at every poller. */
    private void wake() {
        timed = false;
    }
}
