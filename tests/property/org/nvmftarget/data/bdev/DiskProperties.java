package org.nvmftarget.data.bdev;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;
import org.jspecify.annotations.Nullable;
import org.nvmftarget.data.bdev.DiskRig.Work;
import org.nvmftarget.model.BdevError;
import org.nvmftarget.model.BdevLatencies;
import org.nvmftarget.model.BdevLimits;
import org.nvmftarget.model.BdevSpec;
import org.nvmftarget.model.StepResult;

/**
 * Whatever operations come from several reactors at once, every kind of device holds what a plain model of it says, and
 * answers what the model answers. Operations of one batch are under way together and never on the same blocks, so that
 * the order is given; those of different batches are on each other's blocks all the time.
 */
class DiskProperties {

    private static final int REACTORS = 3;
    private static final int BLOCKS = 3000;
    /** So that stripes of 1 MiB, scratch memory of 128 KiB and pages meet in the ranges, whatever the block size. */
    private static final int LONG = 700;

    enum Medium {
        MALLOC,
        NULL,
        /** With direct I/O, where the folder of temporary files has it. */
        FILE,
        FILE_BY_THREADS,
        /** Through the page cache. */
        MEMORY_FILE,
        MEMORY_FILE_BY_THREADS,
        LOOP,
        LOOP_BY_THREADS;

        boolean usesUring() {
            return this == FILE || this == MEMORY_FILE || this == LOOP;
        }

        boolean isNoDisk() {
            return this == MALLOC || this == NULL;
        }
    }

    /** What is made of the device, and must be as it is. */
    enum Over {
        NOTHING,
        NO_DELAY,
        SOME_DELAY,
        NO_ERROR,
        ERROR_ELSEWHERE_OVER_NO_DELAY;

        Bdev made(DiskRig rig, Bdev base) {
            return switch (this) {
                case NOTHING -> base;
                case NO_DELAY -> rig.bdevs().over(delay(0), base);
                case SOME_DELAY -> rig.bdevs().over(delay(200), base);
                case NO_ERROR -> rig.bdevs().over(error(List.of()), base);
                case ERROR_ELSEWHERE_OVER_NO_DELAY ->
                    rig.bdevs()
                            .over(
                                    error(List.of(new BdevError(
                                            BdevError.IoType.READ, BdevError.Status.GONE, 1 << 20, 0, 1, 0))),
                                    rig.bdevs().over(delay(0), base));
            };
        }

        private static BdevSpec delay(long us) {
            return new BdevSpec.Delay(
                    "d", "b", new BdevLatencies(us, us * 2, us, us), 0, 0, new UUID(1, 2), BdevLimits.NONE);
        }

        private static BdevSpec error(List<BdevError> errors) {
            return new BdevSpec.Failing("e", "b", errors, 0, 0, new UUID(1, 3), BdevLimits.NONE);
        }
    }

    enum Kind {
        WRITE,
        WRITE_STABLE,
        READ,
        COMPARE_RIGHT,
        COMPARE_WRONG,
        SWAP_RIGHT,
        SWAP_WRONG,
        ZEROES,
        ZEROES_STABLE,
        UNMAP,
        COPY,
        VERIFY,
        FLUSH,
        BEYOND,
        SPOIL
    }

    record Act(Kind kind, int reactor, int lba, int count, int other, boolean aligned) {}

    /** What is under way together; before it the device gets a size, if that is not 0. */
    record Batch(List<Act> acts, int blocks) {}

    @Provide
    Arbitrary<List<Batch>> batches() {
        Arbitrary<Integer> count = Arbitraries.frequencyOf(
                Tuple.of(6, Arbitraries.integers().between(1, 9)),
                Tuple.of(2, Arbitraries.integers().between(200, LONG)));
        Arbitrary<Integer> lba = Arbitraries.integers().between(0, BLOCKS);
        Arbitrary<Act> act = Combinators.combine(
                        Arbitraries.of(Kind.class),
                        Arbitraries.integers().between(0, REACTORS - 1),
                        lba,
                        count,
                        lba,
                        Arbitraries.of(true, true, false))
                .as(Act::new);
        Arbitrary<Integer> size = Arbitraries.frequencyOf(
                Tuple.of(9, Arbitraries.just(0)),
                Tuple.of(1, Arbitraries.integers().between(BLOCKS / 2, BLOCKS + 100)));
        Arbitrary<Batch> batch =
                Combinators.combine(act.list().ofMinSize(1).ofMaxSize(12), size).as(Batch::new);
        return batch.list().ofMaxSize(8);
    }

