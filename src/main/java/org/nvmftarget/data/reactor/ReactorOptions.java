package org.nvmftarget.data.reactor;

import java.util.OptionalInt;
import java.util.function.BiConsumer;
import java.util.function.LongSupplier;

/**
 * How a reactor runs.
 *
 * @param name of the reactor and its thread
 * @param cpu the CPU that the thread is bound to
 * @param spinNs how long it goes on looking for work after the last, before it sleeps; 0 sleeps at once
 * @param clock monotonic nanoseconds
 * @param onFatal is told, on the reactor's thread, of an error that nothing caught; the reactor runs no more, and the
 *     process should halt
 */
public record ReactorOptions(
        String name, OptionalInt cpu, long spinNs, LongSupplier clock, BiConsumer<Reactor, Throwable> onFatal) {

    /** 20 µs: several turns of a busy queue, and too short to be seen as load on an idle machine. */
    public static final long DEFAULT_SPIN_NS = 20_000;

    /** A reactor on any CPU, on the system's clock. */
    public static ReactorOptions of(String name, BiConsumer<Reactor, Throwable> onFatal) {
        return new ReactorOptions(name, OptionalInt.empty(), DEFAULT_SPIN_NS, System::nanoTime, onFatal);
    }

    public ReactorOptions withCpu(int boundCpu) {
        return new ReactorOptions(name, OptionalInt.of(boundCpu), spinNs, clock, onFatal);
    }

    public ReactorOptions withSpinNs(long newSpinNs) {
        return new ReactorOptions(name, cpu, newSpinNs, clock, onFatal);
    }

    public ReactorOptions withClock(LongSupplier newClock) {
        return new ReactorOptions(name, cpu, spinNs, newClock, onFatal);
    }
}
