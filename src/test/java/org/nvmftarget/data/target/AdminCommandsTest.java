package org.nvmftarget.data.target;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.nvmftarget.data.target.TestTarget.NQN;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.nvmftarget.data.nvme.AsyncEvent;
import org.nvmftarget.data.nvme.Feature;
import org.nvmftarget.data.nvme.Identify;
import org.nvmftarget.data.nvme.LogPage;
import org.nvmftarget.data.nvme.Opcode;
import org.nvmftarget.data.nvme.Sqe;
import org.nvmftarget.data.nvme.Status;
import org.nvmftarget.data.nvme.Wire;
import org.nvmftarget.model.Nsid;
import org.nvmftarget.model.Step;

class AdminCommandsTest {

    private static final int INVALID = Status.INVALID_FIELD | Status.DNR;

    private final TestTarget t = TestTarget.serving();
    private final TestQueue admin = t.admin();

    private MemorySegment identify(int cns, int nsid) {
        TestRequest r = admin.read(Sq.identify(cns, nsid), Identify.BYTES);
        assertEquals(Status.SUCCESS, r.status());
        return r.page();
    }

    private int identifyStatus(int cns, int nsid) {
        return admin.read(Sq.identify(cns, nsid), Identify.BYTES).status();
    }

    @Test
    void theControllerPageSaysWhatLinuxNeeds() {
        MemorySegment page = identify(Identify.CNS_CONTROLLER, 0);
        assertEquals("NT01", Wire.text(page, 4, 20).strip());
        assertEquals(5, Wire.u8(page, 77)); // 128 KiB
        assertEquals(admin.pair().cntlid(), Wire.u16(page, 78));
        assertEquals(1, Wire.u8(page, 111));
        assertEquals(100, Wire.u16(page, 320));
        assertEquals(128, Wire.u16(page, 514));
        assertEquals(32, Wire.u32(page, 516));
        assertEquals((64 + 4096) / 16, Wire.u32(page, 1792));
        assertEquals(1, Wire.u32(page, 1796));
        assertEquals(NQN.value(), Wire.text(page, 768, 256));
    }

    @Test
    void theNamespacePageSaysTheSize() {
        MemorySegment page = identify(Identify.CNS_NAMESPACE, 1);
        assertEquals(1024, Wire.u64(page, 0));
        assertEquals(9, Wire.u8(page, 130));
    }

    @Test
    void anInactiveNamespaceHasZeroesAndAnInvalidOneNone() {
        assertEquals(0, Wire.u64(identify(Identify.CNS_NAMESPACE, 2), 0));
        int expected = Status.INVALID_NAMESPACE_OR_FORMAT | Status.DNR;
        assertEquals(expected, identifyStatus(Identify.CNS_NAMESPACE, 0));
        assertEquals(expected, identifyStatus(Identify.CNS_NAMESPACE, 33));
        assertEquals(expected, identifyStatus(Identify.CNS_NAMESPACE, Nsid.BROADCAST));
    }

    @Test
    void theListHasTheNamespacesAboveTheGivenOne() {
        t.addSlowNamespace(7);
        MemorySegment all = identify(Identify.CNS_ACTIVE_NAMESPACES, 0);
        assertEquals(List.of(1, 7, 0), List.of(Wire.u32(all, 0), Wire.u32(all, 4), Wire.u32(all, 8)));
        assertEquals(7, Wire.u32(identify(Identify.CNS_ACTIVE_NAMESPACES, 1), 0));
        assertEquals(7, Wire.u32(identify(Identify.CNS_COMMAND_SET_ACTIVE_NAMESPACES, 1), 0));
        assertEquals(
                Status.INVALID_NAMESPACE_OR_FORMAT | Status.DNR,
                identifyStatus(Identify.CNS_ACTIVE_NAMESPACES, Nsid.BROADCAST));
    }

