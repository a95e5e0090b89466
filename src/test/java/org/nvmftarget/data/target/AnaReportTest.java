package org.nvmftarget.data.target;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.Test;
import org.nvmftarget.data.nvme.AnaLog;
import org.nvmftarget.data.nvme.AsyncEvent;
import org.nvmftarget.data.nvme.Feature;
import org.nvmftarget.data.nvme.LogPage;
import org.nvmftarget.data.nvme.Opcode;
import org.nvmftarget.data.nvme.Property;
import org.nvmftarget.data.nvme.Status;
import org.nvmftarget.data.nvme.Wire;

/** The ANA log page as a host reads it, and the event that tells of its changes. */
class AnaReportTest {

    private final TestTarget t = TestTarget.serving();
    private final TestQueue admin = t.admin();

    private MemorySegment log(int lsp, int bytes, long offset, boolean rae) {
        MemorySegment sqe = Sq.log(LogPage.ANA, bytes, offset, rae);
        Wire.putU8(sqe, 41, Wire.u8(sqe, 41) | lsp);
        TestRequest r = admin.read(sqe, bytes);
        assertEquals(Status.SUCCESS, r.status());
        return r.page();
    }

    private MemorySegment log() {
        return log(0, 256, 0, false);
    }

    private TestRequest aer() {
        return admin.send(Sq.admin(Opcode.ASYNC_EVENT_REQUEST, 0, 0));
    }

    private void listenOnlyToAna() {
        admin.send(Sq.admin(Opcode.SET_FEATURES, Feature.ASYNC_EVENT_CONFIGURATION, AsyncEvent.CONFIG_ANA_CHANGED));
    }

    @Test
    void countsBeginWithTheController() {
        MemorySegment log = log();
        assertEquals(0, Wire.u64(log, 0));
        assertEquals(1, Wire.u16(log, 8));
        assertEquals(1, Wire.u32(log, 16)); // group
        assertEquals(1, Wire.u32(log, 20)); // nsids
        assertEquals(1, Wire.u64(log, 24)); // its changes
        assertEquals(AnaLog.OPTIMIZED, Wire.u8(log, 32));
        assertEquals(1, Wire.u32(log, 48));
    }

    @Test
    void aNewNamespaceIsAChangeOfItsGroup() {
        t.addSlowNamespace(9);
        MemorySegment log = log();
        assertEquals(1, Wire.u64(log, 0));
        assertEquals(2, Wire.u32(log, 20));
        assertEquals(2, Wire.u64(log, 24));
        assertEquals(9, Wire.u32(log, 52));
    }

    @Test
    void countsBeginAnewWithAReset() {
        t.addSlowNamespace(9);
        admin.send(Sq.propertySet(Property.CC, 0));
        TestTarget.enable(admin);
        assertEquals(0, Wire.u64(log(), 0));
        assertEquals(1, Wire.u64(log(), 24));
    }

    @Test
    void groupsOnlyLeavesTheNamespacesOut() {
        MemorySegment log = log(AnaLog.LSP_GROUPS_ONLY, 256, 0, false);
        assertEquals(1, Wire.u16(log, 8));
        assertEquals(0, Wire.u32(log, 20));
        assertEquals(0, Wire.u32(log, 48));
    }

    @Test
    void theLogIsReadFromAnOffset() {
        assertEquals(1, Wire.u32(log(0, 8, 48, false), 0));
    }

    @Test
    void theEventIsMaskedUntilTheLogIsRead() {
        listenOnlyToAna();
        TestRequest first = aer();
        TestRequest second = aer();
        t.addSlowNamespace(5);
        assertEquals(AsyncEvent.ANA_CHANGED, first.dw0());
        log(0, 16, 0, true);
        t.addSlowNamespace(6);
        assertFalse(second.isAnswered());
        log(0, 16, 0, false);
        t.addSlowNamespace(7);
        assertEquals(AsyncEvent.ANA_CHANGED, second.dw0());
    }

    @Test
    void theEventCanBeSwitchedOff() {
        admin.send(
                Sq.admin(Opcode.SET_FEATURES, Feature.ASYNC_EVENT_CONFIGURATION, AsyncEvent.CONFIG_NAMESPACE_CHANGED));
        TestRequest first = aer();
        TestRequest second = aer();
        t.addSlowNamespace(5);
        assertEquals(AsyncEvent.NAMESPACE_CHANGED, first.dw0());
        assertFalse(second.isAnswered());
    }

    @Test
    void theControllerSaysThatItReports() {
        MemorySegment page = admin.read(Sq.identify(1, 0), 4096).page();
        assertEquals(AsyncEvent.CONFIG_ANA_CHANGED, Wire.u32(page, 92) & AsyncEvent.CONFIG_ANA_CHANGED);
        assertEquals(1 << 3, Wire.u8(page, 76) & 1 << 3);
    }
}
