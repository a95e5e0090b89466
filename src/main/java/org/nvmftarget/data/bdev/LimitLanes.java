package org.nvmftarget.data.bdev;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.nvmftarget.data.reactor.Reactor;

/** The lanes of all reactors, looked at from when some device has limits. For control threads. */
final class LimitLanes {

    private final List<Reactor> reactors;
    private final List<LimitLane> lanes;
    private boolean polled;

    LimitLanes(List<Reactor> reactors) {
        this.reactors = List.copyOf(reactors);
        lanes = this.reactors.stream().map(LimitLane::new).toList();
    }

    List<Reactor> reactors() {
        return reactors;
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
