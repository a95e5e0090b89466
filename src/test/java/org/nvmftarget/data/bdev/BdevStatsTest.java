package org.nvmftarget.data.bdev;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.lang.foreign.MemorySegment;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.nvmftarget.model.Activity;
import org.nvmftarget.model.BdevLatencies;
import org.nvmftarget.model.BdevLimits;
import org.nvmftarget.model.BdevSpec;
import org.nvmftarget.model.IoKind;
import org.nvmftarget.model.IoLatencies;
import org.nvmftarget.model.LatencyHistogram;

/** What a device says it has done, on one reactor whose clock goes on by hand. */
final class BdevStatsTest {

    private static final long US = 1000;

    private long nowNs = 5_000_000_000L;
    private final HandReactor reactor = new HandReactor(() -> nowNs);
    private final Bdevs bdevs =
            new Bdevs(List.of(reactor), new DiskLanes(List.of(reactor), null), DiskMemory.NONE, () -> nowNs);
    private final LimitedBdev bdev =
            bdevs.limited(new MallocBdev(new BdevSpec.Malloc("m", 1L << 20, 512, new UUID(1, 2))));
    private final byte[] block = new byte[512];

    /** An operation that a test submits, and then lets time go by. */
    private static final class Slow extends BdevIo {
        boolean completed;

        void submit(Bdev to, BdevOp op) {
            prepare(op, 0, op == BdevOp.FLUSH ? 0 : 1, 0, 0);
            to.submit(this);
        }

        void read(Bdev from, byte[] into) {
            data(MemorySegment.ofArray(into), 0);
            submit(from, BdevOp.READ);
        }

        @Override
        protected void completed(BdevStatus status) {
            completed = true;
        }

        @Override
        protected void deferred() {
            throw new AssertionError("nothing is put off");
        }
    }

    private void pass(long ns) {
        nowNs += ns;
        reactor.turn();
    }

    private static Activity.Channel total(LimitedBdev of) {
        return of.stats().activity().total();
    }

    private LimitedBdev delay(long readUs) {
        return bdevs.over(
                new BdevSpec.Delay(
                        "slow", "m", new BdevLatencies(readUs, readUs, 0, 0), 0, 0, new UUID(1, 3), BdevLimits.NONE),
                bdev);
    }

    @Test
    void eachKindOfOperationCountsWithItsBytes() {
        io().run(BdevOp.READ, 0, 1, block, 0);
        io().run(BdevOp.COMPARE, 0, 1, block, 0);
        io().run(BdevOp.WRITE, 0, 1, block, 0);
        io().run(BdevOp.UNMAP, 0, 8, new byte[0], 0);
        io().copy(0, 100, 2, 0);
        Activity.Channel total = total(bdev);
        assertEquals(2, total.reads().ops());
        assertEquals(1024, total.reads().bytes());
        assertEquals(1, total.writes().ops());
        assertEquals(512, total.writes().bytes());
        assertEquals(1, total.unmaps().ops());
        assertEquals(4096, total.unmaps().bytes());
        assertEquals(1, total.copies().ops());
        assertEquals(1024, total.copies().bytes());
    }

    @Test
    void comparingAndWritingIsBoth() {
        io().compareAndWrite(0, 1, block, block);
        Activity.Channel total = total(bdev);
        assertEquals(1, total.reads().ops());
        assertEquals(1, total.writes().ops());
    }

    @Test
    void whatMovesNoDataCountsForItself() {
        io().run(BdevOp.FLUSH, 0, 0, new byte[0], 0);
        io().run(BdevOp.WRITE_ZEROES, 0, 1, new byte[0], 0);
        io().run(BdevOp.VERIFY, 0, 1, new byte[0], 0);
        io().run(BdevOp.WRITE_UNCORRECTABLE, 0, 1, new byte[0], 0);
        Activity.Io done = new Activity.Io(1, 512, 0, 0, 0);
        assertEquals(
                Map.of(
                        IoKind.FLUSH, new Activity.Io(1, 0, 0, 0, 0),
                        IoKind.WRITE_ZEROES, done,
                        IoKind.VERIFY, done,
                        IoKind.WRITE_UNCORRECTABLE, done),
                total(bdev).done());
        assertEquals(512, bdev.stats().readBytes());
    }

