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
import org.nvmftarget.data.nvme.Property;
import org.nvmftarget.data.nvme.Sqe;
import org.nvmftarget.data.nvme.Status;
import org.nvmftarget.data.nvme.Wire;
import org.nvmftarget.model.Nsid;

class IoCommandsTest {

    private final TestTarget t = TestTarget.serving();
    private final TestQueue admin = t.admin();
    private final TestQueue io = t.io(admin, 1, 1);

    private static byte[] filled(int blocks, int value) {
        byte[] bytes = new byte[blocks * BLOCK];
        Arrays.fill(bytes, (byte) value);
        return bytes;
    }

    private byte[] readBack(long lba, int blocks) {
        TestRequest r = io.read(Sq.io(Opcode.READ, 1, lba, blocks), blocks * BLOCK);
        assertEquals(Status.SUCCESS, r.status());
        return r.read();
    }

    @Test
    void whatIsWrittenIsRead() {
        assertEquals(
                Status.SUCCESS,
                io.write(Sq.io(Opcode.WRITE, 1, 3, 8), filled(8, 0x5A)).status());
        assertArrayEquals(filled(8, 0x5A), readBack(3, 8));
        assertArrayEquals(filled(1, 0), readBack(2, 1));
    }

    @Test
    void aWriteIsSeenOnTheController() {
        assertFalse(t.controllers().getFirst().hasWritten());
        io.write(Sq.io(Opcode.WRITE, 1, 0, 1), filled(1, 1));
        assertTrue(t.controllers().getFirst().hasWritten());
    }

    @Test
    void blocksBeyondTheEndAreOutOfRange() {
        int expected = Status.LBA_OUT_OF_RANGE | Status.DNR;
        assertEquals(expected, io.read(Sq.io(Opcode.READ, 1, 1024, 1), BLOCK).status());
        assertEquals(
                expected, io.read(Sq.io(Opcode.READ, 1, 1023, 2), 2 * BLOCK).status());
        assertEquals(expected, io.read(Sq.io(Opcode.READ, 1, -1, 2), 2 * BLOCK).status());
        assertEquals(
                expected,
                io.read(Sq.io(Opcode.READ, 1, Long.MAX_VALUE, 2), 2 * BLOCK).status());
        assertEquals(expected, io.send(Sq.io(Opcode.WRITE_ZEROES, 1, 1000, 25)).status());
        assertEquals(
                Status.SUCCESS, io.read(Sq.io(Opcode.READ, 1, 1023, 1), BLOCK).status());
    }

    @Test
    void anSglOfAnotherLengthIsInvalid() {
        int expected = Status.DATA_SGL_LENGTH_INVALID | Status.DNR;
        assertEquals(expected, io.read(Sq.io(Opcode.READ, 1, 0, 2), BLOCK).status());
        assertEquals(expected, io.read(Sq.io(Opcode.READ, 1, 0, 1), 2 * BLOCK).status());
    }

    @Test
    void moreThanMdtsIsInvalid() {
        assertEquals(
                Status.INVALID_FIELD | Status.DNR,
                io.read(Sq.io(Opcode.READ, 1, 0, 257), 257 * BLOCK).status());
        assertEquals(
                Status.INVALID_FIELD | Status.DNR,
                io.send(Sq.io(Opcode.READ, 1, 0, 1), TestQueue.NO_DATA, -512, 0).status());
    }

    @Test
    void anInactiveNamespaceIsInvalid() {
        int expected = Status.INVALID_NAMESPACE_OR_FORMAT | Status.DNR;
        for (int nsid : new int[] {0, 2, Nsid.BROADCAST}) {
            assertEquals(
                    expected, io.read(Sq.io(Opcode.READ, nsid, 0, 1), BLOCK).status());
        }
        assertEquals(expected, io.send(Sq.command(Opcode.FLUSH, 2)).status());
    }

    @Test
    void anUnknownOpcodeIsInvalid() {
        assertEquals(
                Status.INVALID_OPCODE | Status.DNR, io.send(Sq.command(0x55, 1)).status());
    }

    @Test
    void prpsAndMetadataSglsAreRefused() {
        for (int flags : new int[] {0, Sqe.PSDT_SGL_METADATA_SGL << 6, 3 << 6}) {
            MemorySegment sqe = Sq.io(Opcode.READ, 1, 0, 1);
            Wire.putU8(sqe, Sqe.FLAGS, flags);
            assertEquals(Status.INVALID_FIELD | Status.DNR, io.read(sqe, BLOCK).status());
        }
    }

    @Test
    void theTransportsVerdictOnTheSglIsTheStatus() {
        int fault = Status.SGL_DESCRIPTOR_TYPE_INVALID | Status.DNR;
        assertEquals(
                fault,
                io.send(Sq.io(Opcode.READ, 1, 0, 1), TestQueue.NO_DATA, BLOCK, fault)
                        .status());
    }

    @Test
    void flushReachesOneNamespaceOrAll() {
        SlowBdev slow = t.addSlowNamespace(2);
        assertEquals(Status.SUCCESS, io.send(Sq.command(Opcode.FLUSH, 1)).status());
        TestRequest all = io.send(Sq.command(Opcode.FLUSH, Nsid.BROADCAST));
        assertFalse(all.isAnswered());
        slow.completeAll();
        assertEquals(Status.SUCCESS, all.status());
    }

