package org.nvmftarget.data.target;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.nvmftarget.data.target.TestTarget.HOST;
import static org.nvmftarget.data.target.TestTarget.NQN;

import java.lang.foreign.MemorySegment;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nvmftarget.data.nvme.Connect;
import org.nvmftarget.data.nvme.Cqe;
import org.nvmftarget.data.nvme.ErrorLogEntry;
import org.nvmftarget.data.nvme.Feature;
import org.nvmftarget.data.nvme.Identify;
import org.nvmftarget.data.nvme.LogPage;
import org.nvmftarget.data.nvme.Opcode;
import org.nvmftarget.data.nvme.Property;
import org.nvmftarget.data.nvme.Sqe;
import org.nvmftarget.data.nvme.Status;
import org.nvmftarget.data.nvme.Wire;

/**
 * What every command has in common, and the fields of admin and fabrics commands: a wrong one has its status, says that
 * there is more in the error log, and leaves an entry there that names the field (NVMe Base specification 2.0, sections
 * 3.3.3.1 and 5.16.1.2).
 */
class BadCommandsTest {

    private static final int INVALID = Status.INVALID_FIELD | Status.DNR;
    private static final int LENGTH = Status.DATA_SGL_LENGTH_INVALID | Status.DNR;

    private final TestTarget t = TestTarget.serving();
    private final TestQueue admin = t.admin();

    /**
     * @param sglBytes what the SGL describes
     * @param fault what the transport says of the SGL
     * @param location byte in bits 7:0, bit in bits 10:8
     */
    record Row(String name, MemorySegment sqe, int sglBytes, int fault, int status, int location) {
        @Override
        public String toString() {
            return name;
        }
    }

    private static Row row(String name, MemorySegment sqe, int sglBytes, int status, long location) {
        return new Row(name, sqe, sglBytes, 0, status, (int) location);
    }

    private static MemorySegment flags(MemorySegment sqe, int flags) {
        Wire.putU8(sqe, Sqe.FLAGS, flags);
        return sqe;
    }

    private static MemorySegment nsid(MemorySegment sqe, int nsid) {
        Wire.putU32(sqe, Sqe.NSID, nsid);
        return sqe;
    }

    private static MemorySegment set(int fid, int value) {
        return Sq.admin(Opcode.SET_FEATURES, fid, value);
    }

    private static MemorySegment log(int lid) {
        return Sq.log(lid, 64, 0, false);
    }

    private static Stream<Row> common() {
        int sgl = Sqe.PSDT_SGL << 6;
        int type = Status.SGL_DESCRIPTOR_TYPE_INVALID | Status.DNR;
        int offset = Status.SGL_OFFSET_INVALID | Status.DNR;
        return Stream.of(
                row("PSDT of PRP", flags(Sq.identify(1, 0), 0), 4096, INVALID, ErrorLogEntry.location(1, 6)),
                row("PSDT of two SGLs", flags(Sq.identify(1, 0), 2 << 6), 4096, INVALID, ErrorLogEntry.location(1, 6)),
                row("PSDT reserved", flags(Sq.identify(1, 0), 3 << 6), 4096, INVALID, ErrorLogEntry.location(1, 6)),
                row("FUSE first", flags(Sq.identify(1, 0), sgl | 1), 4096, INVALID, 1),
                row("FUSE second", flags(Sq.identify(1, 0), sgl | 2), 4096, INVALID, 1),
                row("FUSE reserved", flags(Sq.identify(1, 0), sgl | 3), 4096, INVALID, 1),
                new Row("SGL type", Sq.identify(1, 0), 0, type, type, (int) Sqe.SGL1),
                new Row("SGL offset", Sq.identify(1, 0), 0, offset, offset, (int) Sqe.SGL1),
                new Row("SGL type before the nsid", Sq.identify(0, 99), 0, type, type, (int) Sqe.SGL1),
                row("SGL too short", Sq.identify(1, 0), 4092, LENGTH, Sqe.SGL1),
                row("SGL too long", Sq.identify(1, 0), 8192, LENGTH, Sqe.SGL1),
                row("no SGL", Sq.identify(1, 0), 0, LENGTH, Sqe.SGL1),
                row("data of Keep Alive", Sq.command(Opcode.KEEP_ALIVE, 0), 4, LENGTH, Sqe.SGL1),
                row("data of Abort", Sq.admin(Opcode.ABORT, 0, 0), 4, LENGTH, Sqe.SGL1),
                row("data of an event", Sq.admin(Opcode.ASYNC_EVENT_REQUEST, 0, 0), 4, LENGTH, Sqe.SGL1),
                row("data of Property Set", Sq.propertySet(Property.CC, TestTarget.ENABLE), 4, LENGTH, Sqe.SGL1));
    }

