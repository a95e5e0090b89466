package org.nvmftarget.data.bdev;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nvmftarget.data.bdev.DiskRig.Work;
import org.nvmftarget.data.ffi.libc.Errno;
import org.nvmftarget.model.BdevSpec;

/** Calls that fail, or do less than they were asked to. */
@Timeout(60)
class DiskErrorsTest {

    private static final int BLOCK = 512;
    private static final int ALL = Integer.MAX_VALUE;
    private static final int PUNCH = 3;
    private static final int ZERO = 17;

    @TempDir
    Path folder;

    private final FakeEngine engine = new FakeEngine();
    private final DiskRig rig = new DiskRig(1, reactor -> engine);
    private Bdev disk = new NullBdev(new BdevSpec.Null("none", BLOCK, BLOCK, new UUID(1, 1)));

    @BeforeEach
    void open() {
        disk = rig.open(DiskRig.file(folder.resolve("disk.img"), 1 << 20, BLOCK));
    }

    @AfterEach
    void close() {
        rig.close();
    }

    private BdevStatus run(BdevOp op, int blocks) {
        return rig.run(disk, Work.of(op, 8, blocks, DiskRig.aligned(new byte[blocks * BLOCK])));
    }

    @Test
    void whatIsCutShortGoesOnWhereItEnded() {
        engine.say(1024, 512, ALL);
        assertEquals(BdevStatus.OK, run(BdevOp.READ, 8));
        assertEquals(List.of("READ 4096+4096", "READ 5120+3072", "READ 5632+2560"), engine.calls());
        engine.say(3584, ALL);
        assertEquals(BdevStatus.OK, run(BdevOp.WRITE, 8));
        assertEquals(List.of("WRITE 4096+4096", "WRITE 7680+512"), engine.calls());
    }

    @Test
    void whatIsInterruptedIsAskedAgain() {
        engine.say(-Errno.EINTR, -Errno.EAGAIN, ALL);
        assertEquals(BdevStatus.OK, run(BdevOp.WRITE, 1));
        assertEquals(List.of("WRITE 4096+512", "WRITE 4096+512", "WRITE 4096+512"), engine.calls());
    }

    @Test
    void aDiskThatEndsBeforeItShouldFails() {
        engine.say(512, 0);
        assertEquals(BdevStatus.FAILED, run(BdevOp.READ, 8));
    }

    @ParameterizedTest
    @CsvSource({
        "READ, EIO, IO_ERROR",
        "WRITE, EIO, IO_ERROR",
        "FLUSH, EIO, IO_ERROR",
        "READ, ENODATA, UNREADABLE",
        "VERIFY, EIO, IO_ERROR",
        "COMPARE_AND_WRITE, EIO, UNREADABLE",
        "WRITE, ENOSPC, NO_SPACE",
        "WRITE, EDQUOT, NO_SPACE",
        "WRITE_ZEROES, ENOSPC, NO_SPACE",
        "WRITE, EROFS, READ_ONLY",
        "UNMAP, EROFS, READ_ONLY",
        "READ, ENODEV, GONE",
        "WRITE, ENXIO, GONE",
        "READ, EINVAL, FAILED",
        "READ, ENOMEM, FAILED"
    })
    void anErrnoBecomesTheStatusThatSaysIt(BdevOp op, String errno, BdevStatus expected) {
        engine.say(-number(errno));
        MemorySegment data = DiskRig.aligned(new byte[BLOCK]);
        assertEquals(expected, rig.run(disk, new Work(op, 8, 1, 0, data, 0, data)));
    }

    private static int number(String name) {
        for (int errno = 1; errno < 134; errno++) {
            if (Errno.name(errno).equals(name)) {
                return errno;
            }
        }
        throw new AssertionError(name);
    }

    @Test
    void aPieceThatFailsEndsTheWhole() {
        engine.say(ALL, -Errno.EIO);
        byte[] data = new byte[700 * BLOCK];
        assertEquals(BdevStatus.IO_ERROR, rig.run(disk, Work.of(BdevOp.WRITE, 0, 700, DiskRig.unaligned(data))));
        assertEquals(List.of("WRITE 0+131072", "WRITE 131072+131072"), engine.calls());
    }

