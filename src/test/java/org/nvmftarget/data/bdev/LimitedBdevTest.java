package org.nvmftarget.data.bdev;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.nvmftarget.model.BdevLimits;
import org.nvmftarget.model.BdevSpec;

/** A device with limits on one reactor, whose clock goes on by hand. */
class LimitedBdevTest {

    private static final BdevSpec.Null SPEC = new BdevSpec.Null("n", 1 << 20, 512, new UUID(1, 1));
    private static final long MS = 1_000_000;

    private long nowNs = 5_000_000_000L;
    private final HandReactor reactor = new HandReactor(() -> nowNs);
    private final LimitedBdev bdev = new Bdevs(List.of(reactor)).limited(new NullBdev(SPEC));
    private int completed;

    private final class Io extends BdevIo {
        void submit(BdevOp op) {
            prepare(op, 0, op == BdevOp.FLUSH ? 0 : 1, 0, 0);
            bdev.submit(this);
        }

        @Override
        protected void completed(BdevStatus status) {
            completed++;
        }

        @Override
        protected void deferred() {
            throw new AssertionError("nothing is put off");
        }
    }

    private void iops(long all, long reads, long writes) {
        bdev.limit(new BdevLimits(all, reads, writes, 0, 0, 0));
        reactor.turn();
    }

    private List<Io> submit(BdevOp op, int count) {
        List<Io> all = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Io io = new Io();
            all.add(io);
            io.submit(op);
        }
        return all;
    }

    private void pass(long ns) {
        nowNs += ns;
        reactor.turn();
    }

    @Test
    void withoutLimitsEverythingBeginsAtOnce() {
        submit(BdevOp.WRITE_ZEROES, 100);
        assertEquals(100, completed);
    }

    @Test
    void aBurstIsWhatTheLimitAllowsInTwoMilliseconds() {
        iops(10_000, 0, 0);
        submit(BdevOp.UNMAP, 100);
        assertEquals(1 + 20, completed);
        pass(MS);
        assertEquals(1 + 30, completed);
    }

    @Test
    void whatWasNotUsedIsNotSavedUp() {
        iops(10_000, 0, 0);
        submit(BdevOp.UNMAP, 1);
        pass(60_000 * MS);
        completed = 0;
        submit(BdevOp.UNMAP, 100);
        assertEquals(1 + 20, completed);
    }

    @Test
    void aLimitOfWritesDoesNotKeepReads() {
        iops(0, 0, 100);
        submit(BdevOp.WRITE_ZEROES, 10);
        assertEquals(1, completed);
        submit(BdevOp.VERIFY, 10);
        assertEquals(11, completed);
    }

    @Test
    void whatWaitsCanBeTakenBackAndMakesWayForTheNext() {
        iops(100, 0, 0);
        List<Io> all = submit(BdevOp.UNMAP, 4);
        assertFalse(all.get(0).withdraw(), "it has begun");
        assertTrue(all.get(1).withdraw());
        assertTrue(all.get(3).withdraw());
        assertFalse(all.get(3).withdraw(), "it waits no more");
        pass(60 * MS);
        assertEquals(2, completed);
    }

    @Test
    void theSameLimitsAgainChangeNothing() {
        iops(100, 0, 0);
        submit(BdevOp.UNMAP, 3);
        for (int i = 0; i < 10; i++) {
            iops(100, 0, 0);
        }
        assertEquals(1, completed);
    }

    @Test
    void withTheLastLimitGoesTheWait() {
        iops(100, 0, 0);
        submit(BdevOp.UNMAP, 150);
        iops(0, 0, 0);
        submit(BdevOp.UNMAP, 1);
        pass(0);
        pass(0);
        assertEquals(151, completed);
    }

    @Test
    void itsSpecHasItsLimits() {
        iops(100, 0, 0);
        assertEquals(SPEC.withLimits(new BdevLimits(100, 0, 0, 0, 0, 0)), bdev.spec());
    }

    @Test
    void waitingAllocatesNothing() {
        iops(10_000, 0, 0);
        List<Io> ios = submit(BdevOp.UNMAP, 2000);
        pass(1000 * MS);
        rounds(ios, 20); // whatever is made once is made now
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = threads.getCurrentThreadAllocatedBytes();
        rounds(ios, 20);
        long bytes = threads.getCurrentThreadAllocatedBytes() - before;
        assertTrue(bytes < ios.size() * 20L, () -> bytes + " bytes for " + ios.size() * 20 + " operations");
    }

    private void rounds(List<Io> ios, int count) {
        for (int round = 0; round < count; round++) {
            for (int i = 0; i < ios.size(); i++) {
                ios.get(i).submit(BdevOp.UNMAP);
            }
            for (int i = 0; i < 400; i++) {
                pass(MS / 2);
            }
        }
    }
}
