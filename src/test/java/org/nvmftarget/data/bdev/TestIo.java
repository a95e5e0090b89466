package org.nvmftarget.data.bdev;

import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;

/** One operation that a test runs to its end, as a reactor would. */
final class TestIo extends BdevIo {

    private final Bdev bdev;
    private final ArrayDeque<Runnable> later = new ArrayDeque<>();
    private BdevStatus status = BdevStatus.IO_ERROR;
    private int completions;
    private int turns = 1;

    TestIo(Bdev bdev) {
        this.bdev = bdev;
    }

    BdevStatus run(BdevOp op, long lba, long blocks, byte[] data, int flags) {
        data(MemorySegment.ofArray(data), 0);
        return start(op, lba, blocks, flags);
    }

    BdevStatus compareAndWrite(long lba, long blocks, byte[] expected, byte[] data) {
        expected(MemorySegment.ofArray(expected), 0);
        return run(BdevOp.COMPARE_AND_WRITE, lba, blocks, data, 0);
    }

    BdevStatus copy(long from, long to, long blocks, int flags) {
        destination(to);
        return start(BdevOp.COPY, from, blocks, flags);
    }

    private BdevStatus start(BdevOp op, long lba, long blocks, int flags) {
        prepare(op, lba, blocks, 0, flags);
        bdev.submit(this);
        for (Runnable r = later.poll(); r != null; r = later.poll()) {
            turns++;
            r.run();
        }
        if (completions != 1) {
            throw new AssertionError("completed " + completions + " times");
        }
        return status;
    }

    /** In how many turns of its reactor the operation was done. */
    int turns() {
        return turns;
    }

    @Override
    protected void completed(BdevStatus s) {
        status = s;
        completions++;
    }

    @Override
    protected void deferred() {
        later.add(() -> bdev.proceed(this));
    }
}
