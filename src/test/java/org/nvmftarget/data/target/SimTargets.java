package org.nvmftarget.data.target;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.function.BiPredicate;
import java.util.function.BooleanSupplier;
import org.nvmftarget.data.bdev.DiskMemory;
import org.nvmftarget.data.reactor.Reactor;
import org.nvmftarget.model.TransportType;

/** Targets whose threads are a simulation's. */
public final class SimTargets {
    private SimTargets() {}

    /**
     * @param wait lets the simulation go on until something holds; false if the time is over first
     * @param helper runs what blocks
     */
    public static Target create(
            List<? extends Reactor> reactors,
            Reactor acceptor,
            Map<TransportType, TransportFactory> factories,
            BiPredicate<BooleanSupplier, Duration> wait,
            Executor helper) {
        return new Target(
                reactors,
                acceptor,
                factories,
                0,
                (latch, timeout) -> wait.test(() -> latch.getCount() == 0, timeout),
                NamespaceStore.NONE,
                DiskMemory.NONE,
                helper);
    }
}
