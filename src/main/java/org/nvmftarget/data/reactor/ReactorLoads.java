package org.nvmftarget.data.reactor;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

/**
 * How much the queues on each reactor may bring it, over all transports and devices: a queue counts for as much as it
 * may have under way at a time. Safe on every thread.
 */
public final class ReactorLoads {

    private final List<Reactor> reactors;
    private final Map<Reactor, AtomicLong> loads = new HashMap<>();

    public ReactorLoads(List<Reactor> reactors) {
        this.reactors = List.copyOf(reactors);
        reactors.forEach(reactor -> loads.put(reactor, new AtomicLong()));
    }

    public long of(Reactor reactor) {
        return load(reactor).get();
    }

    /** The reactor with the least; the first of equals. */
    public Reactor least() {
        Reactor least = reactors.getFirst();
        for (Reactor reactor : reactors) {
            if (of(reactor) < of(least)) {
                least = reactor;
            }
        }
        return least;
    }

    /** Puts {@code load} on {@code reactor}. */
    public Share take(Reactor reactor, long load) {
        return new Share(load(reactor), load);
    }

    private AtomicLong load(Reactor reactor) {
        AtomicLong load = loads.get(reactor);
        if (load == null) {
            throw new IllegalArgumentException("queues do not live on reactor " + reactor.name());
        }
        return load;
    }

    /** What one queue weighs. Confined to one thread at a time. */
    public static final class Share {
        private final AtomicLong total;
        private long load;

        private Share(AtomicLong total, long load) {
            this.total = total;
            this.load = load;
            total.addAndGet(load);
        }

        /** The queue weighs {@code now}. */
        public void weigh(long now) {
            total.addAndGet(now - load);
            load = now;
        }

        /** The queue is gone. Idempotent. */
        public void giveBack() {
            weigh(0);
        }
    }
}
