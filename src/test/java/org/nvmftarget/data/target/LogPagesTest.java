package org.nvmftarget.data.target;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.nvmftarget.data.target.TestTarget.HOST;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.nvmftarget.data.bdev.BdevStatus;
import org.nvmftarget.data.nvme.LogPage;
import org.nvmftarget.data.nvme.Opcode;
import org.nvmftarget.data.nvme.Sqe;
import org.nvmftarget.data.nvme.Status;
import org.nvmftarget.data.nvme.Wire;
import org.nvmftarget.model.Nqn;

/** Get Log Page (NVMe Base specification 2.0, section 5.16). */
class LogPagesTest {

    private static final int INVALID = Status.INVALID_FIELD | Status.DNR;
    private static final int INVALID_LOG = Status.INVALID_LOG_PAGE | Status.DNR;
    private static final int ALL = 0xFFFF_FFFF;

    private final TestTarget t = TestTarget.serving();
    private final TestQueue admin = t.admin();

    private static MemorySegment log(int lid, int nsid, int bytes, long offset) {
        MemorySegment sqe = Sq.log(lid, bytes, offset, true);
        Wire.putU32(sqe, Sqe.NSID, nsid);
        return sqe;
    }

    private TestRequest read(int lid, int nsid, int bytes, long offset) {
        return admin.read(log(lid, nsid, bytes, offset), bytes);
    }

    private MemorySegment page(int lid, int bytes) {
        TestRequest r = read(lid, 0, bytes, 0);
        assertEquals(Status.SUCCESS, r.status());
        return r.page();
    }

    private static IntStream identifiers() {
        return IntStream.range(0, 256);
    }

    @ParameterizedTest
    @MethodSource("identifiers")
    void aPageIsThereIfThePageOfPagesSaysSo(int lid) {
        boolean there = Wire.u32(page(LogPage.SUPPORTED, 1024), lid * 4L) != 0;
        assertEquals(there ? Status.SUCCESS : INVALID_LOG, read(lid, 0, 64, 0).status());
    }

    @ParameterizedTest
    @MethodSource("identifiers")
    void aPageOfADiscoveryControllerIsThereIfThePageOfPagesSaysSo(int lid) {
        TestQueue discovery = t.admin(Nqn.DISCOVERY, HOST, 0);
        MemorySegment pages =
                discovery.read(log(LogPage.SUPPORTED, 0, 1024, 0), 1024).page();
        boolean there = Wire.u32(pages, lid * 4L) != 0;
        assertEquals(
                there ? Status.SUCCESS : INVALID_LOG,
                discovery.read(log(lid, 0, 64, 0), 64).status());
    }