    @Test
    void theDescriptorsNameTheNamespace() {
        MemorySegment page = identify(Identify.CNS_NAMESPACE_DESCRIPTORS, 1);
        assertEquals(3, Wire.u8(page, 0));
        assertEquals(16, Wire.u8(page, 1));
        assertEquals(2, Wire.u8(page, 20));
        assertEquals(4, Wire.u8(page, 40));
        assertEquals(
                Status.INVALID_NAMESPACE_OR_FORMAT | Status.DNR, identifyStatus(Identify.CNS_NAMESPACE_DESCRIPTORS, 2));
    }

    @Test
    void thePagesOfTheCommandSetAreThere() {
        assertEquals(0, identify(Identify.CNS_COMMAND_SET_NAMESPACE, 1).get(Wire.LE32, 0));
        assertEquals(
                0x000D_100D, identify(Identify.CNS_COMMAND_SET_CONTROLLER, 0).get(Wire.LE32, 0));
        assertEquals(1, Wire.u8(identify(Identify.CNS_INDEPENDENT_NAMESPACE, 1), 14));
        TestRequest zoned = admin.read(Sq.admin(Opcode.IDENTIFY, 1, 5, 2 << 24), Identify.BYTES);
        assertEquals(INVALID, zoned.status());
        assertEquals(INVALID, identifyStatus(0x14, 0));
    }

    @Test
    void identifyTakesItsWholeLengthOnly() {
        assertEquals(
                Status.DATA_SGL_LENGTH_INVALID | Status.DNR,
                admin.read(Sq.identify(1, 0), 512).status());
    }

    @Test
    void anUnknownAdminCommandIsInvalid() {
        assertEquals(
                Status.INVALID_OPCODE | Status.DNR,
                admin.send(Sq.admin(0x80, 0, 0)).status());
    }

    @Test
    void aFailureIsInTheErrorLog() {
        TestRequest failed = admin.send(Sq.admin(0x80, 0, 0));
        TestRequest r = admin.read(Sq.log(LogPage.ERROR, 64, 0, false), 64);
        assertEquals(1, Wire.u64(r.page(), 0));
        assertEquals(Sqe.cid(failed.sqe), Wire.u16(r.page(), 10));
        assertEquals(failed.status(), Status.ofWire((short) Wire.u16(r.page(), 12)));
    }

    @Test
    void theLogsThatLinuxReadsAreThere() {
        assertEquals(
                100,
                Wire.u8(admin.read(Sq.log(LogPage.SMART, 512, 0, false), 512).page(), 3));
        assertEquals(
                1,
                Wire.u8(
                        admin.read(Sq.log(LogPage.FIRMWARE_SLOT, 512, 0, false), 512)
                                .page(),
                        0));
        MemorySegment effects = admin.read(Sq.log(LogPage.COMMAND_EFFECTS, 4096, 0, false), 4096)
                .page();
        assertEquals(3, Wire.u32(effects, 1024 + 4 * Opcode.WRITE));
        assertEquals(0, Wire.u32(effects, 4 * 0x80));
        MemorySegment supported =
                admin.read(Sq.log(LogPage.SUPPORTED, 1024, 0, false), 1024).page();
        assertEquals(1, Wire.u32(supported, 4 * LogPage.SMART));
        assertEquals(0, Wire.u32(supported, 4 * LogPage.DISCOVERY));
    }

    @Test
    void aLogIsReadFromAnOffset() {
        TestRequest r = admin.read(Sq.log(LogPage.COMMAND_EFFECTS, 8, 1024 + 4 * Opcode.WRITE, false), 8);
        assertEquals(3, Wire.u32(r.page(), 0));
        assertEquals(1, Wire.u32(r.page(), 4));
        assertEquals(
                INVALID, admin.read(Sq.log(LogPage.SMART, 8, 516, false), 8).status());
        assertEquals(INVALID, admin.read(Sq.log(LogPage.SMART, 8, 2, false), 8).status());
        assertEquals(INVALID, admin.read(Sq.log(LogPage.SMART, 8, -4, false), 8).status());
    }

