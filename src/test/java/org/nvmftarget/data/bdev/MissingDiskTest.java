package org.nvmftarget.data.bdev;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.nvmftarget.data.bdev.DiskRig.Work;
import org.nvmftarget.model.BdevSpec;
import org.nvmftarget.model.StepResult;

/** Files and devices that were there before the program was started, and are not now. */
@Timeout(60)
class MissingDiskTest {

    private static final int BLOCK = 512;
    private static final long SIZE = 1L << 20;

    @TempDir
    Path folder;

    /** Keeps nothing over the end of this test, which plays several processes. */
    private static final class Memory implements DiskMemory {
        private final Map<String, BdevSpec> known = new HashMap<>();

        @Override
        public Optional<BdevSpec> recall(BdevSpec declared) {
            return Optional.ofNullable(known.get(declared.path()));
        }

        @Override
        public void remember(BdevSpec live) {
            known.put(live.path(), live);
        }

        @Override
        public void forget(BdevSpec live) {
            known.remove(live.path());
        }
    }

    private final Memory memory = new Memory();

    private DiskRig rig() {
        return new DiskRig(1, null, memory);
    }

    private Path path() {
        return folder.resolve("disk0.img");
    }

    private BdevSpec spec() {
        return DiskRig.file(path(), SIZE, BLOCK);
    }

    private static BdevStatus readFirst(DiskRig rig, Bdev disk) {
        return rig.run(disk, Work.of(BdevOp.READ, 0, 1, DiskRig.aligned(new byte[BLOCK])));
    }

    private static String trouble(DiskRig rig) {
        return rig.bdevs().disks().values().iterator().next().trouble().orElse("");
    }

    private void wasThereOnce(byte[] content) {
        try (DiskRig before = rig()) {
            LimitedBdev disk = before.open(spec());
            before.write(disk, 0, content);
            assertEquals(StepResult.DONE, disk.resize(2 * SIZE));
            before.bdevs().resized(disk);
        }
    }

    @Test
    void shouldBeServedAsItWasAndAwayUntilItComes() throws Exception {
        byte[] content = new byte[BLOCK];
        content[7] = 42;
        wasThereOnce(content);
        Path aside = Files.move(path(), folder.resolve("aside"));
        try (DiskRig rig = rig()) {
            assertTrue(rig.bdevs().probe(spec()).isEmpty(), "nothing keeps it from being served");
            LimitedBdev disk = rig.open(spec());
            assertEquals(2 * SIZE / BLOCK, disk.blocks());
            assertTrue(disk.hasVolatileCache());
            assertEquals(BdevStatus.NOT_READY, readFirst(rig, disk));
            assertEquals(BdevStatus.NOT_READY, rig.run(disk, Work.of(BdevOp.FLUSH, 0, 0, MemorySegment.NULL)));
            assertTrue(trouble(rig).contains("is not there"));
            assertEquals(List.of(), rig.bdevs().inspect());
            Files.move(aside, path());
            assertEquals(List.of(new Bdevs.News(disk.device(), 0)), rig.bdevs().inspect());
            assertArrayEquals(content, rig.read(disk, 0, 1));
            assertEquals(Optional.of("disk0.img"), rig.bdevs().holder(DiskRig.file(path(), 1, 512)));
        }
    }

    /** Linux says of a drive that was pulled out that there is no space on it. */
    @Test
    void shouldBeGoneRatherThanFullWhenItWasPulledOut() throws Exception {
        try (LoopDevice loop = LoopDevice.attach(SIZE, BLOCK);
                DiskRig rig = rig()) {
            assumeFalse(loop.path().isEmpty(), "no loop device is to be had here");
            LimitedBdev disk = rig.open(DiskRig.block(loop.path(), BLOCK));
            rig.write(disk, 0, new byte[BLOCK]);
            Files.write(loop.backing(), new byte[0]);
            loop.adoptSize();
            MemorySegment data = DiskRig.aligned(new byte[BLOCK]);
            assertEquals(BdevStatus.GONE, rig.run(disk, Work.of(BdevOp.WRITE, 0, 1, data)));
            assertEquals(BdevStatus.GONE, rig.run(disk, Work.of(BdevOp.READ, 0, 1, data)));
        }
    }

    private static boolean mark(String attribute, Path path) throws Exception {
        return new ProcessBuilder("chattr", attribute, path.toString()).start().waitFor() == 0;
    }