    @Test
    void writeZeroesClearsBlocks() {
        io.write(Sq.io(Opcode.WRITE, 1, 0, 4), filled(4, 7));
        assertEquals(
                Status.SUCCESS, io.send(Sq.io(Opcode.WRITE_ZEROES, 1, 1, 2)).status());
        assertArrayEquals(filled(1, 7), readBack(0, 1));
        assertArrayEquals(filled(2, 0), readBack(1, 2));
        assertArrayEquals(filled(1, 7), readBack(3, 1));
    }

    @Test
    void writeZeroesMayDeallocate() {
        io.write(Sq.io(Opcode.WRITE, 1, 0, 4), filled(4, 7));
        MemorySegment sqe = Sq.io(Opcode.WRITE_ZEROES, 1, 0, 4);
        Wire.putU32(sqe, Sqe.CDW12, 3 | 1 << 25);
        assertEquals(Status.SUCCESS, io.send(sqe).status());
        assertArrayEquals(filled(4, 0), readBack(0, 4));
    }

    private static byte[] ranges(long... lbaAndBlocks) {
        byte[] bytes = new byte[4096];
        MemorySegment s = MemorySegment.ofArray(bytes);
        for (int i = 0; i < lbaAndBlocks.length; i += 2) {
            Wire.putU32(s, i * 8L + 4, (int) lbaAndBlocks[i + 1]);
            Wire.putU64(s, i * 8L + 8, lbaAndBlocks[i]);
        }
        return bytes;
    }

    private static MemorySegment dsm(int ranges, int attributes) {
        return Sq.admin(Opcode.DATASET_MANAGEMENT, 1, ranges - 1, attributes);
    }

    @Test
    void deallocatedRangesReadAsZeroes() {
        io.write(Sq.io(Opcode.WRITE, 1, 0, 8), filled(8, 9));
        assertEquals(Status.SUCCESS, io.write(dsm(2, 4), ranges(0, 1, 4, 2)).status());
        assertArrayEquals(filled(1, 0), readBack(0, 1));
        assertArrayEquals(filled(3, 9), readBack(1, 3));
        assertArrayEquals(filled(2, 0), readBack(4, 2));
    }

    @Test
    void aRangeBeyondTheEndEndsTheWholeCommand() {
        io.write(Sq.io(Opcode.WRITE, 1, 0, 1), filled(1, 9));
        assertEquals(
                Status.LBA_OUT_OF_RANGE | Status.DNR,
                io.write(dsm(2, 4), ranges(0, 1, 1020, 5)).status());
        assertArrayEquals(filled(1, 9), readBack(0, 1));
    }

    @Test
    void hintsWithoutDeallocateChangeNothing() {
        io.write(Sq.io(Opcode.WRITE, 1, 0, 1), filled(1, 9));
        assertEquals(Status.SUCCESS, io.write(dsm(1, 1), ranges(0, 1)).status());
        assertArrayEquals(filled(1, 9), readBack(0, 1));
    }

    @Test
    void tooFewBytesOfRangesAreInvalid() {
        assertEquals(
                Status.DATA_SGL_LENGTH_INVALID | Status.DNR,
                io.write(dsm(2, 4), new byte[16]).status());
    }

    @Test
    void aDevicesFailureHasAStatus() {
        SlowBdev slow = t.addSlowNamespace(2);
        TestRequest read = io.read(Sq.io(Opcode.READ, 2, 0, 1), BLOCK);
        TestRequest write = io.write(Sq.io(Opcode.WRITE, 2, 0, 1), filled(1, 1));
        TestRequest full = io.write(Sq.io(Opcode.WRITE, 2, 0, 1), filled(1, 1));
        slow.completeOne(BdevStatus.IO_ERROR);
        slow.completeOne(BdevStatus.IO_ERROR);
        slow.completeOne(BdevStatus.NO_SPACE);
        assertEquals(Status.UNRECOVERED_READ_ERROR, read.status());
        assertEquals(Status.WRITE_FAULT, write.status());
        assertEquals(Status.CAPACITY_EXCEEDED | Status.DNR, full.status());
    }

    @Test
    void anIoQueueOfADisabledControllerIsOutOfSequence() {
        admin.send(Sq.propertySet(Property.CC, 0));
        assertEquals(
                Status.COMMAND_SEQUENCE_ERROR | Status.DNR,
                io.read(Sq.io(Opcode.READ, 1, 0, 1), BLOCK).status());
    }

    @Test
    void aQueueThatClosesAnswersWhatADeviceStillDoesWhenItIsDone() {
        SlowBdev slow = t.addSlowNamespace(2);
        TestRequest r = io.read(Sq.io(Opcode.READ, 2, 0, 1), BLOCK);
        io.drop();
        assertFalse(r.isAnswered());
        assertEquals(1, t.controllers().getFirst().ioQueues());
        slow.completeAll();
        assertEquals(Status.SUCCESS, r.status());
        assertEquals(0, t.controllers().getFirst().ioQueues());
    }

    @Test
    void dataThatCannotBeFetchedEndTheCommand() {
        TestRequest r = new TestRequest(Sq.io(Opcode.WRITE, 1, 0, 1), new byte[BLOCK], io);
        r.start(BLOCK, 0);
        assertTrue(io.pair().receive(r));
        io.pair().fail(r, Status.DATA_TRANSFER_ERROR);
        assertEquals(Status.DATA_TRANSFER_ERROR, r.status());
    }
}
