package org.nvmftarget.data.target;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.nvmftarget.data.target.TestTarget.BLOCK;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.nvmftarget.data.bdev.BdevStatus;
import org.nvmftarget.data.nvme.Opcode;
import org.nvmftarget.data.nvme.Sqe;
import org.nvmftarget.data.nvme.Status;
import org.nvmftarget.data.nvme.Wire;
import org.nvmftarget.model.Nsid;
import org.nvmftarget.model.Step;

class FusedCommandsTest {

    private static final int INVALID = Status.INVALID_FIELD | Status.DNR;
    private static final int MISCOMPARED = Status.COMPARE_FAILURE | Status.DNR;

    private final TestTarget t = TestTarget.serving();
    private final TestQueue admin = t.admin();
    private final TestQueue io = t.io(admin, 1, 1);

    private static byte[] filled(int value) {
        byte[] bytes = new byte[BLOCK];
        Arrays.fill(bytes, (byte) value);
        return bytes;
    }

    private static MemorySegment fused(int fuse, int opcode, int nsid, long lba, int blocks) {
        MemorySegment s = Sq.io(opcode, nsid, lba, blocks);
        Wire.putU8(s, Sqe.FLAGS, Sqe.PSDT_SGL << 6 | fuse);
        return s;
    }

    private static MemorySegment first(long lba) {
        return fused(Sqe.FUSE_FIRST, Opcode.COMPARE, 1, lba, 1);
    }

    private static MemorySegment second(long lba) {
        return fused(Sqe.FUSE_SECOND, Opcode.WRITE, 1, lba, 1);
    }

    private TestRequest compare(long lba, int value) {
        return io.write(first(lba), filled(value));
    }

    private TestRequest write(long lba, int value) {
        return io.write(second(lba), filled(value));
    }

    /** The capsule has come, the data have not. */
    private TestRequest capsule(MemorySegment sqe, int value) {
        TestRequest r = new TestRequest(Sq.withCid(sqe, 900), filled(value), io);
        r.start(BLOCK, 0);
        assertTrue(io.pair().receive(r));
        return r;
    }

    private void data(TestRequest r) {
        r.buffer();
        io.pair().execute(r);
    }

    private byte[] readBack(long lba) {
        return io.read(Sq.io(Opcode.READ, 1, lba, 1), BLOCK).read();
    }

    @Test
    void theWriteHappensIfTheCompareHolds() {
        TestRequest compare = compare(5, 0);
        assertFalse(compare.isAnswered());
        TestRequest write = write(5, 7);
        assertEquals(Status.SUCCESS, compare.status());
        assertEquals(Status.SUCCESS, write.status());
        assertTrue(compare.order() < write.order());
        assertArrayEquals(filled(7), readBack(5));
    }

    @Test
    void nothingIsWrittenIfItDoesNot() {
        TestRequest compare = compare(5, 1);
        TestRequest write = write(5, 7);
        assertEquals(MISCOMPARED, compare.status());
        assertEquals(Status.ABORTED_FAILED_FUSED, write.status());
        assertArrayEquals(filled(0), readBack(5));
    }

    @Test
    void theDataMayComeInEitherOrder() {
        TestRequest compare = capsule(first(1), 0);
        TestRequest write = capsule(second(1), 3);
        data(write);
        assertFalse(write.isAnswered());
        assertArrayEquals(filled(0), readBack(1));
        data(compare);
        assertEquals(Status.SUCCESS, compare.status());
        assertEquals(Status.SUCCESS, write.status());
        assertArrayEquals(filled(3), readBack(1));
    }

    @Test
    void pairsThatFollowEachOtherAreNotMixedUp() {
        TestRequest compare1 = capsule(first(1), 0);
        TestRequest write1 = capsule(second(1), 3);
        TestRequest compare2 = capsule(first(1), 3);
        TestRequest write2 = capsule(second(1), 4);
        data(write1);
        data(compare1);
        data(compare2);
        data(write2);
        for (TestRequest r : new TestRequest[] {compare1, write1, compare2, write2}) {
            assertEquals(Status.SUCCESS, r.status());
        }
        assertArrayEquals(filled(4), readBack(1));
    }

