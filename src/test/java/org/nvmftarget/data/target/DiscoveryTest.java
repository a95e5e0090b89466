package org.nvmftarget.data.target;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.nvmftarget.data.target.TestTarget.ADDRESS;
import static org.nvmftarget.data.target.TestTarget.HOST;
import static org.nvmftarget.data.target.TestTarget.NQN;
import static org.nvmftarget.data.target.TestTarget.OTHER_ADDRESS;
import static org.nvmftarget.data.target.TestTarget.OTHER_HOST;

import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.nvmftarget.data.nvme.AsyncEvent;
import org.nvmftarget.data.nvme.DiscoveryLog;
import org.nvmftarget.data.nvme.LogPage;
import org.nvmftarget.data.nvme.Opcode;
import org.nvmftarget.data.nvme.Status;
import org.nvmftarget.data.nvme.Wire;
import org.nvmftarget.model.AddressFamily;
import org.nvmftarget.model.Nqn;
import org.nvmftarget.model.Step;
import org.nvmftarget.model.TransportAddress;
import org.nvmftarget.model.TransportType;

class DiscoveryTest {

    private static final TransportAddress WILDCARD =
            new TransportAddress(TransportType.TCP, AddressFamily.IPV4, "0.0.0.0", 4420);

    private final TestTarget t = TestTarget.serving();

    private static MemorySegment log(TestQueue queue) {
        TestRequest r = queue.read(Sq.log(LogPage.DISCOVERY, 8192, 0, false), 8192);
        assertEquals(Status.SUCCESS, r.status());
        return r.page();
    }

    /** Subtype, NQN and address of each entry. */
    private static List<String> entries(MemorySegment log) {
        List<String> list = new ArrayList<>();
        for (int i = 0; i < Wire.u64(log, 8); i++) {
            long at = 1024 + i * 1024L;
            list.add(Wire.u8(log, at + 2) + " " + Wire.text(log, at + 256, 256) + " "
                    + Wire.text(log, at + 512, 256).strip() + ":"
                    + Wire.text(log, at + 32, 32).strip());
        }
        return list;
    }

    @Test
    void theLogNamesItselfAndTheSubsystemsListeners() {
        MemorySegment log = log(t.admin(Nqn.DISCOVERY, HOST, 0));
        assertEquals(List.of("3 " + Nqn.DISCOVERY + " 10.0.0.1:4420", "2 " + NQN + " 10.0.0.1:4420"), entries(log));
        assertEquals(3, Wire.u8(log, 2048)); // TCP
        assertEquals(0xFFFF, Wire.u16(log, 2054));
    }

    @Test
    void aHostSeesWhatItMayConnectTo() {
        t.done(new Step.AddHost(NQN, HOST));
        t.done(new Step.SetAllowAnyHost(NQN, false));
        assertEquals(2, entries(log(t.admin(Nqn.DISCOVERY, HOST, 0))).size());
        assertEquals(1, entries(log(t.admin(Nqn.DISCOVERY, OTHER_HOST, 0))).size());
    }

    @Test
    void aWildcardIsTheAddressThatTheHostReached() {
        t.done(new Step.RemoveListener(NQN, ADDRESS));
        t.done(new Step.AddListener(NQN, WILDCARD));
        TestQueue queue = t.accept(WILDCARD, OTHER_ADDRESS, 0);
        queue.connect(0, TestTarget.connectData(Nqn.DISCOVERY, HOST, 0xFFFF));
        TestTarget.enable(queue);
        assertEquals(
                List.of("3 " + Nqn.DISCOVERY + " 10.0.0.2:4420", "2 " + NQN + " 10.0.0.2:4420"), entries(log(queue)));
    }

    @Test
    void aChangeIsCountedAndTold() {
        TestQueue queue = t.admin(Nqn.DISCOVERY, HOST, 0);
        long before = Wire.u64(log(queue), 0);
        TestRequest aer = queue.send(Sq.admin(Opcode.ASYNC_EVENT_REQUEST, 0, 0));
        t.done(new Step.AddListener(NQN, OTHER_ADDRESS));
        t.settle();
        assertEquals(AsyncEvent.DISCOVERY_CHANGED, aer.dw0());
        MemorySegment log = log(queue);
        assertEquals(before + 1, Wire.u64(log, 0));
        assertEquals(3, entries(log).size());
    }

