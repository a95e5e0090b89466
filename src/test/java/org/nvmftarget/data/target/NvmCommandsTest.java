package org.nvmftarget.data.target;

import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.nvmftarget.data.target.TestTarget.BLOCK;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.nvmftarget.data.bdev.BdevOp;
import org.nvmftarget.data.bdev.BdevStatus;
import org.nvmftarget.data.nvme.Feature;
import org.nvmftarget.data.nvme.Identify;
import org.nvmftarget.data.nvme.Opcode;
import org.nvmftarget.data.nvme.Sqe;
import org.nvmftarget.data.nvme.Status;
import org.nvmftarget.data.nvme.Wire;
import org.nvmftarget.model.Step;

/** What the commands of the NVM command set do to a namespace. */
class NvmCommandsTest {

    private static final int UNREADABLE = Status.UNRECOVERED_READ_ERROR | Status.DNR;

    private final TestTarget t = TestTarget.serving();
    private final TestQueue admin = t.admin();
    private final TestQueue io = t.io(admin, 1, 1);

    private static byte[] filled(int blocks, int value) {
        byte[] bytes = new byte[blocks * BLOCK];
        Arrays.fill(bytes, (byte) value);
        return bytes;
    }

    private void write(long lba, int blocks, int value) {
        assertEquals(
                Status.SUCCESS,
                io.write(Sq.io(Opcode.WRITE, 1, lba, blocks), filled(blocks, value))
                        .status());
    }

    private TestRequest read(long lba, int blocks) {
        return io.read(Sq.io(Opcode.READ, 1, lba, blocks), blocks * BLOCK);
    }

    private int run(int opcode, long lba, int blocks) {
        TestRequest r = io.send(Sq.io(opcode, 1, lba, blocks));
        t.settle();
        return r.status();
    }

    private int compare(long lba, byte[] data) {
        return io.write(Sq.io(Opcode.COMPARE, 1, lba, data.length / BLOCK), data)
                .status();
    }

    private long used() {
        return Wire.u64(
                admin.read(Sq.identify(Identify.CNS_NAMESPACE, 1), Identify.BYTES)
                        .page(),
                16);
    }

    @Test
    void compareTellsWhetherTheBlocksAreTheData() {
        write(4, 4, 9);
        assertEquals(Status.SUCCESS, compare(4, filled(4, 9)));
        assertEquals(Status.COMPARE_FAILURE | Status.DNR, compare(3, filled(2, 9)));
        assertArrayEquals(filled(4, 9), read(4, 4).read());
    }

    @Test
    void blocksWrittenUncorrectableAreReadErrorsUntilTheyAreWritten() {
        write(0, 8, 5);
        assertEquals(Status.SUCCESS, run(Opcode.WRITE_UNCORRECTABLE, 2, 2));
        assertEquals(UNREADABLE, read(1, 2).status());
        assertEquals(UNREADABLE, compare(3, filled(1, 5)));
        assertEquals(UNREADABLE, run(Opcode.VERIFY, 0, 8));
        assertEquals(Status.SUCCESS, read(0, 2).status());
        write(2, 1, 6);
        assertEquals(UNREADABLE, run(Opcode.VERIFY, 0, 8));
        assertEquals(Status.SUCCESS, run(Opcode.WRITE_ZEROES, 3, 1));
        assertEquals(Status.SUCCESS, run(Opcode.VERIFY, 0, 8));
        assertArrayEquals(filled(1, 6), read(2, 1).read());
    }

    @Test
    void aDeviceThatCannotSpoilBlocksDoesNotHaveTheCommand() {
        t.done(new Step.CreateBdev(TestTarget.nothing("zero", 1024)));
        t.done(new Step.AddNamespace(TestTarget.NQN, TestTarget.namespace(2, "zero")));
        assertEquals(
                Status.INVALID_OPCODE | Status.DNR,
                io.send(Sq.io(Opcode.WRITE_UNCORRECTABLE, 2, 0, 1)).status());
    }

    private static byte[] sources(int format, long... lbaAndBlocks) {
        int bytes = format == 0 ? 32 : 40;
        byte[] list = new byte[lbaAndBlocks.length / 2 * bytes];
        MemorySegment s = MemorySegment.ofArray(list);
        for (int i = 0; i < lbaAndBlocks.length / 2; i++) {
            Wire.putU64(s, (long) i * bytes + 8, lbaAndBlocks[2 * i]);
            Wire.putU16(s, (long) i * bytes + 16, (int) lbaAndBlocks[2 * i + 1] - 1);
        }
        return list;
    }

