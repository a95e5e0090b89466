package org.nvmftarget.data.target;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.nvmftarget.data.nvme.CopyRange;
import org.nvmftarget.data.nvme.DsmRange;
import org.nvmftarget.data.nvme.Feature;
import org.nvmftarget.data.nvme.Identify;
import org.nvmftarget.data.nvme.IoFlags;
import org.nvmftarget.data.nvme.Opcode;
import org.nvmftarget.data.nvme.Sqe;
import org.nvmftarget.data.nvme.Status;
import org.nvmftarget.data.nvme.Wire;
import org.nvmftarget.model.Step;

/** Whatever commands come from two queues on two reactors, a namespace holds what a plain model of it says. */
class NamespaceDataProperties {

    private static final int BLOCK = TestTarget.BLOCK;
    /** A malloc device's chunk has 2048 blocks; this is one of them, and a piece. */
    private static final int BLOCKS = 2048 + 300;

    private static final int LONG = 256;

    private static final int UNREADABLE = Status.UNRECOVERED_READ_ERROR | Status.DNR;
    private static final int UNWRITTEN = Status.DEALLOCATED_OR_UNWRITTEN | Status.DNR;

    enum Kind {
        WRITE,
        READ,
        COMPARE_RIGHT,
        COMPARE_WRONG,
        FUSED_RIGHT,
        FUSED_WRONG,
        ZEROES,
        ZEROES_AND_DEALLOCATE,
        DATASET_MANAGEMENT,
        COPY,
        SPOIL,
        VERIFY,
        USED,
        DEALLOCATED_IS_AN_ERROR,
        DEALLOCATED_IS_ZEROES,
        PAUSE_AND_WRITE
    }

    record Range(int lba, int count) {}

    record Act(Kind kind, int queue, List<Range> ranges) {
        Range first() {
            return ranges.getFirst();
        }
    }

    /** Mostly short, mostly where chunks meet or the namespace ends, and mostly in each other's way. */
    @Provide
    Arbitrary<List<Act>> acts() {
        Arbitrary<Integer> count = Arbitraries.frequencyOf(
                net.jqwik.api.Tuple.of(6, Arbitraries.integers().between(1, 8)),
                net.jqwik.api.Tuple.of(1, Arbitraries.integers().between(100, LONG)));
        Arbitrary<Integer> lba = Arbitraries.of(0, 2048, BLOCKS)
                .flatMap(at -> Arbitraries.integers().between(at - 12, at + 8));
        Arbitrary<Range> range = Combinators.combine(lba, count).as((at, n) -> {
            int from = Math.clamp(at, 0, BLOCKS - n);
            return new Range(from, n);
        });
        Arbitrary<Act> act = Combinators.combine(
                        Arbitraries.of(Kind.class),
                        Arbitraries.integers().between(0, 1),
                        range.list().ofMinSize(1).ofMaxSize(5))
                .as(Act::new);
        return act.list().ofMaxSize(80);
    }

    @Property
    void aNamespaceHoldsWhatThePlainModelSays(@ForAll("acts") List<Act> acts) {
        World world = new World();
        for (Act act : acts) {
            world.play(act);
        }
        world.readAll();
    }

    private static final class World {
        final TestTarget t = TestTarget.serving();
        final TestQueue admin = t.admin();
        final List<TestQueue> queues;
        final PlainNamespace model = new PlainNamespace(BLOCKS);
        int tags;
        boolean dulbe;

        World() {
            t.done(new Step.CreateBdev(TestTarget.malloc("model", BLOCKS)));
            t.done(new Step.AddNamespace(TestTarget.NQN, TestTarget.namespace(2, "model")));
            queues = List.of(t.io(admin, 1, 0), t.io(admin, 2, 1));
        }

        void play(Act act) {
            TestQueue io = queues.get(act.queue());
            Range r = act.first();
            switch (act.kind()) {
                case WRITE -> write(io, r);
                case READ -> read(io, r);
                case COMPARE_RIGHT -> compare(io, r, false);
                case COMPARE_WRONG -> compare(io, r, true);
                case FUSED_RIGHT -> fused(io, r, false);
                case FUSED_WRONG -> fused(io, r, true);
                case ZEROES -> {
                    assertEquals(0, plain(io, Opcode.WRITE_ZEROES, r, 0));
                    model.write(r.lba(), new int[r.count()]);
                }
                case ZEROES_AND_DEALLOCATE -> {
                    assertEquals(0, plain(io, Opcode.WRITE_ZEROES, r, IoFlags.DEAC));
                    model.deallocate(r.lba(), r.count());
                }
                case DATASET_MANAGEMENT -> datasetManagement(io, act.ranges());
                case COPY -> copy(io, act.ranges());
                case SPOIL -> {
                    assertEquals(0, plain(io, Opcode.WRITE_UNCORRECTABLE, r, 0));
                    model.spoil(r.lba(), r.count());
                }
                case VERIFY -> {
                    int told = plain(io, Opcode.VERIFY, r, 0);
                    assertEquals(readStatus(r, told), told);
                }
                case DEALLOCATED_IS_AN_ERROR -> dulbe(true);
                case DEALLOCATED_IS_ZEROES -> dulbe(false);
                case USED -> assertEquals(model.used(), used());
                case PAUSE_AND_WRITE -> {
                    t.pause(2);
                    TestRequest held = io.write(command(Opcode.WRITE, r), fill(r, newTags(r)));
                    assertTrue(!held.isAnswered());
                    t.resume();
                    assertEquals(0, held.status());
                }
            }
        }