    /** In most tries so that some operations of a batch must wait, and not for long. */
    @Provide
    Arbitrary<BdevLimits> limits() {
        return Arbitraries.of(
                BdevLimits.NONE,
                new BdevLimits(4000, 0, 0, 0, 0, 0),
                new BdevLimits(0, 3000, 5000, 0, 0, 0),
                new BdevLimits(9000, 0, 0, 1L << 30, 512L << 20, 600L << 20));
    }

    /** What all tries share. */
    private record Means(DiskRig byRing, DiskRig byThreads, LoopDevice loop512, LoopDevice loop4096) {

        static Means make() throws IOException {
            return new Means(
                    new DiskRig(REACTORS, true),
                    new DiskRig(REACTORS, false),
                    LoopDevice.attach((BLOCKS + 1000L) * 512, 512),
                    LoopDevice.attach((BLOCKS + 1000L) * 4096, 4096));
        }

        void free() {
            byRing.close();
            byThreads.close();
            loop512.close();
            loop4096.close();
        }
    }

    private static @Nullable Means shared;

    @BeforeContainer
    static void start() throws IOException {
        shared = Means.make();
    }

    @AfterContainer
    static void end() {
        Objects.requireNonNull(shared).free();
    }

    @Property
    void everyDeviceHoldsWhatThePlainModelSays(
            @ForAll("batches") List<Batch> batches,
            @ForAll Medium medium,
            @ForAll boolean large,
            @ForAll("limits") BdevLimits limits,
            @ForAll Over over)
            throws IOException {
        int block = large ? 4096 : 512;
        Means means = Objects.requireNonNull(shared);
        LoopDevice loop = large ? means.loop4096() : means.loop512();
        boolean isLoop = medium == Medium.LOOP || medium == Medium.LOOP_BY_THREADS;
        if (isLoop && loop.path().isEmpty()) {
            return; // no right to make one here
        }
        DiskRig rig = medium.usesUring() || medium.isNoDisk() ? means.byRing() : means.byThreads();
        Path folder = Files.createTempDirectory(
                medium == Medium.MEMORY_FILE || medium == Medium.MEMORY_FILE_BY_THREADS
                        ? Path.of("/dev/shm")
                        : Path.of(System.getProperty("java.io.tmpdir")),
                "disk-properties");
        Path file = folder.resolve("disk.img");
        BdevSpec spec = switch (medium) {
            case MALLOC -> new BdevSpec.Malloc("m", (long) BLOCKS * block, block, new UUID(1, 1));
            case NULL -> new BdevSpec.Null("n", (long) BLOCKS * block, block, new UUID(1, 1));
            case LOOP, LOOP_BY_THREADS -> DiskRig.block(loop.path(), block);
            default -> DiskRig.file(file, (long) BLOCKS * block, block);
        };
        try (Bdev bdev = rig.open(spec.withLimits(limits))) {
            World world = new World(rig, bdev, over, isLoop);
            batches.forEach(world::play);
            world.readAll();
        } finally {
            Files.deleteIfExists(file);
            Files.delete(folder);
        }
    }

    private static final class World {
        final DiskRig rig;
        final Bdev bdev;
        final Bdev base;
        final int block;
        final boolean fixed;
        final PlainDisk model;
        final List<Runnable> checks = new ArrayList<>();
        final Set<Integer> taken = new HashSet<>();
        int numbers;