    @Test
    void aFirstWithoutItsSecondIsAborted() {
        TestRequest compare = compare(5, 0);
        TestRequest read = io.read(Sq.io(Opcode.READ, 1, 0, 1), BLOCK);
        assertEquals(Status.ABORTED_MISSING_FUSED, compare.status());
        assertEquals(Status.SUCCESS, read.status());
        assertEquals(Status.ABORTED_MISSING_FUSED, write(5, 1).status());
    }

    @Test
    void aFirstBehindAFirstTakesItsPlace() {
        TestRequest lost = compare(5, 0);
        TestRequest compare = compare(6, 0);
        TestRequest write = write(6, 1);
        assertEquals(Status.ABORTED_MISSING_FUSED, lost.status());
        assertEquals(Status.SUCCESS, compare.status());
        assertEquals(Status.SUCCESS, write.status());
    }

    @Test
    void aFirstWhoseDataAreStillOnTheirWayIsAbortedWhenTheyAreHere() {
        TestRequest compare = capsule(first(1), 0);
        io.read(Sq.io(Opcode.READ, 1, 0, 1), BLOCK);
        assertFalse(compare.isAnswered());
        data(compare);
        assertEquals(Status.ABORTED_MISSING_FUSED, compare.status());
    }

    @Test
    void aSecondWithoutAFirstIsAborted() {
        assertEquals(Status.ABORTED_MISSING_FUSED, write(5, 1).status());
        assertArrayEquals(filled(0), readBack(5));
    }

    @Test
    void aSecondThatIsNoWriteHasNoFirst() {
        TestRequest compare = compare(5, 0);
        TestRequest read = io.read(fused(Sqe.FUSE_SECOND, Opcode.READ, 1, 5, 1), BLOCK);
        assertEquals(Status.ABORTED_MISSING_FUSED, compare.status());
        assertEquals(Status.ABORTED_MISSING_FUSED, read.status());
    }

    @Test
    void aFirstThatIsNoCompareIsInvalidAndFailsItsSecond() {
        TestRequest read = io.read(fused(Sqe.FUSE_FIRST, Opcode.READ, 1, 5, 1), BLOCK);
        assertEquals(INVALID, read.status());
        assertEquals(Status.ABORTED_FAILED_FUSED, write(5, 1).status());
        assertEquals(Status.ABORTED_MISSING_FUSED, write(5, 1).status());
    }

    @Test
    void aFirstThatIsRefusedFailsItsSecond() {
        int outOfRange = Status.LBA_OUT_OF_RANGE | Status.DNR;
        assertEquals(outOfRange, compare(1024, 0).status());
        assertEquals(Status.ABORTED_FAILED_FUSED, write(1024, 0).status());
        int fault = Status.SGL_DESCRIPTOR_TYPE_INVALID | Status.DNR;
        assertEquals(fault, io.send(first(0), TestQueue.NO_DATA, BLOCK, fault).status());
        assertEquals(Status.ABORTED_FAILED_FUSED, write(0, 0).status());
    }

    @Test
    void aCommandBehindAFirstThatWasRefusedIsNotTouched() {
        compare(1024, 0);
        assertEquals(Status.SUCCESS, io.read(Sq.io(Opcode.READ, 1, 0, 1), BLOCK).status());
    }

    @Test
    void aWriteThatIsRefusedLeavesItsCompareAlone() {
        MemorySegment wrongWrite = second(5);
        Wire.putU32(wrongWrite, Sqe.CDW12, 1 << 25); // reserved
        TestRequest compare = compare(5, 0);
        TestRequest write = io.write(wrongWrite, filled(9));
        assertEquals(Status.INVALID_FIELD | Status.DNR, write.status());
        assertEquals(Status.SUCCESS, compare.status());
        TestRequest late = capsule(first(5), 1);
        io.write(wrongWrite, filled(9));
        data(late);
        assertEquals(MISCOMPARED, late.status());
        assertArrayEquals(filled(0), readBack(5));
    }

