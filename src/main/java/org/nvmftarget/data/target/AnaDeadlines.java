package org.nvmftarget.data.target;

import java.util.HashMap;
import java.util.Map;
import java.util.NavigableSet;
import org.nvmftarget.data.nvme.AnaLog;
import org.nvmftarget.data.reactor.Reactor;

/**
 * Sees to it that no host finds a group in the ANA state change for as long as ANATT: a Linux host that does resets its
 * controller. Whatever was declared, a second before that time the group is inaccessible, as a path is whose change has
 * come to nothing. On one reactor, for one subsystem.
 */
final class AnaDeadlines {

    private static final long LIMIT_NS = (AnaLog.TRANSITION_SECONDS - 1) * 1_000_000_000L;

    private static final class Deadline {
        private final long atNs;
        private final Reactor.Timer timer;
        private boolean over;

        private Deadline(Reactor reactor, Runnable due) {
            atNs = reactor.nowNs() + LIMIT_NS;
            timer = reactor.schedule(LIMIT_NS, due);
        }
    }

    private final Reactor reactor;
    private final Runnable onOver;
    private final Map<Long, Deadline> deadlines = new HashMap<>();

    /** @param onOver called when {@link #isOver} has begun to be true of something */
    AnaDeadlines(Reactor reactor, Runnable onOver) {
        this.reactor = reactor;
        this.onOver = onOver;
    }

    /** The changes that began with these views are under way, and no others. */
    void adopt(NavigableSet<Long> changes) {
        deadlines.entrySet().removeIf(e -> {
            boolean gone = !changes.contains(e.getKey());
            if (gone) {
                e.getValue().timer.cancel();
            }
            return gone;
        });
        for (Long generation : changes) {
            deadlines.computeIfAbsent(generation, g -> new Deadline(reactor, this::due));
        }
    }

    /** What is over at one time is one change to hosts. */
    private void due() {
        for (Deadline deadline : deadlines.values()) {
            if (!deadline.over && deadline.atNs - reactor.nowNs() <= 0) {
                deadline.over = true;
                deadline.timer.cancel();
            }
        }
        onOver.run();
    }

    /** Whether the change that began with this view has lasted too long. */
    boolean isOver(long generation) {
        Deadline deadline = deadlines.get(generation);
        return deadline != null && deadline.over;
    }
}
