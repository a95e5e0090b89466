package org.nvmftarget.data.bdev;

import java.util.List;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.nvmftarget.data.reactor.Reactor;

/** The lanes of all reactors, looked at from when some device has limits. For control threads. */
final class LimitLanes {

    private final List<Reactor> reactors;
    private final List<LimitLane> lanes;
    private final LongSupplier clock;
    private boolean polled;

    /** @param clock that tells how long operations take: a reactor's own stands still within a turn */
    LimitLanes(List<Reactor> reactors, LongSupplier clock) {
        this.clock = clock;
        this.reactors = List.copyOf(reactors);
        lanes = this.reactors.stream().map(LimitLane::new).toList();
    }

    List<Reactor> reactors() {
        return reactors;
    }

    LongSupplier clock() {
        return clock;
    }

    LimitGate[] gatesTo(Bdev device) {
        return lanes.stream().map(lane -> new LimitGate(device, lane)).toArray(LimitGate[]::new);
    }

    /** Each reactor lets its one of {@code gates} go by {@code limiter}. */
    synchronized void adopt(LimitGate[] gates, @Nullable Limiter limiter) {
        for (int i = 0; i < gates.length; i++) {
            Reactor reactor = reactors.get(i);
            if (!polled) {
                LimitLane lane = lanes.get(i);
                reactor.execute(() -> reactor.addPoller(lane));
            }
            LimitGate gate = gates[i];
            reactor.execute(() -> gate.adopt(limiter));
        }
        polled = true;
    }

    /** Nothing waits any more. */
    synchronized void close() {
        for (int i = 0; polled && i < lanes.size(); i++) {
            Reactor reactor = reactors.get(i);
            LimitLane lane = lanes.get(i);
            reactor.execute(() -> reactor.removePoller(lane));
        }
        polled = false;
    }
}