    /** As root may write what has another mode, it is made immutable. */
    @Test
    void shouldWaitForAFileThatCannotBeWritten() throws Exception {
        wasThereOnce(new byte[BLOCK]);
        assumeTrue(mark("+i", path()), "no file can be made immutable here");
        try (DiskRig known = rig();
                DiskRig unknown = new DiskRig(1, null, DiskMemory.NONE)) {
            assertInstanceOf(Bdevs.Opened.Refused.class, unknown.bdevs().open(spec()));
            assertTrue(unknown.bdevs().probe(spec()).orElseThrow().message().contains("cannot be written"));
            assertFalse(unknown.bdevs().hasCome());
            LimitedBdev disk = known.open(spec());
            assertEquals(BdevStatus.NOT_READY, readFirst(known, disk));
            assertTrue(trouble(known).contains("cannot be written (Operation not permitted)"), trouble(known));
            assertEquals(List.of(), known.bdevs().inspect());
            assertTrue(mark("-i", path()));
            assertTrue(unknown.bdevs().hasCome());
            assertEquals(
                    List.of(new Bdevs.News(disk.device(), 0)), known.bdevs().inspect());
            assertEquals(BdevStatus.OK, readFirst(known, disk));
        } finally {
            mark("-i", path());
        }
    }

    @Test
    void shouldCountEachLossOverAllDisks() throws Exception {
        Path other = folder.resolve("disk1.img");
        try (DiskRig rig = rig()) {
            LimitedBdev first = rig.open(spec());
            LimitedBdev second = rig.open(DiskRig.file(other, SIZE, BLOCK));
            Path aside = Files.move(path(), folder.resolve("aside"));
            rig.bdevs().inspect();
            rig.bdevs().inspect();
            assertEquals(1, first.loss());
            assertEquals(Bdev.THERE, second.loss());
            Files.delete(other);
            rig.bdevs().inspect();
            assertEquals(2, second.loss());
            assertEquals(2, rig.bdevs().losses());
            Files.move(aside, path());
            rig.bdevs().inspect();
            assertEquals(Bdev.THERE, first.loss());
            Files.delete(path());
            rig.bdevs().inspect();
            assertEquals(3, first.loss());
            assertEquals(2, second.loss());
        }
    }

    @Test
    void shouldNotBeMadeAnewOnAFileSystemThatIsNotMounted() throws Exception {
        wasThereOnce(new byte[BLOCK]);
        Files.delete(path());
        try (DiskRig rig = rig()) {
            LimitedBdev disk = rig.open(spec());
            assertEquals(List.of(), rig.bdevs().inspect());
            assertFalse(Files.exists(path()));
            assertEquals(BdevStatus.NOT_READY, readFirst(rig, disk));
        }
    }

    @Test
    void shouldNotGetAnotherSizeWhileItIsAway() throws Exception {
        wasThereOnce(new byte[BLOCK]);
        Files.delete(path());
        try (DiskRig rig = rig()) {
            LimitedBdev disk = rig.open(spec());
            assertInstanceOf(StepResult.Waiting.class, disk.resize(4 * SIZE));
            assertEquals(2 * SIZE / BLOCK, disk.blocks());
        }
    }

    @Test
    void shouldTakeTheSizeThatItComesWith() throws Exception {
        wasThereOnce(new byte[BLOCK]);
        Files.delete(path());
        try (DiskRig rig = rig()) {
            LimitedBdev disk = rig.open(spec());
            Files.write(path(), new byte[(int) (3 * SIZE)]);
            assertEquals(List.of(new Bdevs.News(disk.device(), 0)), rig.bdevs().inspect());
            assertEquals(
                    List.of(new Bdevs.News(disk.device(), 3 * SIZE)),
                    rig.bdevs().inspect());
        }
    }

    @Test
    void shouldBeMadeOnceItWasForgotten() throws Exception {
        wasThereOnce(new byte[BLOCK]);
        Files.delete(path());
        try (DiskRig rig = rig()) {
            LimitedBdev disk = rig.open(spec());
            disk.close();
            rig.bdevs().forget(disk.spec());
            assertEquals(BdevStatus.OK, readFirst(rig, rig.open(spec())));
            assertTrue(Files.exists(path()));
        }
    }
}
