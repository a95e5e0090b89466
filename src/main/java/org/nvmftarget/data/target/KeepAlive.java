package org.nvmftarget.data.target;

import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.nvmftarget.data.reactor.Reactor;
import org.nvmftarget.model.TransportOptions;

/**
 * How long one controller may be without a command, on its admin queue's reactor (NVMe Base specification 2.0, section
 * 3.9): while it is enabled, the keep-alive timeout; while it is not, or shut down, two minutes (section 3.6). Every
 * command on every queue counts (TBKAS). When the time is over, each reactor that has a queue of the controller first
 * turns once more and serves what lies in its sockets and completion queues: a stall of our own ends no host.
 */
final class KeepAlive {

    private static final long NS_PER_MS = 1_000_000;
    /** A discovery controller without a timeout of its own is not kept forever. */
    private static final int DISCOVERY_MS = 120_000;
    /** An association is kept for so long after a reset or a shutdown, and after Connect. */
    private static final int DISABLED_MS = 120_000;

    private final Controller controller;
    private final Reactor reactor;
    private final TransportOptions.Common options;
    private int grantedMs;
    private boolean active;
    private long timeoutNs;
    private Reactor.@Nullable Timer timer;
    /** The reactors are turning once more, before the verdict. */
    private boolean confirming;

    KeepAlive(Controller controller, Reactor reactor, TransportOptions.Common options) {
        this.controller = controller;
        this.reactor = reactor;
        this.options = options;
    }

    /** Starts anew with what the host asks for, rounded up to what this target grants; 0 is no timer. */
    void set(int requestedMs) {
        grantedMs = granted(requestedMs);
        begin();
    }

    /** What this target makes of a timeout in milliseconds, both unsigned. */
    int granted(int requestedMs) {
        long unitMs = options.kasUnits() * 100L;
        long asked = requestedMs & 0xFFFF_FFFFL;
        long granted = asked == 0 ? 0 : Math.ceilDiv(Math.max(asked, options.minKatoMs()), unitMs) * unitMs;
        return (int) Math.min(granted, 0xFFFF_FFFFL / unitMs * unitMs);
    }

    /** The controller was enabled, or it was reset or shut down. */
    void activate(boolean enabled) {
        active = enabled;
        begin();
    }

    private void begin() {
        timeoutNs = timeoutMs() * NS_PER_MS;
        stop();
        if (timeoutNs > 0) {
            timer = reactor.schedule(timeoutNs, this::check);
        }
    }

    private long timeoutMs() {
        if (!active) {
            return DISABLED_MS;
        }
        return grantedMs == 0 && controller.isDiscovery() ? DISCOVERY_MS : grantedMs & 0xFFFF_FFFFL;
    }

    int grantedMs() {
        return grantedMs;
    }

    void stop() {
        confirming = false;
        if (timer != null) {
            timer.cancel();
            timer = null;
        }
    }

    private void check() {
        if (!rescheduleIfAlive()) {
            confirm();
        }
    }

    private boolean rescheduleIfAlive() {
        long idleNs = reactor.nowNs() - controller.lastCommandNs();
        if (idleNs >= timeoutNs) {
            return false;
        }
        timer = reactor.schedule(timeoutNs - idleNs, this::check);
        return true;
    }

    /** Timers run after ready descriptors: one that is due at once comes when the reactor has served those. */
    private void confirm() {
        confirming = true;
        Set<Reactor> reactors = controller.reactors();
        AtomicInteger left = new AtomicInteger(reactors.size());
        for (Reactor r : reactors) {
            r.execute(() -> r.schedule(0, () -> {
                if (left.decrementAndGet() == 0) {
                    reactor.execute(this::decide);
                }
            }));
        }
    }

    private void decide() {
        if (!confirming) {
            return; // it was stopped, or began anew, meanwhile
        }
        confirming = false;
        if (!rescheduleIfAlive()) {
            timer = null;
            controller.expire(active ? "whose keep-alive ran out" : "which was not enabled for two minutes");
        }
    }
}
