package org.nvmftarget.data.bdev;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nvmftarget.model.Activity;
import org.nvmftarget.model.BdevError;
import org.nvmftarget.model.BdevLatencies;
import org.nvmftarget.model.BdevLimits;
import org.nvmftarget.model.BdevSpec;
import org.nvmftarget.model.IoKind;
import org.nvmftarget.model.IoLatencies;

/** Whatever a device is made of, it counts the same. */
final class EveryBdevCountsTest {

    private static final int BLOCK = 4096;
    private static final long BLOCKS = 256;

    @TempDir
    Path folder;

    enum Type {
        MALLOC,
        NULL,
        FILE,
        DELAY,
        ERROR
    }

    private LimitedBdev open(DiskRig rig, Type type) {
        UUID uuid = new UUID(3, 1);
        return switch (type) {
            case MALLOC -> rig.open(new BdevSpec.Malloc("m", BLOCKS * BLOCK, BLOCK, uuid));
            case NULL -> rig.open(new BdevSpec.Null("n", BLOCKS * BLOCK, BLOCK, uuid));
            case FILE -> rig.open(DiskRig.file(folder.resolve("f.img"), BLOCKS * BLOCK, BLOCK));
            case DELAY ->
                rig.bdevs()
                        .over(
                                new BdevSpec.Delay(
                                        "d", "m", new BdevLatencies(1, 1, 1, 1), 0, 0, uuid, BdevLimits.NONE),
                                open(rig, Type.MALLOC));
            case ERROR ->
                rig.bdevs()
                        .over(
                                new BdevSpec.Failing("e", "m", List.<BdevError>of(), 0, 0, uuid, BdevLimits.NONE),
                                open(rig, Type.MALLOC));
        };
    }

    private static BdevStatus run(DiskRig rig, Bdev bdev, BdevOp op, long lba, long blocks) {
        MemorySegment zeroes = DiskRig.aligned(new byte[BLOCK * Math.max(1, (int) blocks)]);
        // Of two reactors the second: each counts in a place of its own.
        return rig.start(bdev, 1, new DiskRig.Work(op, lba, blocks, 0, zeroes, 128, zeroes))
                .await();
    }

    private static void well(DiskRig rig, Bdev bdev, BdevOp op, long blocks) {
        assertEquals(BdevStatus.OK, run(rig, bdev, op, 0, blocks));
    }

    @ParameterizedTest
    @EnumSource
    void whatWentWellAndWhatDidNot(Type type) {
        try (DiskRig rig = new DiskRig(2, true)) {
            LimitedBdev bdev = open(rig, type);
            well(rig, bdev, BdevOp.WRITE, 3);
            well(rig, bdev, BdevOp.READ, 2);
            well(rig, bdev, BdevOp.COMPARE, 1);
            well(rig, bdev, BdevOp.COMPARE_AND_WRITE, 1);
            well(rig, bdev, BdevOp.COPY, 5);
            well(rig, bdev, BdevOp.UNMAP, 8);
            well(rig, bdev, BdevOp.WRITE_ZEROES, 8);
            well(rig, bdev, BdevOp.VERIFY, 6);
            well(rig, bdev, BdevOp.FLUSH, 0);
            assertEquals(BdevStatus.OUT_OF_RANGE, run(rig, bdev, BdevOp.READ, BLOCKS - 1, 2));
            assertEquals(BdevStatus.OUT_OF_RANGE, run(rig, bdev, BdevOp.UNMAP, BLOCKS, 1));
            assertEquals(BdevStatus.OUT_OF_RANGE, run(rig, bdev, BdevOp.COPY, BLOCKS - 3, 9));

            assertEquals(
                    Activity.Channel.NONE, bdev.stats().activity().channels().getFirst());
            Activity.Channel counted = bdev.stats().activity().channels().getLast();
            assertCount(3, 4, counted.reads());
            assertCount(2, 4, counted.writes());
            assertCount(1, 8, counted.unmaps());
            assertCount(1, 5, counted.copies());
            assertCount(1, 0, counted.of(IoKind.FLUSH));
            assertCount(1, 8, counted.of(IoKind.WRITE_ZEROES));
            assertCount(1, 6, counted.of(IoKind.VERIFY));
            assertEquals(Map.of("out_of_range", 3L), counted.errors());
            assertHistograms(counted, bdev.stats().latencies());
            assertEquals(0, counted.queueDepth());
            assertEquals((4L + 5 + 6) * BLOCK, bdev.stats().readBytes());
            assertEquals((4L + 5) * BLOCK, bdev.stats().writeBytes());
        }
    }

    private static void assertHistograms(Activity.Channel counted, IoLatencies latencies) {
        assertEquals(counted.done().keySet(), latencies.done().keySet());
        latencies
                .done()
                .forEach((kind, histogram) -> assertEquals(counted.of(kind).ops(), histogram.count(), kind::key));
        assertEquals(3, latencies.failed().count());
        assertEquals(3 + 2 + 1 + 1 + 3 + 3, latencies.all().count());
    }

    private static void assertCount(long ops, long blocks, Activity.Io counted) {
        assertEquals(ops, counted.ops());
        assertEquals(blocks * BLOCK, counted.bytes());
        assertTrue(counted.minLatencyNs() * ops <= counted.latencyNs(), counted.toString());
        assertTrue(counted.maxLatencyNs() * ops >= counted.latencyNs(), counted.toString());
    }
}
