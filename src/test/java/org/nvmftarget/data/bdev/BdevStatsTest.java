package org.nvmftarget.data.bdev;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.nvmftarget.model.Activity;
import org.nvmftarget.model.BdevSpec;

/** What a device says it has done. */
final class BdevStatsTest {

    private final Bdev bdev = new MallocBdev(new BdevSpec.Malloc("m", 1L << 20, 512, new UUID(1, 2)), 2);
    private final byte[] block = new byte[512];

    @Test
    void eachKindOfOperationCountsWithItsBytes() {
        io().run(BdevOp.READ, 0, 1, block, 0);
        io().run(BdevOp.COMPARE, 0, 1, block, 0);
        io().run(BdevOp.WRITE, 0, 1, block, 0);
        io().run(BdevOp.UNMAP, 0, 8, new byte[0], 0);
        io().copy(0, 100, 2, 0);
        Activity.Channel total = bdev.stats().activity().total();
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
        Activity.Channel total = bdev.stats().activity().total();
        assertEquals(1, total.reads().ops());
        assertEquals(1, total.writes().ops());
    }

    @Test
    void whatMovesNoDataIsNoneOfThese() {
        io().run(BdevOp.FLUSH, 0, 0, new byte[0], 0);
        io().run(BdevOp.WRITE_ZEROES, 0, 1, new byte[0], 0);
        io().run(BdevOp.VERIFY, 0, 1, new byte[0], 0);
        io().run(BdevOp.WRITE_UNCORRECTABLE, 0, 1, new byte[0], 0);
        assertEquals(Activity.Channel.NONE, bdev.stats().activity().total());
        assertEquals(512, bdev.stats().readBytes());
    }

    @Test
    void errorsCountAsErrorsAlone() {
        block[0] = 1;
        io().run(BdevOp.COMPARE, 0, 1, block, 0);
        io().run(BdevOp.WRITE_UNCORRECTABLE, 0, 1, new byte[0], 0);
        io().run(BdevOp.READ, 0, 1, block, 0);
        Activity.Channel total = bdev.stats().activity().total();
        assertEquals(1, total.miscompares());
        assertEquals(1, total.failures());
        assertEquals(Activity.Io.NONE, total.reads());
    }

    @Test
    void latenciesAreOfRealTime() {
        long beganNs = System.nanoTime();
        for (int i = 0; i < 50; i++) {
            io().run(BdevOp.READ, 0, 1, block, 0);
        }
        long tookNs = System.nanoTime() - beganNs;
        Activity.Io reads = bdev.stats().activity().total().reads();
        assertTrue(reads.latencyNs() <= tookNs, reads + " in " + tookNs);
        assertTrue(reads.minLatencyNs() * 50 <= reads.latencyNs(), reads.toString());
        assertTrue(reads.maxLatencyNs() * 50 >= reads.latencyNs(), reads.toString());
        assertTrue(reads.maxLatencyNs() > 0, reads.toString());
    }

    @Test
    void aReactorThatDidNothingLeavesTheLeastLatencyAlone() {
        Activity.Io some = new Activity.Io(2, 10, 30, 20, 10);
        Activity.Channel used = new Activity.Channel(some, some, some, some, 1, 2);
        assertEquals(used, new Activity.Bdev(List.of(Activity.Channel.NONE, used)).total());
        Activity.Channel twice = new Activity.Bdev(List.of(used, used)).total();
        assertEquals(new Activity.Io(4, 20, 60, 20, 10), twice.reads());
        assertEquals(4, twice.failures());
        assertTrue(used.isUsed() && !Activity.Channel.NONE.isUsed());
    }

    private TestIo io() {
        return new TestIo(bdev);
    }
}
