package org.nvmftarget.data.target;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.nvmftarget.data.target.TestTarget.BLOCK;
import static org.nvmftarget.data.target.TestTarget.HOST;
import static org.nvmftarget.data.target.TestTarget.NQN;
import static org.nvmftarget.data.target.TestTarget.connectData;
import static org.nvmftarget.data.target.TestTarget.namespace;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.nvmftarget.data.nvme.Identify;
import org.nvmftarget.data.nvme.Opcode;
import org.nvmftarget.data.nvme.Property;
import org.nvmftarget.data.nvme.Status;
import org.nvmftarget.data.nvme.Wire;
import org.nvmftarget.model.LiveState;
import org.nvmftarget.model.Nsid;
import org.nvmftarget.model.Step;
import org.nvmftarget.model.StepResult;

class PauseTest {

    private final TestTarget t = TestTarget.serving();
    private final TestQueue admin = t.admin();
    private final TestQueue io = t.io(admin, 1, 1);

    private TestRequest read(int nsid) {
        return io.read(Sq.io(Opcode.READ, nsid, 0, 1), BLOCK);
    }

    private LiveState.SubsystemState state() {
        LiveState.Subsystem live = t.target.snapshot().subsystems().get(NQN);
        return live == null ? LiveState.SubsystemState.INACTIVE : live.state();
    }

    @Test
    void anAdminPauseLetsIoFlow() {
        t.pause();
        assertEquals(LiveState.SubsystemState.PAUSED, state());
        assertEquals(Status.SUCCESS, read(1).status());
    }

    @Test
    void anAdminPauseHoldsAdminCommandsAndConnect() {
        t.pause();
        TestRequest identify = admin.read(Sq.identify(Identify.CNS_ACTIVE_NAMESPACES, 0), 4096);
        TestRequest connect = t.accept(1).connect(0, connectData(NQN, HOST, 0xFFFF));
        assertFalse(identify.isAnswered());
        assertFalse(connect.isAnswered());
        t.resume();
        assertEquals(Status.SUCCESS, identify.status());
        assertEquals(Status.SUCCESS, connect.status());
        assertEquals(LiveState.SubsystemState.ACTIVE, state());
    }

    @Test
    void keepAliveEventsAndPropertiesAreNeverHeld() {
        t.pause(1);
        TestRequest aer = admin.send(Sq.admin(Opcode.ASYNC_EVENT_REQUEST, 0, 0));
        assertEquals(
                Status.SUCCESS, admin.send(Sq.command(Opcode.KEEP_ALIVE, 0)).status());
        assertEquals(
                Status.SUCCESS, admin.send(Sq.propertyGet(Property.CSTS, 0)).status());
        t.addSlowNamespace(2);
        assertEquals(Status.SUCCESS, aer.status());
    }

