package org.nvmftarget.data.bdev;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nvmftarget.data.bdev.DiskRig.Work;
import org.nvmftarget.model.StepResult;

/** Files as devices, by io_uring and by threads. */
@Timeout(60)
class DiskBdevTest {

    private static final int BLOCK = 512;
    private static final long SIZE = 4L << 20;

    @TempDir
    Path folder;

    private static byte[] random(int blocks) {
        byte[] bytes = new byte[blocks * BLOCK];
        new Random(blocks).nextBytes(bytes);
        return bytes;
    }

    private Path path() {
        return folder.resolve("disk0.img");
    }

    private static boolean isAway(DiskRig rig) {
        return rig.bdevs().disks().values().stream().anyMatch(d -> d.trouble().isPresent());
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldMakeASparseFileOfItsSizeAndKeepWhatIsWritten(boolean uring) throws Exception {
        byte[] data = random(16);
        try (DiskRig rig = new DiskRig(1, uring)) {
            Bdev disk = rig.open(DiskRig.file(path(), SIZE, BLOCK));
            assertEquals(SIZE, Files.size(path()));
            assertEquals(SIZE / BLOCK, disk.blocks());
            assertArrayEquals(new byte[BLOCK], rig.read(disk, 8191, 1));
            rig.write(disk, 5, data);
            assertArrayEquals(data, rig.read(disk, 5, 16));
            assertEquals(BdevStatus.OK, rig.run(disk, Work.of(BdevOp.FLUSH, 0, 0, MemorySegment.NULL)));
        }
        assertArrayEquals(data, Arrays.copyOfRange(Files.readAllBytes(path()), 5 * BLOCK, 21 * BLOCK));
        try (DiskRig rig = new DiskRig(1, uring)) {
            assertArrayEquals(data, rig.read(rig.open(DiskRig.file(path(), SIZE, BLOCK)), 5, 16));
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldTakeMemoryOfAnyAddress(boolean uring) {
        byte[] data = random(700);
        try (DiskRig rig = new DiskRig(1, uring)) {
            Bdev disk = rig.open(DiskRig.file(path(), SIZE, BLOCK));
            for (MemorySegment memory : List.of(DiskRig.unaligned(data), MemorySegment.ofArray(data))) {
                assertEquals(
                        BdevStatus.OK,
                        rig.run(disk, Work.of(BdevOp.WRITE, 9, 700, memory).fua()));
                assertArrayEquals(data, rig.read(disk, 9, 700));
            }
            MemorySegment read = DiskRig.unaligned(new byte[data.length]);
            assertEquals(BdevStatus.OK, rig.run(disk, Work.of(BdevOp.READ, 9, 700, read)));
            assertEquals(-1, read.mismatch(MemorySegment.ofArray(data)));
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldCompareAndWriteAsOne(boolean uring) {
        byte[] old = random(8);
        byte[] next = new byte[8 * BLOCK];
        Arrays.fill(next, (byte) 1);
        try (DiskRig rig = new DiskRig(1, uring)) {
            Bdev disk = rig.open(DiskRig.file(path(), SIZE, BLOCK));
            rig.write(disk, 100, old);
            Work right = new Work(BdevOp.COMPARE_AND_WRITE, 100, 8, 0, DiskRig.aligned(next), 0, DiskRig.aligned(old));
            assertEquals(BdevStatus.OK, rig.run(disk, right));
            assertArrayEquals(next, rig.read(disk, 100, 8));
            assertEquals(BdevStatus.MISCOMPARE, rig.run(disk, right));
            assertEquals(BdevStatus.OK, rig.run(disk, Work.of(BdevOp.COMPARE, 100, 8, DiskRig.aligned(next))));
            assertEquals(BdevStatus.MISCOMPARE, rig.run(disk, Work.of(BdevOp.COMPARE, 100, 8, DiskRig.aligned(old))));
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldZeroAndDeallocate(boolean uring) throws Exception {
        try (DiskRig rig = new DiskRig(1, uring)) {
            Bdev disk = rig.open(DiskRig.file(path(), SIZE, BLOCK));
            rig.write(disk, 0, random(64));
            assertEquals(
                    BdevStatus.OK,
                    rig.run(
                            disk,
                            Work.of(BdevOp.WRITE_ZEROES, 3, 10, MemorySegment.NULL)
                                    .fua()));
            assertEquals(BdevStatus.OK, rig.run(disk, Work.of(BdevOp.UNMAP, 40, 24, MemorySegment.NULL)));
            byte[] expected = random(64);
            Arrays.fill(expected, 3 * BLOCK, 13 * BLOCK, (byte) 0);
            Arrays.fill(expected, 40 * BLOCK, 64 * BLOCK, (byte) 0);
            assertArrayEquals(expected, rig.read(disk, 0, 64));
            assertEquals(BdevStatus.OK, rig.run(disk, Work.of(BdevOp.VERIFY, 0, disk.blocks(), MemorySegment.NULL)));
            assertEquals(SIZE, Files.size(path()));
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldCopyAsIfAllHadBeenReadBefore(boolean uring) {
        byte[] data = random(600);
        try (DiskRig rig = new DiskRig(1, uring)) {
            Bdev disk = rig.open(DiskRig.file(path(), SIZE, BLOCK));
            for (long to : new long[] {100 - 37, 100 + 41, 5000}) {
                rig.write(disk, 100, data);
                Work copy = new Work(BdevOp.COPY, 100, 600, 0, MemorySegment.NULL, to, MemorySegment.NULL);
                assertEquals(BdevStatus.OK, rig.run(disk, copy));
                assertArrayEquals(data, rig.read(disk, to, 600));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldRefuseWhatItIsNotAndWhatItCannot(boolean uring) {
        try (DiskRig rig = new DiskRig(1, uring)) {
            Bdev disk = rig.open(DiskRig.file(path(), SIZE, BLOCK));
            MemorySegment data = DiskRig.aligned(new byte[BLOCK]);
            assertEquals(BdevStatus.OUT_OF_RANGE, rig.run(disk, Work.of(BdevOp.READ, disk.blocks(), 1, data)));
            assertEquals(BdevStatus.OUT_OF_RANGE, rig.run(disk, Work.of(BdevOp.UNMAP, -1, 1, data)));
            assertEquals(BdevStatus.UNSUPPORTED, rig.run(disk, Work.of(BdevOp.WRITE_UNCORRECTABLE, 0, 1, data)));
            assertEquals(BdevStatus.OK, rig.run(disk, Work.of(BdevOp.READ, 1, 0, data)));
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldBeHeldByOneTargetAlone(boolean uring) {
        try (DiskRig rig = new DiskRig(1, uring);
                DiskRig other = new DiskRig(1, uring)) {
            Bdev disk = rig.open(DiskRig.file(path(), SIZE, BLOCK));
            assertTrue(other.bdevs().probe(DiskRig.file(path(), SIZE, BLOCK)).isPresent());
            assertFalse(rig.bdevs().probe(DiskRig.file(path(), SIZE, BLOCK)).isPresent(), "it may be ours to replace");
            Bdevs.Opened refused = other.bdevs().open(DiskRig.file(path(), SIZE, BLOCK));
            assertInstanceOf(
                    StepResult.Waiting.class,
                    assertInstanceOf(Bdevs.Opened.Refused.class, refused).why());
            disk.close();
            assertFalse(other.bdevs().probe(DiskRig.file(path(), SIZE, BLOCK)).isPresent());
            other.open(DiskRig.file(path(), SIZE, BLOCK));
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldGrowShrinkAndSeeThatItGrew(boolean uring) throws Exception {
        try (DiskRig rig = new DiskRig(2, uring)) {
            LimitedBdev disk = rig.open(DiskRig.file(path(), SIZE, BLOCK));
            assertEquals(StepResult.DONE, disk.resize(2 * SIZE));
            assertEquals(2 * SIZE, Files.size(path()));
            rig.write(disk, disk.blocks() - 1, random(1));
            assertEquals(StepResult.DONE, disk.resize(SIZE));
            assertEquals(SIZE / BLOCK, disk.blocks());
            assertEquals(List.of(), rig.bdevs().inspect());
            try (var channel = java.nio.channels.FileChannel.open(path(), StandardOpenOption.WRITE)) {
                channel.write(java.nio.ByteBuffer.allocate(700), SIZE);
            }
            assertEquals(
                    List.of(new Bdevs.News(disk.device(), SIZE + BLOCK)),
                    rig.bdevs().inspect());
            assertEquals(StepResult.DONE, disk.resize(SIZE + BLOCK));
            assertEquals(SIZE + 700, Files.size(path()), "what is ours alone is not cut off");
            assertEquals(List.of(), rig.bdevs().inspect());
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldBeAwayWhileItsFileIsAndComeBackWithIt(boolean uring) throws Exception {
        byte[] data = random(4);
        try (DiskRig rig = new DiskRig(2, uring)) {
            Bdev disk = rig.open(DiskRig.file(path(), SIZE, BLOCK));
            rig.write(disk, 0, data);
            Files.move(path(), folder.resolve("aside"));
            assertEquals(1, rig.bdevs().inspect().size());
            MemorySegment memory = DiskRig.aligned(new byte[4 * BLOCK]);
            assertEquals(BdevStatus.GONE, rig.run(disk, Work.of(BdevOp.READ, 0, 4, memory)));
            assertEquals(BdevStatus.GONE, rig.run(disk, Work.of(BdevOp.FLUSH, 0, 0, memory)));
            assertTrue(isAway(rig));
            assertEquals(List.of(), rig.bdevs().inspect(), "that it is still away is no news");
            Files.copy(folder.resolve("aside"), path());
            assertEquals(1, rig.bdevs().inspect().size());
            assertArrayEquals(data, rig.read(disk, 0, 4));
            assertFalse(isAway(rig));
        }
    }

    /** Reactors on the same blocks: what is one operation is seen whole or not at all, and no increment is lost. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldLoseNoIncrementThatIsMadeByCompareAndWrite(boolean uring) throws Exception {
        int reactors = 3;
        int rounds = 100;
        AtomicLong increments = new AtomicLong();
        Queue<String> torn = new ConcurrentLinkedQueue<>();
        try (DiskRig rig = new DiskRig(reactors, uring)) {
            Bdev disk = rig.open(DiskRig.file(path(), SIZE, BLOCK));
            List<Thread> threads = new ArrayList<>();
            for (int reactor = 0; reactor < reactors; reactor++) {
                int mine = reactor;
                threads.add(Thread.ofPlatform().start(() -> {
                    for (int n = 0; n < rounds; n++) {
                        MemorySegment seen = DiskRig.aligned(new byte[8 * BLOCK]);
                        BdevStatus read = rig.start(disk, mine, Work.of(BdevOp.READ, 2044, 8, seen))
                                .await();
                        byte value = seen.get(ValueLayout.JAVA_BYTE, 0);
                        byte[] next = new byte[8 * BLOCK];
                        Arrays.fill(next, (byte) (value + 1));
                        if (read != BdevStatus.OK || seen.mismatch(filled(value)) >= 0) {
                            torn.add(read + " " + value);
                        }
                        Work swap = new Work(BdevOp.COMPARE_AND_WRITE, 2044, 8, 0, DiskRig.aligned(next), 0, seen);
                        if (rig.start(disk, mine, swap).await() == BdevStatus.OK) {
                            increments.incrementAndGet();
                        }
                    }
                }));
            }
            for (Thread thread : threads) {
                thread.join();
            }
            assertEquals(List.of(), List.copyOf(torn));
            assertTrue(increments.get() >= rounds);
            assertEquals((byte) increments.get(), rig.read(disk, 2044, 1)[0]);
        }
    }

    private static MemorySegment filled(byte value) {
        byte[] bytes = new byte[8 * BLOCK];
        Arrays.fill(bytes, value);
        return MemorySegment.ofArray(bytes);
    }
}