    private static Stream<Row> admin() {
        int opcode = Status.INVALID_OPCODE | Status.DNR;
        int namespace = Status.INVALID_NAMESPACE_OR_FORMAT | Status.DNR;
        return Stream.of(
                row("Create I/O Submission Queue", Sq.admin(0x01, 0, 0), 0, opcode, 0),
                row("Delete I/O Submission Queue", Sq.admin(0x00, 0, 0), 0, opcode, 0),
                row("Create I/O Completion Queue", Sq.admin(0x05, 0, 0), 0, opcode, 0),
                row("Delete I/O Completion Queue", Sq.admin(0x04, 0, 0), 0, opcode, 0),
                row("Namespace Management", Sq.admin(0x0D, 0, 0), 0, opcode, 0),
                row("Firmware Commit", Sq.admin(0x10, 0, 0), 0, opcode, 0),
                row("Device Self-test", Sq.admin(0x14, 0, 0), 0, opcode, 0),
                row("Format NVM", Sq.admin(0x80, 0, 0), 0, opcode, 0),
                row("Sanitize", Sq.admin(0x84, 0, 0), 0, opcode, 0),
                row("vendor specific", Sq.admin(0xC0, 0, 0), 0, opcode, 0),
                row("CNS", Sq.identify(0xFE, 0), 4096, INVALID, Identify.CNS),
                row("CSI", Sq.admin(Opcode.IDENTIFY, 1, 5, 2 << 24), 4096, INVALID, Identify.CSI),
                row("CNTID", Sq.admin(Opcode.IDENTIFY, 0x1C | 77 << 16, 0), 4096, INVALID, Identify.CNTID),
                row("nsid", Sq.identify(0, 33), 4096, namespace, Sqe.NSID),
                row("LID", log(0xC0), 64, Status.INVALID_LOG_PAGE | Status.DNR, Sqe.CDW10),
                row("nsid of a log", nsid(log(LogPage.ERROR), 1), 64, INVALID, Sqe.NSID),
                row("LPO", Sq.log(LogPage.SMART, 64, 1024, false), 64, INVALID, Sqe.CDW12),
                row("NUMD", Sq.log(LogPage.SMART, 64, 0, false), 60, LENGTH, Sqe.SGL1),
                row("FID of Set Features", set(0x7E, 0), 0, INVALID, Sqe.CDW10),
                row("FID of Get Features", Sq.admin(Opcode.GET_FEATURES, 0x7E, 0), 0, INVALID, Sqe.CDW10),
                row("SEL", Sq.admin(Opcode.GET_FEATURES, 1 | 7 << 8, 0), 0, INVALID, Sqe.CDW10 + 1),
                row(
                        "SV",
                        set(Feature.ARBITRATION | Feature.SAVE, 0),
                        0,
                        Status.FEATURE_NOT_SAVEABLE | Status.DNR,
                        Sqe.CDW10 + 3),
                row(
                        "nsid of a feature",
                        nsid(set(Feature.ARBITRATION, 0), 1),
                        0,
                        Status.FEATURE_NOT_NAMESPACE_SPECIFIC | Status.DNR,
                        Sqe.NSID),
                row("PS", set(Feature.POWER_MANAGEMENT, 3), 0, INVALID, Sqe.CDW11),
                row("TMPSEL", set(Feature.TEMPERATURE_THRESHOLD, 1 << 16), 0, INVALID, Sqe.CDW11 + 2),
                row("THSEL", set(Feature.TEMPERATURE_THRESHOLD, 2 << 20), 0, INVALID, Sqe.CDW11 + 2),
                row("NCQR", set(Feature.NUMBER_OF_QUEUES, -1 << 16), 0, INVALID, Sqe.CDW11 + 2));
    }

    private static Stream<Row> fabrics() {
        MemorySegment size = Sq.propertyGet(Property.VS, 3);
        return Stream.of(
                row("FCTYPE", Sq.fabrics(0x33), 0, Status.INVALID_OPCODE | Status.DNR, Sqe.FCTYPE),
                row("ATTRIB", size, 0, INVALID, Property.ATTRIB),
                row("OFST of Get", Sq.propertyGet(0x16, 0), 0, INVALID, Property.OFST),
                row("OFST of Set", Sq.propertySet(0x18, 0), 0, INVALID, Property.OFST),
                row("VALUE", Sq.propertySet(Property.CC, 3 << 14), 0, INVALID, Property.VALUE + 1),
                row(
                        "Disconnect of the admin queue",
                        Sq.fabrics(Opcode.FABRICS_DISCONNECT),
                        0,
                        Status.INVALID_QUEUE_TYPE | Status.DNR,
                        Sqe.FCTYPE),
                row(
                        "a second Connect",
                        Sq.connect(0, 31, 0),
                        1024,
                        Status.COMMAND_SEQUENCE_ERROR | Status.DNR,
                        Sqe.FCTYPE));
    }