        void dulbe(boolean enabled) {
            int value = enabled ? Feature.DULBE : 0;
            assertEquals(
                    0,
                    admin.send(Sq.admin(Opcode.SET_FEATURES, 2, Feature.ERROR_RECOVERY, value))
                            .status());
            dulbe = enabled;
        }

        /** Of a range that has both kinds of bad blocks, either is right to be told. */
        int readStatus(Range r, int told) {
            boolean spoiled = model.isSpoiled(r.lba(), r.count());
            boolean unwritten = dulbe && model.isUnused(r.lba(), r.count());
            if (spoiled && unwritten) {
                return told == UNWRITTEN ? UNWRITTEN : UNREADABLE;
            }
            return spoiled ? UNREADABLE : unwritten ? UNWRITTEN : 0;
        }

        static MemorySegment command(int opcode, Range r) {
            return Sq.io(opcode, 2, r.lba(), r.count());
        }

        int plain(TestQueue io, int opcode, Range r, int flags) {
            MemorySegment sqe = command(opcode, r);
            Wire.putU32(sqe, Sqe.CDW12, flags | (r.count() - 1));
            TestRequest answer = io.send(sqe);
            t.settle();
            return answer.status();
        }

        /** A tag of its own for each block. */
        int[] tagsFor(Range r) {
            return IntStream.range(0, r.count()).map(i -> ++tags).toArray();
        }

        /** Tags that the model holds from now on. */
        int[] newTags(Range r) {
            int[] tag = tagsFor(r);
            model.write(r.lba(), tag);
            return tag;
        }

        static byte[] fill(Range r, int[] tag) {
            byte[] bytes = new byte[r.count() * BLOCK];
            MemorySegment s = MemorySegment.ofArray(bytes);
            for (int i = 0; i < bytes.length; i += 4) {
                Wire.putU32(s, i, tag[i / BLOCK]);
            }
            return bytes;
        }

        void write(TestQueue io, Range r) {
            byte[] data = fill(r, newTags(r));
            assertEquals(0, io.write(command(Opcode.WRITE, r), data).status());
        }

        void read(TestQueue io, Range r) {
            TestRequest answer = io.read(command(Opcode.READ, r), r.count() * BLOCK);
            assertEquals(readStatus(r, answer.status()), answer.status());
            if (answer.status() == 0) {
                assertArrayEquals(fill(r, model.content(r.lba(), r.count())), answer.read());
            }
        }

        void compare(TestQueue io, Range r, boolean wrong) {
            byte[] data = expectation(r, wrong);
            int status = io.write(command(Opcode.COMPARE, r), data).status();
            assertEquals(compareStatus(r, wrong, status), status);
        }

        byte[] expectation(Range r, boolean wrong) {
            byte[] data = fill(r, model.content(r.lba(), r.count()));
            if (wrong) {
                data[(r.lba() * 31 + tags) % data.length] ^= 1;
            }
            return data;
        }

        int compareStatus(Range r, boolean wrong, int told) {
            int unreadable = readStatus(r, told);
            return unreadable != 0 || !wrong ? unreadable : Status.COMPARE_FAILURE | Status.DNR;
        }

        void fused(TestQueue io, Range r, boolean wrong) {
            MemorySegment first = command(Opcode.COMPARE, r);
            Wire.putU8(first, Sqe.FLAGS, Sqe.PSDT_SGL << 6 | Sqe.FUSE_FIRST);
            MemorySegment second = command(Opcode.WRITE, r);
            Wire.putU8(second, Sqe.FLAGS, Sqe.PSDT_SGL << 6 | Sqe.FUSE_SECOND);
            TestRequest compare = io.write(first, expectation(r, wrong));
            int[] tag = tagsFor(r);
            TestRequest write = io.write(second, fill(r, tag));
            int expected = compareStatus(r, wrong, compare.status());
            assertEquals(expected, compare.status());
            assertEquals(expected == 0 ? 0 : Status.ABORTED_FAILED_FUSED, write.status());
            if (expected == 0) {
                model.write(r.lba(), tag);
            }
        }