    @Test
    void anUnknownLogIsInvalid() {
        assertEquals(
                Status.INVALID_LOG_PAGE | Status.DNR,
                admin.read(Sq.log(0x0D, 64, 0, false), 64).status());
    }

    @Test
    void featuresComeBackAsTheyWereSet() {
        for (int fid : new int[] {Feature.ARBITRATION, Feature.TEMPERATURE_THRESHOLD, Feature.ERROR_RECOVERY}) {
            assertEquals(
                    Status.SUCCESS,
                    admin.send(Sq.admin(Opcode.SET_FEATURES, fid, 5)).status());
            assertEquals(5, admin.send(Sq.admin(Opcode.GET_FEATURES, fid, 0)).dw0());
        }
        assertEquals(
                1,
                admin.send(Sq.admin(Opcode.GET_FEATURES, Feature.VOLATILE_WRITE_CACHE, 0))
                        .dw0());
    }

    @Test
    void theNumberOfQueuesIsGranted() {
        TestRequest r = admin.send(Sq.admin(Opcode.SET_FEATURES, Feature.NUMBER_OF_QUEUES, 3 | 3 << 16));
        assertEquals(126 | 126 << 16, r.dw0());
        assertEquals(
                INVALID,
                admin.send(Sq.admin(Opcode.SET_FEATURES, Feature.NUMBER_OF_QUEUES, 0xFFFF))
                        .status());
    }

    @Test
    void whatCannotBeSetIsRefused() {
        assertEquals(INVALID, admin.send(Sq.admin(Opcode.SET_FEATURES, 0x7E, 0)).status());
        assertEquals(INVALID, admin.send(Sq.admin(Opcode.GET_FEATURES, 0x7E, 0)).status());
        assertEquals(
                Status.FEATURE_NOT_SAVEABLE | Status.DNR,
                admin.send(Sq.admin(Opcode.SET_FEATURES, Feature.ARBITRATION | Feature.SAVE, 0))
                        .status());
        assertEquals(
                Status.FEATURE_NOT_CHANGEABLE | Status.DNR,
                admin.send(Sq.admin(Opcode.SET_FEATURES, Feature.VOLATILE_WRITE_CACHE, 0))
                        .status());
        assertEquals(
                Status.COMMAND_SEQUENCE_ERROR | Status.DNR,
                admin.write(Sq.admin(Opcode.SET_FEATURES, Feature.HOST_IDENTIFIER, 1), new byte[16])
                        .status());
        assertEquals(
                INVALID,
                admin.send(Sq.admin(Opcode.SET_FEATURES, Feature.ASYNC_EVENT_CONFIGURATION, 1 << 12))
                        .status());
    }

    @Test
    void theHostIdentifierIsTheOneOfConnect() {
        TestRequest r = admin.read(Sq.admin(Opcode.GET_FEATURES, Feature.HOST_IDENTIFIER, 1), 16);
        assertEquals(0x1111_1111_2222_3333L, Wire.bigEndian64(r.page(), 0));
        assertEquals(
                INVALID,
                admin.read(Sq.admin(Opcode.GET_FEATURES, Feature.HOST_IDENTIFIER, 0), 8)
                        .status());
    }

    // Asynchronous events

    private TestRequest aer() {
        return admin.send(Sq.admin(Opcode.ASYNC_EVENT_REQUEST, 0, 0));
    }

    @Test
    void aNewNamespaceIsTold() {
        TestRequest aer = aer();
        assertFalse(aer.isAnswered());
        t.addSlowNamespace(5);
        assertEquals(Status.SUCCESS, aer.status());
        assertEquals(AsyncEvent.NAMESPACE_CHANGED, aer.dw0());
        TestRequest log = admin.read(Sq.changedNamespaces(false), 4096);
        assertEquals(5, Wire.u32(log.page(), 0));
        assertEquals(0, Wire.u32(admin.read(Sq.changedNamespaces(false), 4096).page(), 0));
    }