    @Test
    void heldCommandsRunInOrderOnTheNewView() {
        t.pause(1);
        List<TestRequest> reads = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            reads.add(read(1));
        }
        TestRequest list = admin.read(Sq.identify(Identify.CNS_ACTIVE_NAMESPACES, 0), 4096);
        t.addSlowNamespace(2);
        t.resume();
        for (int i = 0; i < 5; i++) {
            assertEquals(Status.SUCCESS, reads.get(i).status());
            assertEquals(i + 1, reads.get(i).order()); // Connect was the first
        }
        assertEquals(2, Wire.u32(list.page(), 4));
    }

    @Test
    void aNamespacePauseLeavesOtherNamespacesAlone() {
        SlowBdev slow = t.addSlowNamespace(2);
        t.pause(2);
        assertEquals(Status.SUCCESS, read(1).status());
        TestRequest held = read(2);
        assertTrue(slow.working.isEmpty());
        t.resume();
        slow.completeAll();
        assertEquals(Status.SUCCESS, held.status());
    }

    @Test
    void aFlushOfAllIsHeldWithAnyNamespace() {
        t.pause(1);
        TestRequest flush = io.send(Sq.command(Opcode.FLUSH, Nsid.BROADCAST));
        assertFalse(flush.isAnswered());
        t.resume();
        assertEquals(Status.SUCCESS, flush.status());
    }

    @Test
    void aPauseThatCannotDrainIsTakenBack() {
        SlowBdev slow = t.addSlowNamespace(2);
        TestRequest under = read(2);
        StepResult result = t.apply(new Step.PauseSubsystem(NQN, new TreeSet<>(List.of(new Nsid(2)))));
        assertInstanceOf(StepResult.Failed.class, result);
        assertEquals(LiveState.SubsystemState.ACTIVE, state());
        TestRequest later = read(2);
        slow.completeAll();
        assertEquals(Status.SUCCESS, under.status());
        assertEquals(Status.SUCCESS, later.status());
        t.pause(2);
    }

    @Test
    void aNamespaceReplacedInAPauseServesWhatWasHeld() {
        t.done(new Step.CreateBdev(TestTarget.malloc("disk1", 16)));
        t.pause(1);
        TestRequest before = read(1);
        t.done(new Step.RemoveNamespace(NQN, new Nsid(1)));
        TestRequest between = read(1);
        TestRequest beyond = io.read(Sq.io(Opcode.READ, 1, 20, 1), BLOCK);
        assertFalse(between.isAnswered());
        t.done(new Step.AddNamespace(NQN, namespace(1, "disk1")));
        t.resume();
        assertEquals(Status.SUCCESS, before.status());
        assertEquals(Status.SUCCESS, between.status());
        assertEquals(Status.LBA_OUT_OF_RANGE | Status.DNR, beyond.status());
    }

    @Test
    void commandsForANamespaceThatWasRemovedEndWithItsStatus() {
        t.pause(1);
        TestRequest held = read(1);
        t.done(new Step.RemoveNamespace(NQN, new Nsid(1)));
        t.resume();
        assertEquals(Status.INVALID_NAMESPACE_OR_FORMAT | Status.DNR, held.status());
        t.done(new Step.RemoveBdev("disk0"));
    }

    @Test
    void aQueueThatClosesGetsItsHeldCommandsBack() {
        t.pause(1);
        TestRequest held = read(1);
        TestQueue connecting = t.accept(1);
        TestRequest connect = connecting.connect(0, connectData(NQN, HOST, 0xFFFF));
        io.drop();
        connecting.drop();
        assertEquals(Status.ABORTED_SQ_DELETION, held.status());
        assertEquals(Status.ABORTED_SQ_DELETION, connect.status());
        t.resume();
        assertEquals(1, held.answers());
        assertEquals(1, connect.answers());
    }

    @Test
    void dataThatComeInAPauseFindTheirCommandHeld() {
        TestRequest write = new TestRequest(Sq.io(Opcode.WRITE, 1, 0, 1), new byte[BLOCK], io);
        write.start(BLOCK, 0);
        assertTrue(io.pair().receive(write));
        t.pause(1);
        write.buffer();
        io.pair().execute(write);
        assertFalse(write.isAnswered());
        t.resume();
        assertEquals(Status.SUCCESS, write.status());
    }

    @Test
    void pausingTwiceAndResumingWhatFlowsAreRefused() {
        t.pause();
        assertInstanceOf(StepResult.Failed.class, t.apply(new Step.PauseSubsystem(NQN, new TreeSet<>())));
        t.resume();
        assertInstanceOf(StepResult.Failed.class, t.apply(new Step.ResumeSubsystem(NQN)));
    }

    @Test
    void removingANamespaceWaitsForItsIo() {
        SlowBdev slow = t.addSlowNamespace(2);
        TestRequest under = read(2);
        assertInstanceOf(StepResult.Failed.class, t.apply(new Step.RemoveNamespace(NQN, new Nsid(2))));
        assertFalse(slow.closed);
        slow.completeAll();
        assertEquals(Status.SUCCESS, under.status());
        t.done(new Step.RemoveNamespace(NQN, new Nsid(2)));
        t.done(new Step.RemoveBdev("slow2"));
        assertTrue(slow.closed);
    }
}