    /** Whether it is there for an NVM subsystem and for discovery, and whether it takes an index. */
    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "supported pages, 0x00, 1, 1, 0",
        "errors, 0x01, 1, 1, 1",
        "SMART, 0x02, 1, 0, 0",
        "firmware slot, 0x03, 1, 0, 0",
        "changed namespaces, 0x04, 1, 0, 0",
        "command effects, 0x05, 1, 0, 0",
        "self-test, 0x06, 1, 0, 0",
        "telemetry of the host, 0x07, 0, 0, 0",
        "telemetry of the controller, 0x08, 0, 0, 0",
        "endurance group, 0x09, 0, 0, 0",
        "ANA, 0x0C, 1, 0, 0",
        "persistent events, 0x0D, 0, 0, 0",
        "feature effects, 0x12, 1, 1, 0",
        "management effects, 0x13, 1, 1, 0",
        "discovery, 0x70, 0, 1, 0",
        "reservation notification, 0x80, 1, 0, 0",
        "sanitize, 0x81, 0, 0, 0",
        "vendor specific, 0xC0, 0, 0, 0"
    })
    void thePageOfPagesNames(String name, String lid, int io, int discovery, int indexed) {
        int id = Integer.decode(lid);
        int entry = Wire.u32(page(LogPage.SUPPORTED, 1024), id * 4L);
        assertEquals(io, entry & 1, name);
        assertEquals(indexed & io, entry >>> 1 & 1, name);
        MemorySegment other = t.admin(Nqn.DISCOVERY, HOST, 0)
                .read(log(LogPage.SUPPORTED, 0, 1024, 0), 1024)
                .page();
        assertEquals(discovery, Wire.u32(other, id * 4L) & 1, name);
    }

    @ParameterizedTest
    @CsvSource({"0x00", "0x01", "0x03", "0x04", "0x05", "0x06", "0x0C", "0x12", "0x13", "0x80"})
    void aPageOfTheControllerIsForNoNamespace(String lid) {
        int id = Integer.decode(lid);
        assertEquals(Status.SUCCESS, read(id, 0, 64, 0).status());
        assertEquals(Status.SUCCESS, read(id, ALL, 64, 0).status());
        assertEquals(INVALID, read(id, 1, 64, 0).status());
        assertEquals(INVALID, read(id, 33, 64, 0).status());
    }

    // Offset and length

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "inside, 4, 8, ok",
        "up to the end, 504, 8, ok",
        "over the end, 508, 8, ok",
        "at the end, 512, 8, ok",
        "beyond the end, 516, 8, field",
        "far beyond, 0x7FFFFFFFFFFFFFFC, 8, field",
        "negative, -4, 8, field",
        "no multiple of four, 2, 8, field"
    })
    void aPageIsReadFromAnOffset(String name, String offset, int bytes, String expected) {
        TestRequest r = read(LogPage.SMART, 0, bytes, Long.decode(offset));
        assertEquals(expected.equals("ok") ? Status.SUCCESS : INVALID, r.status(), name);
    }

    @Test
    void whatIsReadFromAnOffsetIsThatPart() {
        byte[] whole = page(LogPage.COMMAND_EFFECTS, 4096).toArray(ValueLayout.JAVA_BYTE);
        for (int offset : new int[] {0, 4, 1024, 1028, 4092}) {
            byte[] part = read(LogPage.COMMAND_EFFECTS, 0, 8, offset).read();
            byte[] expected = Arrays.copyOfRange(whole, offset, offset + 8); // zeroes beyond the end
            assertEquals(HexFormat.of().formatHex(expected), HexFormat.of().formatHex(part));
        }
    }

    private static MemorySegment indexed(int lid, long index) {
        MemorySegment sqe = log(lid, 0, 64, index);
        Wire.putU32(sqe, Sqe.CDW14, 1 << 23);
        return sqe;
    }

    @Test
    void errorsAreReadFromAnIndex() {
        for (int i = 0; i < 5; i++) {
            admin.send(Sq.admin(0x80, 0, 0));
        }
        for (int index = 0; index < 5; index++) {
            MemorySegment entry = admin.read(indexed(LogPage.ERROR, index), 64).page();
            assertEquals(5 - index, Wire.u64(entry, 0));
        }
        assertEquals(Status.SUCCESS, admin.read(indexed(LogPage.ERROR, 64), 64).status());
        assertEquals(INVALID, admin.read(indexed(LogPage.ERROR, 65), 64).status());
        assertEquals(INVALID, admin.read(indexed(LogPage.ERROR, -1), 64).status());
        assertEquals(INVALID, admin.read(indexed(LogPage.ERROR, 1L << 58), 64).status());
    }

    @Test
    void aPageWithoutEntriesTakesNoIndex() {
        assertEquals(INVALID, admin.read(indexed(LogPage.SMART, 0), 64).status());
    }

    @Test
    void theSglIsAsLongAsTheCommandSays() {
        int expected = Status.DATA_SGL_LENGTH_INVALID | Status.DNR;
        assertEquals(expected, admin.read(log(LogPage.SMART, 0, 512, 0), 256).status());
        assertEquals(expected, admin.read(log(LogPage.SMART, 0, 256, 0), 512).status());
    }

    @Test
    void moreThanMdtsIsInvalid() {
        int mdts = 128 << 10;
        assertEquals(Status.SUCCESS, read(LogPage.SMART, 0, mdts, 0).status());
        assertEquals(INVALID, read(LogPage.SMART, 0, mdts + 4, 0).status());
        MemorySegment most = log(LogPage.SMART, 0, 64, 0);
        Wire.putU16(most, Sqe.CDW10 + 2, 0xFFFF);
        Wire.putU16(most, Sqe.CDW11, 0xFFFF);
        assertEquals(INVALID, admin.read(most, 64).status());
    }

    @Test
    void theEffectsOfAnotherCommandSetAreNoPage() {
        MemorySegment sqe = log(LogPage.COMMAND_EFFECTS, 0, 4096, 0);
        Wire.putU8(sqe, LogPage.CSI, 2);
        assertEquals(INVALID_LOG, admin.read(sqe, 4096).status());
    }

    // Pages

    @Test
    void theFirmwareSlotThatIsActiveIsTheFirst() {
        MemorySegment page = page(LogPage.FIRMWARE_SLOT, 512);
        assertEquals(1, Wire.u8(page, 0));
        assertEquals(Firmware.REVISION, Wire.text(page, 8, 8).strip());
        assertEquals(0, Wire.u64(page, 16));
    }

    @Test
    void noSelfTestWasEverRun() {
        MemorySegment page = page(LogPage.SELF_TEST, 564);
        assertEquals(0, Wire.u32(page, 0));
        for (int i = 0; i < 20; i++) {
            assertEquals(0xF, Wire.u8(page, 4 + 28L * i));
            assertEquals(0, Wire.u8(page, 5 + 28L * i));
        }
    }

    private static IntStream opcodes() {
        return IntStream.range(0, 256).filter(opcode -> opcode != Opcode.FABRICS);
    }

    @ParameterizedTest
    @MethodSource("opcodes")
    void anAdminCommandIsExecutedIfItsEffectsAreKnown(int opcode) {
        boolean known = Wire.u32(page(LogPage.COMMAND_EFFECTS, 4096), opcode * 4L) != 0;
        TestRequest r = admin.send(Sq.admin(opcode, 0, 0));
        boolean unknown = r.isAnswered() && r.status() == (Status.INVALID_OPCODE | Status.DNR);
        assertEquals(known, !unknown);
    }

    @ParameterizedTest
    @MethodSource("opcodes")
    void anIoCommandIsExecutedIfItsEffectsAreKnown(int opcode) {
        boolean known = Wire.u32(page(LogPage.COMMAND_EFFECTS, 4096), 1024 + opcode * 4L) != 0;
        TestRequest r = t.io(admin, 1, 1).send(Sq.command(opcode, 1));
        t.settle();
        boolean unknown = r.isAnswered() && r.status() == (Status.INVALID_OPCODE | Status.DNR);
        assertEquals(known, !unknown);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "Get Log Page, 0x0002, 0x300001",
        "Identify, 0x0006, 0x300001",
        "Abort, 0x0008, 0x200001",
        "Set Features, 0x0009, 0x300001",
        "Get Features, 0x000A, 0x300001",
        "Async Event Request, 0x000C, 0x200001",
        "Keep Alive, 0x0018, 0x200001",
        "Flush, 0x0100, 0x100001",
        "Write, 0x0101, 0x100003",
        "Read, 0x0102, 0x100001",
        "Write Zeroes, 0x0108, 0x100003",
        "Dataset Management, 0x0109, 0x100003"
    })
    void aCommandHasItsEffects(String name, String entry, String effects) {
        MemorySegment page = page(LogPage.COMMAND_EFFECTS, 4096);
        assertEquals(Integer.decode(effects), Wire.u32(page, Integer.decode(entry) * 4L), name);
    }

    // SMART

    private static final int READS = 64;
    private static final int WRITES = 80;

    private long smart(int nsid, long at) {
        TestRequest r = read(LogPage.SMART, nsid, 512, 0);
        assertEquals(Status.SUCCESS, r.status());
        return Wire.u64(r.page(), at);
    }

    @Test
    void healthCountsWhatHostsDo() {
        t.done(new org.nvmftarget.model.Step.CreateBdev(TestTarget.malloc("disk1", 8192)));
        t.done(new org.nvmftarget.model.Step.AddNamespace(TestTarget.NQN, TestTarget.namespace(2, "disk1")));
        TestQueue io = t.io(admin, 1, 1);
        for (int i = 0; i < 3; i++) {
            io.write(Sq.io(Opcode.WRITE, 1, 0, 1), new byte[TestTarget.BLOCK]);
        }
        for (int i = 0; i < 5; i++) {
            io.read(Sq.io(Opcode.READ, 2, 0, 250), 250 * TestTarget.BLOCK);
        }
        assertEquals(3, smart(ALL, WRITES));
        assertEquals(5, smart(0, READS));
        assertEquals(2, smart(ALL, 32), "1250 sectors are two units of a thousand");
        assertEquals(1, smart(ALL, 48));
        assertEquals(0, smart(1, READS));
        assertEquals(5, smart(2, READS));
        assertEquals(
                Status.INVALID_NAMESPACE_OR_FORMAT | Status.DNR,
                read(LogPage.SMART, 3, 512, 0).status());
    }

    @Test
    void healthCountsTheHoursAndTheMinutesWithIo() {
        SlowBdev slow = t.addSlowNamespace(2);
        TestQueue io = t.io(admin, 1, 1);
        t.pass(Duration.ofMinutes(30));
        assertEquals(0, smart(ALL, 128));
        assertEquals(0, smart(ALL, 96));
        io.read(Sq.io(Opcode.READ, 2, 0, 1), TestTarget.BLOCK);
        t.pass(Duration.ofMinutes(40));
        slow.completeAll();
        t.pass(Duration.ofMinutes(70));
        assertEquals(2, smart(ALL, 128));
        assertEquals(40, smart(ALL, 96));
    }

    @Test
    void healthCountsWhatDevicesLost() {
        SlowBdev slow = t.addSlowNamespace(2);
        TestQueue io = t.io(admin, 1, 1);
        TestRequest lost = io.read(Sq.io(Opcode.READ, 2, 0, 1), TestTarget.BLOCK);
        slow.completeOne(BdevStatus.IO_ERROR);
        io.read(Sq.io(Opcode.READ, 2, 5000, 1), TestTarget.BLOCK);
        assertTrue(Status.isMediaError(lost.status()));
        assertEquals(1, smart(ALL, 160));
        assertEquals(2, smart(ALL, 176));
    }

    @ParameterizedTest
    @CsvSource({"IO_ERROR, 1", "UNREADABLE, 1", "UNMAPPED, 0", "MISCOMPARE, 0", "OUT_OF_RANGE, 0", "NO_SPACE, 0"})
    void aDeviceThatAnswersAsItWasAskedHasLostNothing(BdevStatus answer, int mediaErrors) {
        SlowBdev slow = t.addSlowNamespace(2);
        TestQueue io = t.io(admin, 1, 1);
        io.write(Sq.io(Opcode.COMPARE, 2, 0, 1), new byte[TestTarget.BLOCK]);
        slow.completeOne(answer);
        assertEquals(mediaErrors, smart(ALL, 160));
    }
}