    @Test
    void asSmartHasItCopyingReadsAndWrites() {
        io().run(BdevOp.WRITE, 0, 1, block, 0);
        io().run(BdevOp.READ, 0, 1, block, 0);
        io().run(BdevOp.VERIFY, 0, 3, new byte[0], 0);
        io().copy(0, 100, 2, 0);
        assertEquals(2, bdev.stats().reads());
        assertEquals(2, bdev.stats().writes());
        assertEquals(6 * 512, bdev.stats().readBytes());
        assertEquals(3 * 512, bdev.stats().writeBytes());
    }

    @Test
    void errorsCountAsErrorsAlone() {
        block[0] = 1;
        io().run(BdevOp.COMPARE, 0, 1, block, 0);
        io().run(BdevOp.WRITE_UNCORRECTABLE, 0, 1, new byte[0], 0);
        io().run(BdevOp.READ, 0, 1, block, 0);
        Activity.Channel total = total(bdev);
        assertEquals(1, total.miscompares());
        assertEquals(1, total.failures());
        assertEquals(Activity.Io.NONE, total.reads());
    }

    @Test
    void errorsCountByTheirStatus() {
        io().run(BdevOp.READ, 2048, 1, block, 0);
        io().run(BdevOp.READ, 2047, 2, new byte[1024], 0);
        io().run(BdevOp.READ, 7, 1, block, BdevIo.FAIL_UNMAPPED);
        assertEquals(Map.of("out_of_range", 2L, "unmapped", 1L), total(bdev).errors());
        assertEquals(3, total(bdev).failures());
    }

    @Test
    void latencyGoesFromTheSubmissionToTheCompletion() {
        LimitedBdev slow = delay(70);
        new Slow().submit(slow, BdevOp.UNMAP);
        new Slow().submit(slow, BdevOp.VERIFY);
        Slow first = new Slow();
        first.submit(slow, BdevOp.VERIFY);
        assertEquals(Activity.Io.NONE, total(slow).reads());
        read(slow);
        pass(30 * US);
        read(slow);
        pass(40 * US);
        pass(35 * US);
        assertEquals(
                new Activity.Io(2, 1024, 145 * US, 75 * US, 70 * US),
                total(slow).reads());
        assertEquals(new Activity.Io(1, 512, 0, 0, 0), total(slow).unmaps());
        assertTrue(first.completed);
    }

    @Test
    void itsBaseHasALatencyOfItsOwn() {
        LimitedBdev slow = delay(70);
        read(slow);
        pass(70 * US);
        assertEquals(
                new Activity.Io(1, 512, 70 * US, 70 * US, 70 * US), total(slow).reads());
        assertEquals(new Activity.Io(1, 512, 0, 0, 0), total(bdev).reads());
    }

    @Test
    void latencyHasTheWaitForALimitInIt() {
        bdev.limit(new BdevLimits(1000, 0, 0, 0, 0, 0));
        reactor.turn();
        for (int i = 0; i < 4; i++) {
            new Slow().submit(bdev, BdevOp.UNMAP);
        }
        pass(3000 * US);
        Activity.Io unmaps = total(bdev).unmaps();
        assertEquals(4, unmaps.ops());
        assertEquals(3000 * US, unmaps.maxLatencyNs());
        assertEquals(0, unmaps.minLatencyNs());
    }

    @Test
    void theHistogramOfAKindHasEachOfItsOperationsWhereItsLatencyIs() {
        LimitedBdev slow = delay(70);
        for (int i = 0; i < 3; i++) {
            read(slow);
        }
        pass(70 * US);
        read(slow);
        pass(75 * US);
        new Slow().submit(slow, BdevOp.UNMAP);
        IoLatencies latencies = slow.stats().latencies();
        assertEquals(Set.of(IoKind.READ, IoKind.UNMAP), latencies.done().keySet());
        // Of 69,632 to 73,727 ns, and of 73,728 to 77,823 ns.
        assertEquals(Map.of(69_632L, 3L, 73_728L, 1L), buckets(latencies.done().get(IoKind.READ)));
        assertEquals(Map.of(0L, 1L), buckets(latencies.done().get(IoKind.UNMAP)));
        assertEquals(Map.of(0L, 1L, 69_632L, 3L, 73_728L, 1L), buckets(latencies.all()));
    }

