package org.nvmftarget.data.reactor;

import java.util.OptionalInt;
import java.util.function.BiConsumer;
import java.util.function.LongSupplier;

/**
 * How a reactor runs.
 *
 * @param name of the reactor and its thread
 * @param cpu the CPU that the thread is bound to
 * @param maxSpinNs how long it goes on looking for work at most, after the last, before it sleeps; 0 sleeps at once. Up
 *     to {@link #LEAST_SPIN_NS} it always does, beyond that as long as it pays
 * @param clock monotonic nanoseconds
 * @param onFatal is told, on the reactor's thread, of an error that nothing caught; the reactor runs no more, and the
 *     process should halt
 */
public record ReactorOptions(
        String name, OptionalInt cpu, long maxSpinNs, LongSupplier clock, BiConsumer<Reactor, Throwable> onFatal) {

    /** 20 µs: several turns of a busy queue, and too short to be seen as load on an idle machine. */
    public static final long LEAST_SPIN_NS = 20_000;

    /** 2 ms: longer than the round trip to a host on a slow network. */
    public static final long MOST_SPIN_NS = 2_000_000;

    /** A reactor on any CPU, on the system's clock, that sleeps soon. */
    public static ReactorOptions of(String name, BiConsumer<Reactor, Throwable> onFatal) {
        return new ReactorOptions(name, OptionalInt.empty(), LEAST_SPIN_NS, System::nanoTime, onFatal);
    }

    public ReactorOptions withCpu(int boundCpu) {
        return new ReactorOptions(name, OptionalInt.of(boundCpu), maxSpinNs, clock, onFatal);
    }

    public ReactorOptions withMaxSpinNs(long newMaxSpinNs) {
        return new ReactorOptions(name, cpu, newMaxSpinNs, clock, onFatal);
    }

    public ReactorOptions withClock(LongSupplier newClock) {
        return new ReactorOptions(name, cpu, maxSpinNs, newClock, onFatal);
    }
}