    private static Stream<Row> rows() {
        return Stream.of(common(), admin(), fabrics()).flatMap(s -> s);
    }

    private MemorySegment lastError() {
        return admin.read(Sq.log(LogPage.ERROR, 64, 0, true), 64).page();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("rows")
    void aWrongFieldHasItsStatusAndAnEntry(Row row) {
        TestRequest r = admin.send(row.sqe, TestQueue.NO_DATA, row.sglBytes, row.fault);
        assertEquals(Status.toText(row.status), Status.toText(r.status()));
        assertTrue(r.hasMore());
        MemorySegment entry = lastError();
        assertEquals(1, Wire.u64(entry, 0));
        assertEquals(0, Wire.u16(entry, 8));
        assertEquals(Sqe.cid(row.sqe), Wire.u16(entry, 10));
        assertEquals(row.status, Status.ofWire((short) Wire.u16(entry, 12)));
        assertEquals(row.location, Wire.u16(entry, 14));
        int nsid = Sqe.opcode(row.sqe) == Opcode.FABRICS ? 0 : Sqe.nsid(row.sqe);
        assertEquals(nsid, Wire.u32(entry, 24));
        assertEquals(3, Wire.u8(entry, 29), "TCP");
        assertEquals(Cqe.result(r.cqe()), Wire.u64(entry, 32));
        assertEquals(
                Status.SUCCESS, admin.send(Sq.command(Opcode.KEEP_ALIVE, 0)).status());
    }

    @Test
    void aFailedReadNamesItsQueueBlockAndNamespace() {
        TestQueue io = t.io(admin, 3, 1);
        TestRequest r = io.read(Sq.io(Opcode.READ, 1, 5000, 1), TestTarget.BLOCK);
        assertEquals(Status.LBA_OUT_OF_RANGE | Status.DNR, r.status());
        MemorySegment entry = lastError();
        assertEquals(3, Wire.u16(entry, 8));
        assertEquals(5000, Wire.u64(entry, 16));
        assertEquals(1, Wire.u32(entry, 24));
    }

    @Test
    void theLogHasTheLatestFirstAndForgetsTheOldest() {
        for (int i = 0; i < 100; i++) {
            admin.send(Sq.admin(0x80, i, 0));
        }
        MemorySegment log = admin.read(Sq.log(LogPage.ERROR, ErrorLog.BYTES, 0, true), ErrorLog.BYTES)
                .page();
        for (int i = 0; i < 64; i++) {
            assertEquals(100 - i, Wire.u64(log, 64L * i));
        }
    }

    @Test
    void eachControllerHasALogOfItsOwn() {
        t.admin().send(Sq.admin(0x80, 0, 0));
        assertEquals(0, Wire.u64(lastError(), 0));
    }

    // The wrong state

    @Test
    void anythingButConnectComesTooEarly() {
        TestQueue queue = t.accept(0);
        int expected = Status.COMMAND_SEQUENCE_ERROR | Status.DNR;
        assertEquals(expected, queue.send(Sq.propertyGet(Property.VS, 0)).status());
        assertEquals(expected, queue.send(Sq.command(Opcode.KEEP_ALIVE, 0)).status());
        assertEquals(expected, queue.read(Sq.identify(1, 0), 4096).status());
        assertEquals(expected, queue.send(Sq.fabrics(Opcode.FABRICS_DISCONNECT)).status());
    }

    @Test
    void adminCommandsButKeepAliveWaitForTheController() {
        TestQueue queue = t.accept(0);
        queue.connect(0, TestTarget.connectData(NQN, HOST, Connect.CNTLID_DYNAMIC));
        int expected = Status.COMMAND_SEQUENCE_ERROR | Status.DNR;
        assertEquals(expected, queue.read(Sq.identify(1, 0), 4096).status());
        assertEquals(expected, queue.read(log(LogPage.ERROR), 64).status());
        assertEquals(expected, queue.send(set(Feature.NUMBER_OF_QUEUES, 0)).status());
        assertEquals(expected, queue.send(Sq.admin(Opcode.ABORT, 0, 0)).status());
        assertEquals(
                expected, queue.send(Sq.admin(Opcode.ASYNC_EVENT_REQUEST, 0, 0)).status());
        assertEquals(
                Status.SUCCESS, queue.send(Sq.command(Opcode.KEEP_ALIVE, 0)).status());
        TestTarget.enable(queue);
        assertEquals(Status.SUCCESS, queue.read(Sq.identify(1, 0), 4096).status());
    }

    @Test
    void anIoQueueTakesNoAdminCommands() {
        TestQueue io = t.io(admin, 1, 1);
        int opcode = Status.INVALID_OPCODE | Status.DNR;
        assertEquals(opcode, io.read(Sq.identify(1, 0), 4096).status());
        assertFalse(io.isDisconnected());
    }
}
