package org.nvmftarget.data.target;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.nvmftarget.data.nvme.Identify;
import org.nvmftarget.data.nvme.LogPage;
import org.nvmftarget.data.nvme.Opcode;
import org.nvmftarget.data.nvme.Sqe;
import org.nvmftarget.data.nvme.Status;
import org.nvmftarget.data.nvme.Wire;

/** Abort takes back what waits, whatever it waits for (NVMe Base specification 2.0, section 5.1). */
class AbortTest {

    private static final int ABORTED = 0;
    private static final int NOT_ABORTED = 1;

    private final TestTarget t = TestTarget.serving();
    private final TestQueue admin = t.admin();

    private static MemorySegment sqe(int sqid, int cid) {
        return Sq.admin(Opcode.ABORT, sqid | cid << 16, 0);
    }

    private TestRequest abort(int sqid, TestRequest r) {
        TestRequest abort = admin.send(sqe(sqid, Sqe.cid(r.sqe)));
        t.settle();
        assertEquals(Status.SUCCESS, abort.status());
        return abort;
    }

    private void assertAborted(int sqid, TestRequest r) {
        TestRequest abort = abort(sqid, r);
        assertEquals(ABORTED, abort.dw0());
        assertEquals(Status.ABORTED_BY_REQUEST, r.status());
        assertEquals(NOT_ABORTED, abort(sqid, r).dw0(), "it is gone");
    }

    private static TestRequest read(TestQueue io, int nsid) {
        return io.read(Sq.io(Opcode.READ, nsid, 0, 1), TestTarget.BLOCK);
    }

    @Test
    void anEventRequest() {
        TestRequest first = admin.send(Sq.admin(Opcode.ASYNC_EVENT_REQUEST, 0, 0));
        TestRequest second = admin.send(Sq.admin(Opcode.ASYNC_EVENT_REQUEST, 0, 0));
        assertAborted(0, first);
        assertFalse(second.isAnswered());
    }

    @Test
    void anEventRequestThatWasAbortedMakesRoomForAnother() {
        List<TestRequest> four = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            four.add(admin.send(Sq.admin(Opcode.ASYNC_EVENT_REQUEST, 0, 0)));
        }
        assertAborted(0, four.get(2));
        assertFalse(admin.send(Sq.admin(Opcode.ASYNC_EVENT_REQUEST, 0, 0)).isAnswered());
    }

    @Test
    void anAdminCommandThatAPauseHolds() {
        t.pause();
        TestRequest held = admin.read(Sq.identify(1, 0), Identify.BYTES);
        assertAborted(0, held);
        t.resume();
        assertEquals(1, held.answers());
    }

    @Test
    void anIoCommandThatAPauseHoldsOnAnotherReactor() {
        TestQueue io = t.io(admin, 1, 1);
        t.pause(1);
        TestRequest held = read(io, 1);
        TestRequest other = read(io, 1);
        assertAborted(1, held);
        t.resume();
        assertEquals(1, held.answers());
        assertEquals(Status.SUCCESS, other.status());
    }

    @Test
    void anIoCommandThatWaitsForMemory() {
        TestQueue io = t.io(admin, 1, 1);
        io.runOutOfMemory();
        TestRequest waiting = read(io, 1);
        TestRequest other = read(io, 1);
        assertAborted(1, waiting);
        io.memoryCame();
        assertEquals(1, waiting.answers());
        assertEquals(Status.SUCCESS, other.status());
    }

    @Test
    void anAdminCommandThatWaitsForMemory() {
        admin.runOutOfMemory();
        TestRequest waiting = admin.read(Sq.identify(1, 0), Identify.BYTES);
        assertAborted(0, waiting);
    }

    @Test
    void notWhatADeviceWorksOn() {
        SlowBdev slow = t.addSlowNamespace(2);
        TestQueue io = t.io(admin, 1, 1);
        TestRequest working = read(io, 2);
        assertEquals(NOT_ABORTED, abort(1, working).dw0());
        slow.completeAll();
        assertEquals(Status.SUCCESS, working.status());
    }

    @Test
    void notWhatWasAnswered() {
        TestQueue io = t.io(admin, 1, 1);
        assertEquals(NOT_ABORTED, abort(1, read(io, 1)).dw0());
    }

    @Test
    void notWhatAnotherQueueHasUnderTheSameId() {
        TestQueue first = t.io(admin, 1, 1);
        TestQueue second = t.io(admin, 2, 0);
        t.pause(1);
        TestRequest held = read(second, 1);
        assertEquals(NOT_ABORTED, abort(1, held).dw0());
        assertFalse(held.isAnswered());
        assertEquals(1, first.pair().qid());
        assertAborted(2, held);
    }

    @Test
    void notOnAQueueThatIsNotThere() {
        for (int sqid : new int[] {1, 9, 0xFFFF}) {
            TestRequest r = admin.send(sqe(sqid, 1));
            assertEquals(Status.SUCCESS, r.status());
            assertEquals(NOT_ABORTED, r.dw0());
        }
    }

    @Test
    void notItself() {
        MemorySegment self = sqe(0, 77);
        Wire.putU16(self, Sqe.CID, 77);
        assertEquals(NOT_ABORTED, admin.send(self).dw0());
    }

    @Test
    void fourAtATime() {
        t.io(admin, 1, 1);
        List<TestRequest> aborts = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            aborts.add(admin.send(sqe(1, i)));
        }
        assertEquals(Status.ABORT_COMMAND_LIMIT_EXCEEDED, aborts.getLast().status());
        assertTrue(aborts.getLast().hasMore());
        t.settle();
        for (TestRequest r : aborts.subList(0, 4)) {
            assertEquals(Status.SUCCESS, r.status());
        }
        assertEquals(NOT_ABORTED, admin.send(sqe(9, 1)).dw0());
    }

    @Test
    void whatWasAbortedIsNoErrorToLookInto() {
        TestRequest aer = admin.send(Sq.admin(Opcode.ASYNC_EVENT_REQUEST, 0, 0));
        abort(0, aer);
        assertFalse(aer.hasMore());
        assertEquals(
                0, Wire.u64(admin.read(Sq.log(LogPage.ERROR, 64, 0, true), 64).page(), 0));
    }

    @Test
    void anAbortSurvivesTheEndOfItsQueue() {
        TestQueue io = t.io(admin, 1, 1);
        TestRequest abort = admin.send(sqe(1, 5));
        io.drop();
        admin.drop();
        t.settle();
        assertEquals(1, abort.answers());
    }
}