    @Test
    void anEventIsMaskedUntilItsLogIsRead() {
        admin.send(
                Sq.admin(Opcode.SET_FEATURES, Feature.ASYNC_EVENT_CONFIGURATION, AsyncEvent.CONFIG_NAMESPACE_CHANGED));
        TestRequest first = aer();
        TestRequest second = aer();
        t.addSlowNamespace(5);
        t.addSlowNamespace(6);
        assertTrue(first.isAnswered());
        assertFalse(second.isAnswered());
        admin.read(Sq.changedNamespaces(true), 4096);
        t.addSlowNamespace(7);
        assertFalse(second.isAnswered());
        MemorySegment log = admin.read(Sq.changedNamespaces(false), 4096).page();
        assertEquals(List.of(5, 6, 7), List.of(Wire.u32(log, 0), Wire.u32(log, 4), Wire.u32(log, 8)));
        t.addSlowNamespace(8);
        assertEquals(AsyncEvent.NAMESPACE_CHANGED, second.dw0());
    }

    @Test
    void anEventWaitsForARequest() {
        t.addSlowNamespace(5);
        assertEquals(AsyncEvent.NAMESPACE_CHANGED, aer().dw0());
    }

    @Test
    void eventsThatAreSwitchedOffAreNotSent() {
        admin.send(Sq.admin(Opcode.SET_FEATURES, Feature.ASYNC_EVENT_CONFIGURATION, 0));
        TestRequest aer = aer();
        t.addSlowNamespace(5);
        assertFalse(aer.isAnswered());
    }

    @Test
    void aResizedNamespaceIsToldAndShown() {
        TestRequest aer = aer();
        t.done(new Step.ResizeBdev("disk0", 2048L * TestTarget.BLOCK));
        assertEquals(AsyncEvent.NAMESPACE_CHANGED, aer.dw0());
        assertEquals(2048, Wire.u64(identify(Identify.CNS_NAMESPACE, 1), 0));
    }

    @Test
    void aFifthEventRequestIsOneTooMany() {
        List<TestRequest> four = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            four.add(aer());
        }
        assertEquals(Status.ASYNC_EVENT_REQUEST_LIMIT_EXCEEDED | Status.DNR, aer().status());
        admin.drop();
        for (TestRequest r : four) {
            assertEquals(Status.ABORTED_SQ_DELETION, r.status());
        }
    }

    // Abort

    private static MemorySegment abort(int sqid, TestRequest r) {
        return Sq.admin(Opcode.ABORT, sqid | Sqe.cid(r.sqe) << 16, 0);
    }

    @Test
    void anEventRequestCanBeAborted() {
        TestRequest aer = aer();
        assertEquals(0, admin.send(abort(0, aer)).dw0());
        assertEquals(Status.ABORTED_BY_REQUEST, aer.status());
        assertEquals(1, admin.send(abort(0, aer)).dw0());
    }

    @Test
    void aHeldCommandCanBeAbortedOnAnotherReactor() {
        TestQueue io = t.io(admin, 1, 1);
        t.pause(1);
        TestRequest read = io.read(Sq.io(Opcode.READ, 1, 0, 1), TestTarget.BLOCK);
        TestRequest abort = admin.send(abort(1, read));
        t.settle();
        assertEquals(0, abort.dw0());
        assertEquals(Status.SUCCESS, abort.status());
        assertEquals(Status.ABORTED_BY_REQUEST, read.status());
        t.resume();
        assertEquals(1, read.answers());
    }

    @Test
    void anAbortOfAQueueThatIsNotThereFindsNothing() {
        TestRequest r = admin.send(Sq.admin(Opcode.ABORT, 9, 0));
        assertEquals(Status.SUCCESS, r.status());
        assertEquals(1, r.dw0());
    }
}