        World(DiskRig rig, Bdev base, Over over, boolean fixed) {
            this.rig = rig;
            this.base = base;
            bdev = over.made(rig, base);
            this.fixed = fixed;
            block = bdev.blockSizeBytes();
            model = new PlainDisk((int) bdev.blocks(), base.spec() instanceof BdevSpec.Null);
            if (fixed) {
                // It has what an earlier try left.
                assertEquals(BdevStatus.OK, rig.run(bdev, Work.of(BdevOp.UNMAP, 0, bdev.blocks(), MemorySegment.NULL)));
            }
        }

        void play(Batch batch) {
            if (batch.blocks() > 0 && !fixed) {
                assertEquals(StepResult.DONE, base.resize((long) batch.blocks() * block));
                model.resize(batch.blocks());
            }
            checks.clear();
            taken.clear();
            batch.acts().forEach(this::start);
            checks.forEach(Runnable::run);
        }

        /** False if one of the blocks is another operation's of this batch, or if they are not there. */
        boolean take(int lba, int count) {
            if (lba + count > model.blocks()) {
                return false;
            }
            for (int i = lba; i < lba + count; i++) {
                if (taken.contains(i)) {
                    return false;
                }
            }
            for (int i = lba; i < lba + count; i++) {
                taken.add(i);
            }
            return true;
        }

        void start(Act act) {
            int lba = act.lba();
            int n = act.count();
            if (act.kind() == Kind.BEYOND) {
                MemorySegment data = memory(new int[n], act);
                go(act, Work.of(BdevOp.WRITE, model.blocks() - n + 1L, n, data), BdevStatus.OUT_OF_RANGE);
                return;
            }
            if (act.kind() == Kind.FLUSH) {
                go(act, Work.of(BdevOp.FLUSH, 0, 0, MemorySegment.NULL), BdevStatus.OK);
                return;
            }
            if (!take(lba, n)) {
                return;
            }
            switch (act.kind()) {
                case WRITE -> go(act, Work.of(BdevOp.WRITE, lba, n, fresh(act)), BdevStatus.OK);
                case WRITE_STABLE ->
                    go(act, Work.of(BdevOp.WRITE, lba, n, fresh(act)).fua(), BdevStatus.OK);
                case READ -> read(act);
                case COMPARE_RIGHT, COMPARE_WRONG -> compare(act, act.kind() == Kind.COMPARE_WRONG);
                case SWAP_RIGHT, SWAP_WRONG -> swap(act, act.kind() == Kind.SWAP_WRONG);
                case ZEROES -> zero(act, Work.of(BdevOp.WRITE_ZEROES, lba, n, MemorySegment.NULL));
                case ZEROES_STABLE ->
                    zero(
                            act,
                            Work.of(BdevOp.WRITE_ZEROES, lba, n, MemorySegment.NULL)
                                    .fua());
                case UNMAP -> zero(act, Work.of(BdevOp.UNMAP, lba, n, MemorySegment.NULL));
                case VERIFY -> go(act, Work.of(BdevOp.VERIFY, lba, n, MemorySegment.NULL), BdevStatus.OK);
                case COPY -> copy(act);
                default -> spoil(act);
            }
        }

        void go(Act act, Work work, BdevStatus expected) {
            DiskRig.Op op = rig.start(bdev, act.reactor(), work);
            checks.add(() -> assertEquals(expected, op.await(), () -> act.toString()));
        }

        void read(Act act) {
            int[] expected = model.range(act.lba(), act.count());
            MemorySegment data = memory(new int[act.count()], act);
            go(act, Work.of(BdevOp.READ, act.lba(), act.count(), data), BdevStatus.OK);
            checks.add(() -> assertArrayEquals(expected, numbersOf(data), act::toString));
        }

        void compare(Act act, boolean wrong) {
            go(
                    act,
                    Work.of(BdevOp.COMPARE, act.lba(), act.count(), expectation(act, wrong)),
                    wrong ? BdevStatus.MISCOMPARE : BdevStatus.OK);
        }

        void swap(Act act, boolean wrong) {
            MemorySegment expected = expectation(act, wrong);
            int[] next = newNumbers(act.count());
            Work work = new Work(BdevOp.COMPARE_AND_WRITE, act.lba(), act.count(), 0, memory(next, act), 0, expected);
            go(act, work, wrong ? BdevStatus.MISCOMPARE : BdevStatus.OK);
            if (!wrong) {
                model.write(act.lba(), next);
            }
        }

