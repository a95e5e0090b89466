package org.nvmftarget.data.target;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.nvmftarget.data.target.TestTarget.HOST;
import static org.nvmftarget.data.target.TestTarget.NQN;

import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nvmftarget.data.nvme.Cqe;
import org.nvmftarget.data.nvme.Opcode;
import org.nvmftarget.data.nvme.Property;
import org.nvmftarget.data.nvme.Sqe;
import org.nvmftarget.data.nvme.Status;
import org.nvmftarget.data.nvme.Wire;

/** Property Get, Property Set and Disconnect (NVMe over Fabrics 1.1, section 3). */
class FabricsCommandsTest {

    private static final int INVALID = Status.INVALID_FIELD | Status.DNR;
    private static final int FOUR = 0;
    private static final int EIGHT = 1;

    private final TestTarget t = TestTarget.serving();

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "CAP, 0x00, 1, 0x080000200F01007F",
        "lower half of CAP, 0x00, 0, 0x0F01007F",
        "upper half of CAP, 0x04, 0, 0x08000020",
        "VS, 0x08, 0, 0x20000",
        "CC, 0x14, 0, 0x460001",
        "CSTS, 0x1C, 0, 0x1",
        "NSSR, 0x20, 0, 0",
        "CRTO, 0x68, 0, 15"
    })
    void aPropertyIsRead(String name, String offset, int size, String value) {
        TestRequest r = t.admin().send(Sq.propertyGet(Integer.decode(offset), size));
        assertEquals(Status.SUCCESS, r.status(), name);
        assertEquals(Long.decode(value), Cqe.result(r.cqe()), name);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "VS of eight bytes, 0x08, 1",
        "CC of eight bytes, 0x14, 1",
        "CSTS of eight bytes, 0x1C, 1",
        "upper half of CAP of eight bytes, 0x04, 1",
        "inside CC, 0x16, 0",
        "reserved and CSTS of eight bytes, 0x18, 1",
        "eight bytes that are not aligned, 0x0C, 1",
        "size 2, 0x08, 2",
        "size 7, 0x00, 7"
    })
    void aPropertyThatThereIsNotIsInvalid(String name, String offset, int size) {
        MemorySegment get = Sq.propertyGet(Integer.decode(offset), size);
        assertEquals(INVALID, t.admin().send(get).status(), name);
        assertEquals(INVALID, t.admin().send(set(offset, size)).status(), name);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "INTMS: memory-based alone, 0x0C, 0",
        "reserved, 0x18, 0",
        "AQA: memory-based alone, 0x24, 0",
        "ASQ: memory-based alone, 0x28, 1",
        "ACQ: memory-based alone, 0x30, 1",
        "CMBLOC: memory-based alone, 0x38, 0",
        "BPINFO: no boot partitions, 0x40, 0",
        "NSSD: no subsystem shutdown, 0x64, 0",
        "vendor specific, 0x1300, 0",
        "the last there could be, 0xFFFFFFFC, 0"
    })
    void aReservedPropertyReadsZeroAndIsNotSet(String name, String offset, int size) {
        TestRequest r = t.admin().send(Sq.propertyGet((int) (long) Long.decode(offset), size));
        assertEquals(Status.SUCCESS, r.status(), name);
        assertEquals(0, Cqe.result(r.cqe()), name);
        assertEquals(INVALID, t.admin().send(set(offset, size)).status(), name);
    }

    private static MemorySegment set(String offset, int size) {
        MemorySegment set = Sq.propertySet((int) (long) Long.decode(offset), 0);
        Wire.putU8(set, Property.ATTRIB, size);
        return set;
    }

    @ParameterizedTest
    @ValueSource(ints = {Property.CAP, Property.VS, Property.CSTS, Property.NSSR, Property.CRTO})
    void aPropertyThatIsReadOnlyIsNotSet(int offset) {
        assertEquals(
                INVALID, t.admin().send(Sq.propertySet(offset, 0x4E56_4D65)).status());
    }

    @Test
    void aShutdownNotificationThatThereIsNotIsInvalid() {
        TestQueue admin = t.admin();
        assertEquals(
                INVALID,
                admin.send(Sq.propertySet(Property.CC, TestTarget.ENABLE | 3 << 14))
                        .status());
        assertEquals(
                TestTarget.ENABLE, admin.send(Sq.propertyGet(Property.CC, FOUR)).dw0());
    }

    @Test
    void anIoQueueHasNoProperties() {
        TestQueue io = t.io(t.admin(), 1, 1);
        int expected = Status.INVALID_OPCODE | Status.DNR;
        assertEquals(expected, io.send(Sq.propertyGet(Property.CAP, EIGHT)).status());
        assertEquals(expected, io.send(Sq.propertySet(Property.CC, 0)).status());
    }

    @ParameterizedTest
    @ValueSource(ints = {0x02, 0x03, 0x07, 0x09, 0x7F, 0xC0, 0xFF})
    void aFabricsCommandThatThereIsNotIsAnInvalidOpcode(int fctype) {
        TestQueue admin = t.admin();
        int expected = Status.INVALID_OPCODE | Status.DNR;
        assertEquals(expected, admin.send(Sq.fabrics(fctype)).status());
        assertEquals(expected, t.io(admin, 1, 1).send(Sq.fabrics(fctype)).status());
    }

    @Test
    void aFabricsCommandIsNeverFused() {
        MemorySegment sqe = Sq.propertyGet(Property.CAP, EIGHT);
        Wire.putU8(sqe, Sqe.FLAGS, Sqe.PSDT_SGL << 6 | 1);
        assertEquals(INVALID, t.admin().send(sqe).status());
    }

    @Test
    void aPropertyCommandHasNoData() {
        TestRequest r = t.admin().read(Sq.propertyGet(Property.VS, FOUR), 4);
        assertEquals(Status.DATA_SGL_LENGTH_INVALID | Status.DNR, r.status());
    }

    // Disconnect

    private static MemorySegment disconnect() {
        return Sq.fabrics(Opcode.FABRICS_DISCONNECT);
    }

    @Test
    void disconnectEndsAnIoQueueAfterItsResponse() {
        TestQueue io = t.io(t.admin(), 1, 1);
        TestRequest r = io.send(disconnect());
        assertEquals(Status.SUCCESS, r.status());
        assertTrue(io.isDisconnected());
        t.settle();
        assertTrue(io.isClosed());
        assertEquals(0, t.controllers().getFirst().ioQueues());
    }

    @Test
    void theAdminQueueIsOfTheWrongTypeForDisconnect() {
        assertEquals(
                Status.INVALID_QUEUE_TYPE | Status.DNR,
                t.admin().send(disconnect()).status());
    }

    @Test
    void aDisconnectOfAnotherFormatIsIncompatible() {
        TestQueue io = t.io(t.admin(), 1, 1);
        MemorySegment sqe = disconnect();
        Wire.putU16(sqe, Sqe.CDW10, 1);
        assertEquals(
                Status.CONNECT_INCOMPATIBLE_FORMAT | Status.DNR, io.send(sqe).status());
        assertFalse(io.isDisconnected());
    }

    @Test
    void whatDevicesWorkOnIsAnsweredBeforeDisconnect() {
        SlowBdev slow = t.addSlowNamespace(2);
        TestQueue io = t.io(t.admin(), 1, 1);
        TestRequest read = io.read(Sq.io(Opcode.READ, 2, 0, 1), TestTarget.BLOCK);
        TestRequest last = io.send(disconnect());
        TestRequest late = io.read(Sq.io(Opcode.READ, 2, 0, 1), TestTarget.BLOCK);
        assertFalse(last.isAnswered());
        slow.completeAll();
        t.settle();
        assertEquals(Status.SUCCESS, read.status());
        assertEquals(Status.SUCCESS, last.status());
        assertTrue(read.order() < last.order());
        assertEquals(Status.ABORTED_SQ_DELETION, late.status());
        assertTrue(io.isClosed());
    }

    @Test
    void whatIsHeldGoesWithTheQueue() {
        TestQueue io = t.io(t.admin(), 1, 1);
        t.pause(1);
        TestRequest held = io.read(Sq.io(Opcode.READ, 1, 0, 1), TestTarget.BLOCK);
        TestRequest last = io.send(disconnect());
        assertEquals(Status.ABORTED_SQ_DELETION, held.status());
        assertTrue(held.order() < last.order());
        t.resume();
        assertEquals(1, held.answers());
    }

    @Test
    void aConnectionThatBreaksDuringDisconnectAnswersItOnce() {
        t.addSlowNamespace(2);
        TestQueue io = t.io(t.admin(), 1, 1);
        io.read(Sq.io(Opcode.READ, 2, 0, 1), TestTarget.BLOCK);
        TestRequest last = io.send(disconnect());
        io.drop();
        assertEquals(Status.ABORTED_SQ_DELETION, last.status());
    }

    @Test
    void aQueueThatWasDisconnectedCanBeConnectedAgain() {
        TestQueue admin = t.admin();
        TestQueue io = t.io(admin, 1, 1);
        io.send(disconnect());
        t.settle();
        TestRequest again = t.accept(1)
                .connect(1, TestTarget.connectData(NQN, HOST, admin.pair().cntlid()));
        assertEquals(Status.SUCCESS, again.status());
    }
}
