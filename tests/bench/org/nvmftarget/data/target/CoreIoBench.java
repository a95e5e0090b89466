package org.nvmftarget.data.target;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.TimeUnit;
import org.nvmftarget.data.nvme.Opcode;
import org.nvmftarget.data.nvme.Sqe;
import org.nvmftarget.data.nvme.Wire;
import org.nvmftarget.model.Step;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** One command of 4 KiB from capsule to completion, without a transport. Run with {@code -prof gc}: 0 B/op. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 3, time = 1)
@Fork(value = 1, jvmArgsAppend = "--enable-native-access=ALL-UNNAMED")
public class CoreIoBench {

    private static final int BYTES = 4096;
    private static final int BLOCKS = BYTES / TestTarget.BLOCK;
    private static final int POSITIONS = 128; // of 4 KiB in the namespace's 1024 blocks

    /** A request that is used again, as a transport's is. */
    private static final class Slot extends Request {
        private final MemorySegment sqe;
        private final MemorySegment buffer;

        Slot(Arena arena) {
            super(arena.allocate(CQE_BYTES));
            sqe = arena.allocate(SQE_BYTES);
            buffer = arena.allocate(BYTES, 4096);
        }

        void run(QueuePair pair) {
            begin(sqe, BYTES, 0);
            if (pair.receive(this)) {
                data(buffer, 0);
                pair.execute(this);
            }
        }

        @Override
        protected void respond() {
            if (!succeeded()) {
                throw new IllegalStateException("the command failed");
            }
        }
    }

    @Param({"malloc", "null"})
    public String bdev = "malloc";

    private final Slot slot = new Slot(Arena.global());
    private QueuePair pair = open();
    private int position;

    @Setup(Level.Trial)
    public void connect() {
        pair = open();
        MemorySegment.copy(Sq.io(Opcode.READ, nsid(), 0, BLOCKS), 0, slot.sqe, 0, Sqe.BYTES);
    }

    private int nsid() {
        return bdev.equals("null") ? 2 : 1;
    }

    /** An I/O queue of a target with namespace 1 on malloc and 2 on null. */
    private static QueuePair open() {
        TestTarget t = TestTarget.serving();
        t.done(new Step.CreateBdev(TestTarget.nothing("zero", 1024)));
        t.done(new Step.AddNamespace(TestTarget.NQN, TestTarget.namespace(2, "zero")));
        return t.io(t.admin(), 1, 1).pair();
    }

    private int next() {
        position = (position + 1) % POSITIONS;
        return position * BLOCKS;
    }

    @Benchmark
    public MemorySegment read() {
        Wire.putU8(slot.sqe, Sqe.OPCODE, Opcode.READ);
        Wire.putU64(slot.sqe, Sqe.CDW10, next());
        slot.run(pair);
        return slot.cqe();
    }

    @Benchmark
    public MemorySegment write() {
        Wire.putU8(slot.sqe, Sqe.OPCODE, Opcode.WRITE);
        Wire.putU64(slot.sqe, Sqe.CDW10, next());
        slot.run(pair);
        return slot.cqe();
    }
}