    @Test
    void whatMiscomparesIsNotWritten() {
        // The engine reads nothing, so the scratch memory is as it was: zeroes.
        byte[] other = new byte[BLOCK];
        other[17] = 1;
        Work swap = new Work(
                BdevOp.COMPARE_AND_WRITE, 8, 1, 0, DiskRig.aligned(new byte[BLOCK]), 0, DiskRig.aligned(other));
        assertEquals(BdevStatus.MISCOMPARE, rig.run(disk, swap));
        assertEquals(List.of("READ 4096+512"), engine.calls());
    }

    @Test
    void whatTheDiskCannotZeroIsZeroedOtherwiseAndThenAtOnce() {
        engine.say(-Errno.EOPNOTSUPP, -Errno.EOPNOTSUPP, ALL);
        assertEquals(BdevStatus.OK, run(BdevOp.UNMAP, 400));
        assertEquals(
                List.of(
                        "FALLOCATE 4096+204800 mode " + PUNCH,
                        "FALLOCATE 4096+204800 mode " + ZERO,
                        "WRITE 4096+131072",
                        "WRITE 135168+73728"),
                engine.calls());
        assertEquals(BdevStatus.OK, run(BdevOp.UNMAP, 1));
        assertEquals(List.of("WRITE 4096+512"), engine.calls());
        engine.say(-Errno.EOPNOTSUPP, ALL);
        assertEquals(
                BdevStatus.OK,
                rig.run(
                        disk,
                        Work.of(BdevOp.WRITE_ZEROES, 8, 1, MemorySegment.NULL).fua()));
        assertEquals(
                List.of("FALLOCATE 4096+512 mode " + ZERO, "FALLOCATE 4096+512 mode " + PUNCH, "DATASYNC 0+0"),
                engine.calls());
    }

    @Test
    void whatMustBeStableIsBeforeItCompletes() {
        MemorySegment data = DiskRig.aligned(new byte[BLOCK]);
        assertEquals(
                BdevStatus.OK, rig.run(disk, Work.of(BdevOp.WRITE, 8, 1, data).fua()));
        assertEquals(BdevStatus.OK, rig.run(disk, Work.of(BdevOp.FLUSH, 0, 0, data)));
        assertEquals(List.of("WRITE_STABLE 4096+512", "DATASYNC 0+0"), engine.calls());
    }

    /** The system tells of pages that it could not write only once; the next call would say that all is well. */
    @Test
    void aFlushThatFailedThroughThePageCacheFailsFromThenOn() throws Exception {
        Path memory = Path.of("/dev/shm");
        assumeTrue(Files.isWritable(memory), "there is no file system without direct I/O");
        Path file = Files.createTempFile(memory, "disk", ".img");
        Bdev buffered = rig.open(DiskRig.file(file, 1 << 20, BLOCK));
        assertTrue(rig.bdevs().disks().values().stream()
                .anyMatch(d -> !d.direct() && !d.note().isEmpty()));
        Files.delete(file);
        engine.say(-Errno.EIO);
        Work flush = Work.of(BdevOp.FLUSH, 0, 0, MemorySegment.NULL);
        assertEquals(BdevStatus.IO_ERROR, rig.run(buffered, flush));
        assertEquals(BdevStatus.IO_ERROR, rig.run(buffered, flush));
        assertEquals(List.of("DATASYNC 0+0"), engine.calls());
        engine.say(-Errno.EIO, ALL);
        assertEquals(BdevStatus.IO_ERROR, rig.run(disk, flush));
        assertEquals(BdevStatus.OK, rig.run(disk, flush), "past the page cache each one tells for itself");
    }

    @Test
    void manyThatNeedScratchMemoryAndTheSameStripesAllEnd() {
        List<DiskRig.Op> all = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            MemorySegment data = DiskRig.unaligned(new byte[BLOCK]);
            BdevOp op = List.of(BdevOp.WRITE, BdevOp.COPY, BdevOp.VERIFY, BdevOp.COMPARE)
                    .get(i % 4);
            all.add(rig.start(disk, 0, new Work(op, i % 50, 1, 0, data, i % 7, data)));
        }
        for (DiskRig.Op op : all) {
            assertEquals(BdevStatus.OK, op.await());
        }
    }
}