    @Test
    void rangesThatDifferAreInvalidInBoth() {
        t.done(new Step.CreateBdev(TestTarget.malloc("disk1", 1024)));
        t.done(new Step.AddNamespace(TestTarget.NQN, TestTarget.namespace(2, "disk1")));
        TestRequest[] compares = {compare(5, 0), null, null};
        TestRequest[] writes = {write(6, 1), null, null};
        compares[1] = io.write(fused(Sqe.FUSE_FIRST, Opcode.COMPARE, 1, 5, 2), new byte[2 * BLOCK]);
        writes[1] = write(5, 1);
        compares[2] = compare(5, 0);
        writes[2] = io.write(fused(Sqe.FUSE_SECOND, Opcode.WRITE, 2, 5, 1), filled(1));
        for (int i = 0; i < 3; i++) {
            assertEquals(INVALID, compares[i].status());
            assertEquals(INVALID, writes[i].status());
        }
        assertArrayEquals(filled(0), readBack(5));
    }

    @Test
    void fusedBitsThatMeanNothingAreInvalid() {
        assertEquals(
                INVALID, io.write(fused(3, Opcode.WRITE, 1, 0, 1), filled(1)).status());
        MemorySegment keepAlive = Sq.command(Opcode.KEEP_ALIVE, 0);
        Wire.putU8(keepAlive, Sqe.FLAGS, Sqe.PSDT_SGL << 6 | Sqe.FUSE_FIRST);
        assertEquals(INVALID, admin.send(keepAlive).status());
        assertEquals(
                Status.SUCCESS, admin.send(Sq.command(Opcode.KEEP_ALIVE, 0)).status());
    }

    @Test
    void moreThanTheDevicesAtomicUnitIsTooMuch() {
        SlowBdev slow = t.addSlowNamespace(2); // one block
        byte[] two = new byte[2 * BLOCK];
        TestRequest compare = io.write(fused(Sqe.FUSE_FIRST, Opcode.COMPARE, 2, 5, 2), two);
        TestRequest write = io.write(fused(Sqe.FUSE_SECOND, Opcode.WRITE, 2, 5, 2), two);
        assertEquals(Status.ATOMIC_WRITE_UNIT_EXCEEDED | Status.DNR, compare.status());
        assertEquals(Status.ABORTED_FAILED_FUSED, write.status());
        assertTrue(slow.working.isEmpty());
    }

    @Test
    void aPauseHoldsThePairAndResumingRunsIt() {
        t.pause(1);
        TestRequest compare = compare(5, 0);
        TestRequest write = write(5, 7);
        assertFalse(compare.isAnswered());
        assertFalse(write.isAnswered());
        t.resume();
        assertEquals(Status.SUCCESS, compare.status());
        assertEquals(Status.SUCCESS, write.status());
        assertArrayEquals(filled(7), readBack(5));
    }

    @Test
    void aPauseBetweenTheTwoHoldsWhatComesIn() {
        TestRequest compare = compare(5, 0);
        t.pause(1);
        TestRequest write = write(5, 7);
        assertFalse(write.isAnswered());
        t.resume();
        assertEquals(Status.SUCCESS, compare.status());
        assertEquals(Status.SUCCESS, write.status());

        TestRequest late = capsule(first(5), 7);
        TestRequest early = capsule(second(5), 8);
        t.pause(1);
        data(early);
        t.resume();
        assertFalse(early.isAnswered());
        t.pause(1);
        data(late);
        assertFalse(late.isAnswered());
        t.resume();
        assertEquals(Status.SUCCESS, late.status());
        assertEquals(Status.SUCCESS, early.status());
    }

    @Test
    void aNamespaceThatWentInAPauseFailsBoth() {
        TestRequest compare = compare(5, 0);
        t.pause(1);
        TestRequest write = write(5, 7);
        t.done(new Step.RemoveNamespace(TestTarget.NQN, new Nsid(1)));
        t.resume();
        assertEquals(Status.INVALID_NAMESPACE_OR_FORMAT | Status.DNR, compare.status());
        assertEquals(Status.ABORTED_FAILED_FUSED, write.status());
    }

    private int abort(TestRequest r) {
        TestRequest abort = admin.send(Sq.admin(Opcode.ABORT, 1 | Sqe.cid(r.sqe) << 16, 0));
        t.settle();
        assertEquals(Status.SUCCESS, abort.status());
        return abort.dw0();
    }

    @Test
    void aFirstThatWaitsForItsSecondCanBeAborted() {
        TestRequest compare = compare(5, 0);
        assertEquals(0, abort(compare));
        assertEquals(Status.ABORTED_BY_REQUEST, compare.status());
        assertEquals(Status.ABORTED_FAILED_FUSED, write(5, 1).status());
    }