    @Test
    void theLogIsReadPieceByPiece() {
        TestQueue queue = t.admin(Nqn.DISCOVERY, HOST, 0);
        MemorySegment piece =
                queue.read(Sq.log(LogPage.DISCOVERY, 1024, 2048, true), 1024).page();
        assertEquals(NQN.value(), Wire.text(piece, 256, 256));
    }

    @Test
    void aDiscoveryControllerHasFewCommands() {
        TestQueue queue = t.admin(Nqn.DISCOVERY, HOST, 0);
        MemorySegment page = queue.read(Sq.identify(1, 0), 4096).page();
        assertEquals(2, Wire.u8(page, 111));
        assertEquals(AsyncEvent.CONFIG_DISCOVERY_CHANGED, Wire.u32(page, 92));
        int invalid = Status.INVALID_FIELD | Status.DNR;
        assertEquals(invalid, queue.read(Sq.identify(2, 0), 4096).status());
        assertEquals(invalid, queue.send(Sq.admin(Opcode.SET_FEATURES, 7, 0)).status());
        assertEquals(
                Status.INVALID_LOG_PAGE | Status.DNR,
                queue.read(Sq.log(LogPage.SMART, 512, 0, false), 512).status());
    }

    @Test
    void aDiscoveryControllerHasNoIoQueues() {
        TestQueue queue = t.admin(Nqn.DISCOVERY, HOST, 0);
        TestRequest r = t.accept(1)
                .connect(
                        1,
                        TestTarget.connectData(Nqn.DISCOVERY, HOST, queue.pair().cntlid()));
        assertEquals(Status.CONNECT_INVALID_PARAMETERS | Status.DNR, r.status());
    }

    @Test
    void aForgottenDiscoveryControllerEndsAfterTwoMinutes() {
        TestQueue queue = t.admin(Nqn.DISCOVERY, HOST, 0);
        t.pass(Duration.ofSeconds(119));
        assertFalse(queue.isDisconnected());
        t.pass(Duration.ofSeconds(2));
        assertTrue(queue.isClosed());
    }

    private static MemorySegment log(TestQueue queue, int lsp, int bytes, long offset) {
        MemorySegment sqe = Sq.log(LogPage.DISCOVERY, bytes, offset, true);
        Wire.putU8(sqe, 41, Wire.u8(sqe, 41) | lsp);
        return queue.read(sqe, bytes).page();
    }

    private static long generation(TestQueue queue) {
        return Wire.u64(log(queue, 0, 16, 0), 0);
    }

    private static TestRequest aer(TestQueue queue) {
        return queue.send(Sq.admin(Opcode.ASYNC_EVENT_REQUEST, 0, 0));
    }

    @Test
    void aHostThatSeesNoChangeIsNotTold() {
        t.done(new Step.AddHost(NQN, HOST));
        t.done(new Step.SetAllowAnyHost(NQN, false));
        TestQueue sees = t.admin(Nqn.DISCOVERY, HOST, 0);
        TestQueue doesNot = t.admin(Nqn.DISCOVERY, OTHER_HOST, 0);
        long seen = generation(sees);
        long unseen = generation(doesNot);
        TestRequest told = aer(sees);
        TestRequest untold = aer(doesNot);
        t.done(new Step.AddListener(NQN, OTHER_ADDRESS));
        t.settle();
        assertEquals(AsyncEvent.DISCOVERY_CHANGED, told.dw0());
        assertFalse(untold.isAnswered());
        assertEquals(seen + 1, generation(sees));
        assertEquals(unseen, generation(doesNot));
    }

    @Test
    void aHostThatComesAgainFindsTheGenerationThatItKnows() {
        TestQueue first = t.admin(Nqn.DISCOVERY, HOST, 0);
        t.done(new Step.AddListener(NQN, OTHER_ADDRESS));
        t.settle();
        long known = generation(first);
        first.drop();
        t.settle();
        assertEquals(known, generation(t.admin(Nqn.DISCOVERY, HOST, 0)));
        t.done(new Step.RemoveListener(NQN, OTHER_ADDRESS));
        assertEquals(known + 1, generation(t.admin(Nqn.DISCOVERY, HOST, 0)));
    }