    private TestRequest copy(int format, long to, long... lbaAndBlocks) {
        MemorySegment sqe = Sq.command(Opcode.COPY, 1);
        Wire.putU64(sqe, Sqe.CDW10, to);
        Wire.putU32(sqe, Sqe.CDW12, (lbaAndBlocks.length / 2 - 1) | format << 8);
        TestRequest r = io.write(sqe, sources(format, lbaAndBlocks));
        t.settle();
        return r;
    }

    @Test
    void copyGathersItsSourcesAtTheDestination() {
        for (int format = 0; format < 2; format++) {
            write(10, 1, 1);
            write(20, 2, 2);
            write(100, 4, 0xFF);
            TestRequest r = copy(format, 100, 20, 2, 10, 1, 500, 1);
            assertEquals(Status.SUCCESS, r.status());
            assertEquals(0, r.dw0());
            assertArrayEquals(filled(2, 2), read(100, 2).read());
            assertArrayEquals(filled(1, 1), read(102, 1).read());
            assertArrayEquals(filled(1, 0), read(103, 1).read());
        }
    }

    @Test
    void copyTakes256Sources() {
        long[] list = new long[512];
        for (int i = 0; i < 256; i++) {
            list[2 * i] = i;
            list[2 * i + 1] = 1;
        }
        write(0, 256, 3);
        assertEquals(Status.SUCCESS, copy(1, 512, list).status());
        assertArrayEquals(filled(256, 3), read(512, 256).read());
    }

    @Test
    void aSourceThatOverlapsTheDestinationIsReadBeforeItIsOverwritten() {
        for (int i = 0; i < 8; i++) {
            write(i, 1, i);
        }
        assertEquals(Status.SUCCESS, copy(0, 2, 0, 6).status());
        for (int i = 0; i < 6; i++) {
            assertArrayEquals(filled(1, i), read(2 + i, 1).read());
        }
        assertEquals(Status.SUCCESS, copy(0, 0, 2, 6).status());
        for (int i = 0; i < 6; i++) {
            assertArrayEquals(filled(1, i), read(i, 1).read());
        }
    }

    @Test
    void aCopyThatFailsSaysAtWhichSource() {
        write(0, 4, 1);
        run(Opcode.WRITE_UNCORRECTABLE, 3, 1);
        TestRequest r = copy(0, 100, 0, 1, 1, 1, 2, 2, 0, 1);
        assertEquals(UNREADABLE, r.status());
        assertEquals(2, r.dw0());
        assertArrayEquals(filled(2, 1), read(100, 2).read());
    }

    @Test
    void sourcesThatAreTooLongOrNotThereAreRefusedBeforeAnythingIsWritten() {
        int limit = Status.COMMAND_SIZE_LIMIT_EXCEEDED | Status.DNR;
        t.done(new Step.CreateBdev(TestTarget.malloc("big", 1 << 18)));
        t.done(new Step.AddNamespace(TestTarget.NQN, TestTarget.namespace(2, "big")));
        assertEquals(limit, copyOn2(0, 32769).status());
        assertEquals(Status.SUCCESS, copyOn2(0, 32768).status());
        assertEquals(
                limit, copyOn2(0, 32768, 0, 32768, 0, 32768, 0, 32768, 0, 1).status());
        write(0, 1, 7);
        TestRequest r = copy(0, 100, 0, 1, 1024, 1);
        assertEquals(Status.LBA_OUT_OF_RANGE | Status.DNR, r.status());
        assertEquals(
                Status.LBA_OUT_OF_RANGE | Status.DNR, copy(0, 1023, 0, 1, 0, 1).status());
        assertArrayEquals(filled(1, 0), read(100, 1).read());
    }

    private TestRequest copyOn2(long... lbaAndBlocks) {
        MemorySegment sqe = Sq.command(Opcode.COPY, 2);
        Wire.putU64(sqe, Sqe.CDW10, 1000);
        Wire.putU32(sqe, Sqe.CDW12, lbaAndBlocks.length / 2 - 1);
        TestRequest r = io.write(sqe, sources(0, lbaAndBlocks));
        t.settle();
        return r;
    }

    @Test
    void deallocatingTakesBlocksOutOfUse() {
        assertEquals(0, used());
        write(0, 8, 5);
        run(Opcode.WRITE_ZEROES, 8, 8);
        assertEquals(16, used());
        MemorySegment sqe = Sq.io(Opcode.WRITE_ZEROES, 1, 4, 8);
        Wire.putU32(sqe, Sqe.CDW12, 7 | 1 << 25);
        assertEquals(Status.SUCCESS, io.send(sqe).status());
        assertEquals(8, used());
        assertArrayEquals(filled(8, 0), read(4, 8).read());
    }

