package org.nvmftarget.data.bdev;

import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.nvmftarget.model.BdevSpec;

/**
 * Files and block devices that somebody wants to open and that are not there, or not free. Nobody says when they are no
 * longer wanted, so they are forgotten a while after they were last asked for.
 */
final class AwaitedDisks {

    private static final long FORGOTTEN_NS = TimeUnit.MINUTES.toNanos(10);

    private record Awaited(BdevSpec spec, long askedNs) {}

    private final Map<String, Awaited> byPath = new ConcurrentHashMap<>();
    private final LongSupplier clock;

    /** @param clock monotonic nanoseconds */
    AwaitedDisks(LongSupplier clock) {
        this.clock = clock;
    }

    void await(BdevSpec spec) {
        byPath.put(spec.path(), new Awaited(spec, clock.getAsLong()));
    }

    boolean isEmpty() {
        return byPath.isEmpty();
    }

    /** A set of its own. */
    Set<String> paths() {
        return new HashSet<>(byPath.keySet());
    }

    /** Whether one of them could be opened now; it is awaited no longer. */
    boolean hasCome() {
        long nowNs = clock.getAsLong();
        byPath.values().removeIf(awaited -> nowNs - awaited.askedNs() > FORGOTTEN_NS);
        return byPath.values()
                .removeIf(awaited -> DiskOpener.probe(awaited.spec()).isEmpty());
    }
}