    @Test
    void whatEndsInAnErrorHasAHistogramOfItsOwn() {
        io().run(BdevOp.READ, 2048, 1, block, 0);
        IoLatencies latencies = bdev.stats().latencies();
        assertEquals(Map.of(), latencies.done());
        assertEquals(Map.of(0L, 1L), buckets(latencies.failed()));
        assertEquals(1, latencies.all().count());
    }

    @Test
    void countingAllocatesNothing() {
        Slow io = new Slow();
        rounds(io);
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = threads.getCurrentThreadAllocatedBytes();
        rounds(io);
        long bytes = threads.getCurrentThreadAllocatedBytes() - before;
        assertTrue(bytes < 40_000, () -> bytes + " bytes for 40000 operations");
    }

    private void rounds(Slow io) {
        for (int i = 0; i < 20_000; i++) {
            io.submit(bdev, BdevOp.VERIFY);
            io.submit(bdev, BdevOp.FLUSH);
        }
    }

    /** What is in a histogram, by the least latency of the bucket. */
    private static Map<Long, Long> buckets(@Nullable LatencyHistogram histogram) {
        Map<Long, Long> found = new TreeMap<>();
        for (int i = 0; histogram != null && i < LatencyHistogram.BUCKETS; i++) {
            if (histogram.count(i) != 0) {
                found.put(LatencyHistogram.startNs(i), histogram.count(i));
            }
        }
        return found;
    }

    @Test
    void theQueueIsAsDeepAsThereAreOperationsThatHaveNotEnded() {
        LimitedBdev slow = delay(70);
        read(slow);
        read(slow);
        assertEquals(2, total(slow).queueDepth());
        assertEquals(0, total(bdev).queueDepth());
        pass(70 * US);
        assertEquals(0, total(slow).queueDepth());
    }

    @Test
    void whatWaitsForALimitIsInTheQueueUntilItIsTakenBack() {
        bdev.limit(new BdevLimits(1000, 0, 0, 0, 0, 0));
        reactor.turn();
        Slow last = new Slow();
        for (int i = 0; i < 9; i++) {
            new Slow().submit(bdev, BdevOp.UNMAP);
        }
        last.submit(bdev, BdevOp.UNMAP);
        long waiting = total(bdev).queueDepth();
        assertTrue(waiting > 1, () -> waiting + " wait");
        assertTrue(last.withdraw());
        assertEquals(waiting - 1, total(bdev).queueDepth());
        for (int ms = 0; ms < 20; ms++) {
            pass(1000 * US);
        }
        assertEquals(0, total(bdev).queueDepth());
        assertEquals(9, total(bdev).unmaps().ops());
    }

    @Test
    void aReactorThatDidNothingLeavesTheLeastLatencyAlone() {
        Activity.Io some = new Activity.Io(2, 10, 30, 20, 10);
        Activity.Channel used = new Activity.Channel(
                Map.of(IoKind.READ, some, IoKind.FLUSH, some), new TreeMap<>(Map.of("miscompare", 1L, "gone", 2L)), 3);
        assertEquals(used, new Activity.Bdev(List.of(Activity.Channel.NONE, used)).total());
        Activity.Channel twice = new Activity.Bdev(List.of(used, used)).total();
        assertEquals(new Activity.Io(4, 20, 60, 20, 10), twice.reads());
        assertEquals(4, twice.failures());
        assertEquals(2, twice.miscompares());
        assertEquals(6, twice.queueDepth());
        assertTrue(used.isUsed() && !Activity.Channel.NONE.isUsed());
    }

    private void read(LimitedBdev from) {
        new Slow().read(from, block);
    }

    private TestIo io() {
        return new TestIo(bdev);
    }
}