    @Test
    void abortingTheCompareOfAHeldPairFailsTheWrite() {
        TestRequest compare = compare(5, 0);
        t.pause(1);
        TestRequest write = write(5, 7);
        assertEquals(0, abort(compare));
        assertEquals(Status.ABORTED_BY_REQUEST, compare.status());
        t.resume();
        assertEquals(Status.ABORTED_FAILED_FUSED, write.status());
    }

    @Test
    void abortingTheWriteOfAHeldPairLeavesTheCompare() {
        TestRequest compare = compare(5, 0);
        t.pause(1);
        TestRequest write = write(5, 7);
        assertEquals(0, abort(write));
        assertEquals(Status.ABORTED_BY_REQUEST, write.status());
        t.resume();
        assertEquals(Status.SUCCESS, compare.status());
        assertArrayEquals(filled(0), readBack(5));
    }

    @Test
    void dataThatCannotBeFetchedFailThePair() {
        TestRequest compare = capsule(first(5), 0);
        TestRequest write = write(5, 7);
        io.pair().fail(compare, Status.DATA_TRANSFER_ERROR);
        assertEquals(Status.DATA_TRANSFER_ERROR, compare.status());
        assertEquals(Status.ABORTED_FAILED_FUSED, write.status());
        TestRequest lone = compare(5, 0);
        TestRequest lost = capsule(second(5), 7);
        io.pair().fail(lost, Status.DATA_TRANSFER_ERROR);
        assertEquals(Status.SUCCESS, lone.status());
    }

    @Test
    void aQueueThatClosesAnswersWhatWaits() {
        TestRequest compare = compare(5, 0);
        io.drop();
        assertEquals(Status.ABORTED_SQ_DELETION, compare.status());
        TestQueue other = t.io(admin, 2, 1);
        TestRequest first = other.write(first(5), filled(0));
        TestRequest second = new TestRequest(second(5), filled(1), other);
        second.start(BLOCK, 0);
        assertTrue(other.pair().receive(second));
        other.drop();
        assertEquals(Status.ABORTED_SQ_DELETION, first.status());
        assertFalse(second.isAnswered());
        second.buffer();
        other.pair().execute(second);
        assertEquals(Status.ABORTED_SQ_DELETION, second.status());
    }

    private int[] statusesWhenTheDeviceEndsIn(SlowBdev slow, BdevStatus status) {
        TestRequest compare = io.write(fused(Sqe.FUSE_FIRST, Opcode.COMPARE, 2, 5, 1), filled(0));
        TestRequest write = io.write(fused(Sqe.FUSE_SECOND, Opcode.WRITE, 2, 5, 1), filled(7));
        assertEquals(1, slow.working.size());
        slow.completeOne(status);
        return new int[] {compare.status(), write.status()};
    }

    @Test
    void theDevicesAnswerSaysWhichOfTheTwoFailed() {
        SlowBdev slow = t.addSlowNamespace(2);
        int failed = Status.ABORTED_FAILED_FUSED;
        assertArrayEquals(new int[] {0, 0}, statusesWhenTheDeviceEndsIn(slow, BdevStatus.OK));
        assertArrayEquals(new int[] {MISCOMPARED, failed}, statusesWhenTheDeviceEndsIn(slow, BdevStatus.MISCOMPARE));
        assertArrayEquals(
                new int[] {Status.UNRECOVERED_READ_ERROR | Status.DNR, failed},
                statusesWhenTheDeviceEndsIn(slow, BdevStatus.UNREADABLE));
        assertArrayEquals(
                new int[] {Status.DEALLOCATED_OR_UNWRITTEN | Status.DNR, failed},
                statusesWhenTheDeviceEndsIn(slow, BdevStatus.UNMAPPED));
        assertArrayEquals(
                new int[] {0, Status.CAPACITY_EXCEEDED | Status.DNR},
                statusesWhenTheDeviceEndsIn(slow, BdevStatus.NO_SPACE));
        assertArrayEquals(new int[] {0, Status.WRITE_FAULT}, statusesWhenTheDeviceEndsIn(slow, BdevStatus.IO_ERROR));
    }
}
