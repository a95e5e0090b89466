package org.nvmftarget.data.target;

import java.util.concurrent.TimeUnit;
import org.nvmftarget.data.nvme.Opcode;
import org.nvmftarget.data.nvme.Sqe;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** Commands of 4 KiB on a malloc namespace, and Keep Alive, from capsule to completion, without a transport. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 300, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 15, time = 200, timeUnit = TimeUnit.MILLISECONDS)
@Fork(value = 1, jvmArgsAppend = "--enable-native-access=ALL-UNNAMED")
public class CoreIoBench {

    private static final int NSID = BenchQueue.MALLOC;
    private static final int BYTES = BenchQueue.BYTES;

    private final BenchQueue queue = new BenchQueue();
    private final BenchQueue.Slot read = BenchQueue.io(Opcode.READ, NSID, BYTES);
    private final BenchQueue.Slot write = BenchQueue.io(Opcode.WRITE, NSID, BYTES);
    private final BenchQueue.Slot writeZeroes = BenchQueue.io(Opcode.WRITE_ZEROES, NSID, 0);
    private final BenchQueue.Slot compare = BenchQueue.io(Opcode.COMPARE, NSID, BYTES);
    private final BenchQueue.Slot verify = BenchQueue.io(Opcode.VERIFY, NSID, 0);
    private final BenchQueue.Slot first = BenchQueue.io(Opcode.COMPARE, NSID, BYTES);
    private final BenchQueue.Slot second = BenchQueue.io(Opcode.WRITE, NSID, BYTES);
    private final BenchQueue.Slot keepAlive = new BenchQueue.Slot(Sq.command(Opcode.KEEP_ALIVE, 0), 0);

    /** What is compared is there. */
    @Setup(Level.Trial)
    public void fill() {
        first.fuse(Sqe.FUSE_FIRST);
        second.fuse(Sqe.FUSE_SECOND);
        for (int i = 0; i < BenchQueue.POSITIONS; i++) {
            write();
        }
    }

    @Benchmark
    public void read() {
        queue.next(read).run(queue.io);
    }

    @Benchmark
    public void write() {
        queue.next(write).run(queue.io);
    }

    @Benchmark
    public void writeZeroes() {
        queue.next(writeZeroes).run(queue.io);
    }

    @Benchmark
    public void compare() {
        queue.next(compare).run(queue.io);
    }

    @Benchmark
    public void verify() {
        queue.next(verify).run(queue.io);
    }

    @Benchmark
    public void compareAndWrite() {
        queue.next(first).run(queue.io);
        queue.same(second).run(queue.io);
    }

    @Benchmark
    public void keepAlive() {
        keepAlive.run(queue.admin);
    }

    /** In an order in which each has work to do. */
    @Benchmark
    public void everyCommand() {
        write();
        queue.same(compare).run(queue.io);
        queue.same(read).run(queue.io);
        queue.same(verify).run(queue.io);
        queue.same(first).run(queue.io);
        queue.same(second).run(queue.io);
        queue.same(writeZeroes).run(queue.io);
        keepAlive.run(queue.admin);
    }
}
