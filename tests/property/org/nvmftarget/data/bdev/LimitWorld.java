package org.nvmftarget.data.bdev;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.nvmftarget.model.BdevLimits;
import org.nvmftarget.model.BdevSpec;

/** A device with limits on reactors that turn by hand, and by one clock. */
final class LimitWorld {

    static final int REACTORS = 3;

    private static final long STEP_NS = 700_000;
    private static final MemorySegment MEMORY = MemorySegment.ofArray(new byte[256 * 512]);

    private long nowNs = 1_000_000_000_000L;
    private final List<HandReactor> reactors = new ArrayList<>();
    private final LimitedBdev bdev;
    private final int block;
    private final List<Begun> begun = new ArrayList<>();
    private final List<Op> waiting = new ArrayList<>();
    private final List<Integer> withdrawn = new ArrayList<>();
    private int submitted;

    /** An operation that began, which is when it ended. */
    record Begun(int number, int reactor, BdevOp op, long bytes, long atNs) {
        boolean isFree() {
            return op == BdevOp.FLUSH;
        }

        boolean isRead() {
            return op == BdevOp.READ || op == BdevOp.COMPARE || op == BdevOp.VERIFY;
        }
    }

    LimitWorld(BdevSpec.Null spec) {
        for (int i = 0; i < REACTORS; i++) {
            reactors.add(new HandReactor(() -> nowNs));
        }
        block = spec.blockSizeBytes();
        Bdevs bdevs = new Bdevs(List.copyOf(reactors));
        bdev = bdevs.limited(new NullBdev(spec));
        bdev.limit(spec.limits());
        turnAll(0);
    }

    private final class Op extends BdevIo {
        final int number = submitted++;

        @Override
        protected void completed(BdevStatus status) {
            waiting.remove(this);
            boolean moves = op() != BdevOp.FLUSH
                    && op() != BdevOp.WRITE_ZEROES
                    && op() != BdevOp.UNMAP
                    && op() != BdevOp.WRITE_UNCORRECTABLE;
            begun.add(new Begun(number, channel(), op(), moves ? blocks() * block : 0, nowNs));
        }

        @Override
        protected void deferred() {
            throw new AssertionError("nothing is put off");
        }
    }

    void submit(int reactor, BdevOp op, int blocks) {
        Op io = new Op();
        waiting.add(io);
        io.prepare(op, 0, blocks, reactor, 0);
        io.data(MEMORY, 0);
        io.expected(MEMORY, 0);
        bdev.submit(io);
    }

    void limit(BdevLimits limits) {
        bdev.limit(limits);
    }

    void withdraw(int which) {
        if (!waiting.isEmpty()) {
            Op io = waiting.remove(which % waiting.size());
            if (!io.withdraw()) {
                throw new AssertionError("it waits");
            }
            withdrawn.add(io.number);
        }
    }

    void turn(int reactor, long laterNs) {
        nowNs += laterNs;
        reactors.get(reactor).turn();
    }

    /** Each turns once; the clock goes on by {@code ns} before the first. */
    void turnAll(long ns) {
        nowNs += ns;
        reactors.forEach(HandReactor::turn);
    }

    /** Until nothing waits. */
    void finish() {
        for (int turns = 0; !waiting.isEmpty(); turns++) {
            if (turns > 10_000_000) {
                throw new AssertionError(waiting.size() + " wait for ever");
            }
            turnAll(STEP_NS);
        }
    }

    long nowNs() {
        return nowNs;
    }

    List<Begun> begun() {
        return begun;
    }

    List<Integer> withdrawn() {
        return withdrawn;
    }

    int waiting() {
        return waiting.size();
    }

    int submitted() {
        return submitted;
    }
}