    @Test
    void all256RangesAreDeallocated() {
        write(0, 256, 1);
        write(256, 256, 1);
        byte[] list = new byte[4096];
        for (int i = 0; i < 256; i++) {
            Wire.putU32(MemorySegment.ofArray(list), i * 16L + 4, 1);
            Wire.putU64(MemorySegment.ofArray(list), i * 16L + 8, 2L * i);
        }
        TestRequest r = io.write(Sq.admin(Opcode.DATASET_MANAGEMENT, 1, 255, 7), list);
        t.settle();
        assertEquals(Status.SUCCESS, r.status());
        assertEquals(256, used());
        assertArrayEquals(filled(1, 0), read(510, 1).read());
        assertArrayEquals(filled(1, 1), read(511, 1).read());
    }

    @Test
    void aCommandOfSeveralOperationsDoesOneAfterTheOther() {
        SlowBdev slow = t.addSlowNamespace(2);
        byte[] list = new byte[4096];
        TestRequest r = io.write(Sq.admin(Opcode.DATASET_MANAGEMENT, 2, 7, 4), list);
        for (int i = 0; i < 4; i++) {
            slow.completeOne(BdevStatus.OK);
        }
        assertEquals(BdevOp.UNMAP, slow.working.getFirst().op());
        for (int i = 0; i < 4; i++) {
            slow.completeOne(BdevStatus.OK);
        }
        assertEquals(Status.SUCCESS, r.status());

        assertTrue(slow.working.isEmpty());
    }

    @Test
    void aNamespaceIsNotDrainedWhileACommandWaitsForItsNextTurn() {
        TestRequest unmap = io.write(Sq.admin(Opcode.DATASET_MANAGEMENT, 1, 255, 4), new byte[4096]);
        assertFalse(unmap.isAnswered()); // some of the ranges are done, the rest is for later turns
        Subsystem subsystem = requireNonNull(t.target.find(TestTarget.NQN));
        Namespace namespace = requireNonNull(subsystem.view().namespace(1));
        List<Boolean> answeredWhenDrained = new ArrayList<>();
        namespace.channel(1).whenDrained(() -> answeredWhenDrained.add(unmap.isAnswered()));
        t.settle();
        assertEquals(List.of(true), answeredWhenDrained);
        assertEquals(Status.SUCCESS, unmap.status());
    }

    private void dulbe(boolean enabled) {
        TestRequest set = admin.send(Sq.admin(Opcode.SET_FEATURES, 1, Feature.ERROR_RECOVERY, enabled ? 1 << 16 : 0));
        assertEquals(Status.SUCCESS, set.status());
    }

    @Test
    void readingDeallocatedBlocksIsAnErrorOnceTheHostWantsThat() {
        int unwritten = Status.DEALLOCATED_OR_UNWRITTEN | Status.DNR;
        write(0, 4, 5);
        assertEquals(Status.SUCCESS, read(3, 2).status());
        dulbe(true);
        assertEquals(unwritten, read(3, 2).status());
        assertEquals(unwritten, compare(4, filled(1, 0)));
        assertEquals(unwritten, run(Opcode.VERIFY, 0, 5));
        TestRequest copied = copy(0, 100, 0, 4, 3, 2);
        assertEquals(unwritten, copied.status());
        assertEquals(1, copied.dw0());
        assertEquals(Status.SUCCESS, read(0, 4).status());
        assertEquals(Status.SUCCESS, run(Opcode.WRITE_ZEROES, 4, 1));
        assertArrayEquals(filled(1, 0), read(4, 1).read());
        MemorySegment deallocate = Sq.io(Opcode.WRITE_ZEROES, 1, 4, 1);
        Wire.putU32(deallocate, Sqe.CDW12, 1 << 25);
        assertEquals(Status.SUCCESS, io.send(deallocate).status());
        assertEquals(unwritten, read(4, 1).status());
        dulbe(false);
        assertArrayEquals(filled(1, 0), read(4, 1).read());
    }

    @Test
    void aFusedCompareOfDeallocatedBlocksIsAnErrorToo() {
        dulbe(true);
        MemorySegment first = Sq.io(Opcode.COMPARE, 1, 9, 1);
        Wire.putU8(first, Sqe.FLAGS, Sqe.PSDT_SGL << 6 | Sqe.FUSE_FIRST);
        MemorySegment second = Sq.io(Opcode.WRITE, 1, 9, 1);
        Wire.putU8(second, Sqe.FLAGS, Sqe.PSDT_SGL << 6 | Sqe.FUSE_SECOND);
        TestRequest compare = io.write(first, filled(1, 0));
        TestRequest write = io.write(second, filled(1, 1));
        assertEquals(Status.DEALLOCATED_OR_UNWRITTEN | Status.DNR, compare.status());
        assertEquals(Status.ABORTED_FAILED_FUSED, write.status());
    }
}