        void datasetManagement(TestQueue io, List<Range> ranges) {
            byte[] list = new byte[4096];
            MemorySegment s = MemorySegment.ofArray(list);
            for (int i = 0; i < ranges.size(); i++) {
                Range r = ranges.get(i);
                Wire.putU32(s, i * 16L + 4, r.count());
                Wire.putU64(s, i * 16L + 8, r.lba());
                model.deallocate(r.lba(), r.count());
            }
            TestRequest answer =
                    io.write(Sq.admin(Opcode.DATASET_MANAGEMENT, 2, ranges.size() - 1, DsmRange.DEALLOCATE), list);
            t.settle();
            assertEquals(0, answer.status());
        }

        /** To where the last range is, as far as there is room, from the others. */
        void copy(TestQueue io, List<Range> ranges) {
            List<Range> sources = ranges.subList(0, Math.max(1, ranges.size() - 1));
            int total = sources.stream().mapToInt(Range::count).sum();
            int to = Math.min(ranges.getLast().lba(), BLOCKS - total);
            int format = tags & 1;
            MemorySegment sqe = Sq.command(Opcode.COPY, 2);
            Wire.putU64(sqe, Sqe.CDW10, to);
            Wire.putU32(sqe, Sqe.CDW12, (sources.size() - 1) | format << 8);
            TestRequest answer = io.write(sqe, sourceList(sources, format));
            t.settle();
            for (int i = 0; i < sources.size(); i++) {
                Range r = sources.get(i);
                int expected = readStatus(r, answer.status());
                if (expected != 0) {
                    assertEquals(expected, answer.status());
                    assertEquals(i, answer.dw0());
                    adopt(io, new Range(to, r.count()), r);
                    return;
                }
                model.write(to, model.content(r.lba(), r.count()));
                to += r.count();
            }
            assertEquals(0, answer.status());
            assertEquals(0, answer.dw0());
        }

        static byte[] sourceList(List<Range> sources, int format) {
            int bytes = CopyRange.bytes(format);
            byte[] list = new byte[sources.size() * bytes];
            for (int i = 0; i < sources.size(); i++) {
                Wire.putU64(
                        MemorySegment.ofArray(list),
                        i * (long) bytes + 8,
                        sources.get(i).lba());
                Wire.putU16(
                        MemorySegment.ofArray(list),
                        i * (long) bytes + 16,
                        sources.get(i).count() - 1);
            }
            return list;
        }

        /** A range whose copying failed: each of its blocks is as before, or was copied. */
        void adopt(TestQueue io, Range to, Range from) {
            PlainNamespace before = new PlainNamespace(BLOCKS);
            before.write(0, model.content(0, BLOCKS));
            for (int i = 0; i < to.count(); i++) {
                Range one = new Range(to.lba() + i, 1);
                TestRequest block = io.read(command(Opcode.READ, one), BLOCK);
                if (block.status() != 0) {
                    assertEquals(readStatus(one, block.status()), block.status());
                    continue;
                }
                int tag = Wire.u32(block.page(), 0);
                Set<Integer> allowed =
                        new TreeSet<>(List.of(before.content(one.lba(), 1)[0], before.content(from.lba() + i, 1)[0]));
                assertTrue(allowed.contains(tag), () -> "block " + one.lba() + " has " + tag + " of " + allowed);
                if (model.isSpoiled(one.lba(), 1) || tag != before.content(one.lba(), 1)[0]) {
                    model.write(one.lba(), tag);
                }
            }
            settleUse(to);
        }

        /** Whether a zero block was written or left deallocated cannot be read: write those that a copy failed on. */
        void settleUse(Range r) {
            for (int i = 0; i < r.count(); i++) {
                Range one = new Range(r.lba() + i, 1);
                if (!model.isSpoiled(one.lba(), 1) && model.content(one.lba(), 1)[0] == 0) {
                    write(queues.getFirst(), one);
                }
            }
        }

        int used() {
            TestRequest page = admin.read(Sq.identify(Identify.CNS_NAMESPACE, 2), Identify.BYTES);
            return (int) Wire.u64(page.page(), 16);
        }

        /** Where blocks may have been written: around the places that ranges begin at. */
        void readAll() {
            for (int at : new int[] {0, 2048, BLOCKS}) {
                int from = Math.max(0, at - LONG);
                for (int lba = from; lba < Math.min(BLOCKS, at + 2 * LONG); lba += 32) {
                    read(queues.getFirst(), new Range(lba, Math.min(32, BLOCKS - lba)));
                }
            }
            assertEquals(model.used(), used());
        }
    }
}
