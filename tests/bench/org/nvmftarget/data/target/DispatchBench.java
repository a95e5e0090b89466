package org.nvmftarget.data.target;

import java.util.concurrent.TimeUnit;
import org.nvmftarget.data.nvme.Opcode;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * The core's own time for a read of 4 KiB: from the capsule to the call of a device that does nothing, and from there
 * to the completion entry. Beside it, what an empty loop takes.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 300, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 25, time = 200, timeUnit = TimeUnit.MILLISECONDS)
@Fork(value = 2, jvmArgsAppend = "--enable-native-access=ALL-UNNAMED")
public class DispatchBench {

    private final BenchQueue queue = new BenchQueue();
    private final BenchQueue.Slot read = BenchQueue.io(Opcode.READ, BenchQueue.STILL, BenchQueue.BYTES);

    @Benchmark
    public void emptyLoop() {}

    @Benchmark
    public void dispatch() {
        queue.next(read).run(queue.io);
    }
}
