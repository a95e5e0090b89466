package org.nvmftarget.data.bdev;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

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