    @Test
    void aChangeBetweenTwoPiecesShowsInTheGeneration() {
        TestQueue queue = t.admin(Nqn.DISCOVERY, HOST, 0);
        long before = Wire.u64(log(queue, 0, 1024, 0), 0);
        t.done(new Step.AddListener(NQN, OTHER_ADDRESS));
        assertEquals(before + 1, generation(queue));
    }

    @Test
    void theEventIsMaskedUntilTheLogIsReadWithoutRetaining() {
        TestQueue queue = t.admin(Nqn.DISCOVERY, HOST, 0);
        TestRequest first = aer(queue);
        TestRequest second = aer(queue);
        t.done(new Step.AddListener(NQN, OTHER_ADDRESS));
        t.settle();
        assertTrue(first.isAnswered());
        generation(queue);
        t.done(new Step.RemoveListener(NQN, OTHER_ADDRESS));
        t.settle();
        assertFalse(second.isAnswered());
        log(queue);
        t.done(new Step.AddListener(NQN, OTHER_ADDRESS));
        t.settle();
        assertTrue(second.isAnswered());
    }

    @Test
    void extendedEntriesComeWhenAskedFor() {
        TestQueue queue = t.admin(Nqn.DISCOVERY, HOST, 0);
        MemorySegment log = log(queue, DiscoveryLog.LSP_EXTENDED, 4096, 0);
        assertEquals(2, Wire.u64(log, 8));
        assertEquals(1, Wire.u8(log, 18));
        assertEquals(1024 + 2 * 1032, Wire.u32(log, 20));
        assertEquals(1032, Wire.u32(log, 1024 + 1024));
        assertEquals(NQN.value(), Wire.text(log, 1024 + 1032 + 256, 256));
    }

    @Test
    void theEntriesOfOnePortComeWhenAskedFor() {
        t.done(new Step.AddListener(NQN, OTHER_ADDRESS));
        TestQueue queue = t.accept(OTHER_ADDRESS, OTHER_ADDRESS, 0);
        queue.connect(0, TestTarget.connectData(Nqn.DISCOVERY, HOST, 0xFFFF));
        TestTarget.enable(queue);
        MemorySegment log = log(queue, DiscoveryLog.LSP_PORT_LOCAL, 8192, 0);
        assertEquals(2, Wire.u8(log, 18));
        assertEquals(List.of("3 " + Nqn.DISCOVERY + " 10.0.0.2:4420", "2 " + NQN + " 10.0.0.2:4420"), entries(log));
    }

    @Test
    void theSupportedLogsSayWhatTheDiscoveryLogCanDo() {
        TestQueue queue = t.admin(Nqn.DISCOVERY, HOST, 0);
        MemorySegment page =
                queue.read(Sq.log(LogPage.SUPPORTED, 1024, 0, false), 1024).page();
        assertEquals(0x0003_0001, Wire.u32(page, LogPage.DISCOVERY * 4L));
    }

    @Test
    void theDiscoverySubsystemCanBeConnectedToForGoodAndLeadsNowhereElse() {
        MemorySegment log = log(t.admin(Nqn.DISCOVERY, HOST, 0));
        assertEquals(3, Wire.u16(log, 1024 + 10));
        assertEquals(0, Wire.u16(log, 2048 + 10));
    }

    @Test
    void aChangedAdminQueueDepthIsAChange() {
        TestQueue queue = t.admin(Nqn.DISCOVERY, HOST, 0);
        long before = generation(queue);
        TestRequest told = aer(queue);
        t.done(new Step.SetTransportOptions(TestTarget.tcpWithAdminDepth(64)));
        t.settle();
        assertEquals(AsyncEvent.DISCOVERY_CHANGED, told.dw0());
        assertEquals(before + 1, generation(queue));
        assertEquals(64, Wire.u16(log(queue), 2048 + 8));
    }
}