        void zero(Act act, Work work) {
            go(act, work, BdevStatus.OK);
            model.zero(act.lba(), act.count());
        }

        /** To where it may overlap with its own source, and with nothing else. */
        void copy(Act act) {
            int to = act.lba() + act.other() % 41 - 20;
            if (to < 0 || to + act.count() > model.blocks() || overlapsOthers(act, to)) {
                to = act.lba();
            }
            int[] source = model.range(act.lba(), act.count());
            go(
                    act,
                    new Work(BdevOp.COPY, act.lba(), act.count(), 0, MemorySegment.NULL, to, MemorySegment.NULL),
                    BdevStatus.OK);
            model.write(to, source);
            for (int i = 0; i < act.count(); i++) {
                taken.add(to + i);
            }
        }

        boolean overlapsOthers(Act act, int to) {
            for (int i = to; i < to + act.count(); i++) {
                boolean own = i >= act.lba() && i < act.lba() + act.count();
                if (!own && taken.contains(i)) {
                    return true;
                }
            }
            return false;
        }

        /** Memory alone can forget how to read a block; it learns it again at once. */
        void spoil(Act act) {
            boolean can = bdev.traits().spoils();
            DiskRig.Op op = rig.start(
                    bdev,
                    act.reactor(),
                    Work.of(BdevOp.WRITE_UNCORRECTABLE, act.lba(), act.count(), MemorySegment.NULL));
            assertEquals(can ? BdevStatus.OK : BdevStatus.UNSUPPORTED, op.await());
            if (can) {
                go(act, Work.of(BdevOp.WRITE, act.lba(), act.count(), fresh(act)), BdevStatus.OK);
            }
        }

        int[] newNumbers(int count) {
            int[] fresh = new int[count];
            Arrays.setAll(fresh, i -> ++numbers);
            return fresh;
        }

        MemorySegment fresh(Act act) {
            int[] fresh = newNumbers(act.count());
            model.write(act.lba(), fresh);
            return memory(fresh, act);
        }

        MemorySegment expectation(Act act, boolean wrong) {
            MemorySegment data = memory(model.range(act.lba(), act.count()), act);
            if (wrong) {
                long at = (act.other() * 31L + numbers) % data.byteSize();
                data.set(ValueLayout.JAVA_BYTE, at, (byte) (data.get(ValueLayout.JAVA_BYTE, at) ^ 1));
            }
            return data;
        }

        MemorySegment memory(int[] blocks, Act act) {
            long bytes = (long) blocks.length * block;
            MemorySegment data = act.aligned()
                    ? rig.memory(bytes)
                    : Arena.ofAuto().allocate(bytes + 64, 4096).asSlice(64, bytes);
            for (int i = 0; i < bytes / 4; i++) {
                data.setAtIndex(ValueLayout.JAVA_INT_UNALIGNED, i, blocks[i / (block / 4)]);
            }
            return data;
        }

        /** The number that fills each block. */
        int[] numbersOf(MemorySegment data) {
            int perBlock = block / 4;
            int[] found = new int[(int) (data.byteSize() / block)];
            for (int i = 0; i < found.length; i++) {
                found[i] = data.getAtIndex(ValueLayout.JAVA_INT_UNALIGNED, (long) i * perBlock);
                for (int j = 1; j < perBlock; j++) {
                    int other = data.getAtIndex(ValueLayout.JAVA_INT_UNALIGNED, (long) i * perBlock + j);
                    assertEquals(found[i], other, "a torn block");
                }
            }
            return found;
        }

        void readAll() {
            for (int lba = 0; lba < model.blocks(); lba += LONG) {
                int n = Math.min(LONG, model.blocks() - lba);
                MemorySegment data = rig.memory((long) n * block);
                assertEquals(BdevStatus.OK, rig.run(bdev, Work.of(BdevOp.READ, lba, n, data)));
                assertArrayEquals(model.range(lba, n), numbersOf(data));
            }
            assertTrue(bdev.usedBlocks() <= bdev.blocks());
        }
    }
}
