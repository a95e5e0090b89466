package org.nvmftarget.data.target;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.nvmftarget.data.target.TestTarget.ADDRESS;
import static org.nvmftarget.data.target.TestTarget.HOST;
import static org.nvmftarget.data.target.TestTarget.NQN;
import static org.nvmftarget.data.target.TestTarget.OTHER_ADDRESS;
import static org.nvmftarget.data.target.TestTarget.OTHER_HOST;
import static org.nvmftarget.data.target.TestTarget.connectData;

import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.Test;
import org.nvmftarget.data.nvme.Connect;
import org.nvmftarget.data.nvme.ConnectData;
import org.nvmftarget.data.nvme.Cqe;
import org.nvmftarget.data.nvme.Opcode;
import org.nvmftarget.data.nvme.Property;
import org.nvmftarget.data.nvme.Status;
import org.nvmftarget.data.nvme.Wire;
import org.nvmftarget.model.Step;

class ConnectTest {

    private final TestTarget t = TestTarget.serving();

    @Test
    void aHostConnectsAndEnablesItsController() {
        TestQueue admin = t.accept(0);
        TestRequest r = admin.connect(0, connectData(NQN, HOST, 0xFFFF));
        assertEquals(Status.SUCCESS, r.status());
        assertEquals(1, r.dw0());
        assertEquals(0, admin.pair().qid());
        TestTarget.enable(admin);
        assertEquals(
                Property.CSTS_RDY, admin.send(Sq.propertyGet(Property.CSTS, 0)).dw0());
        assertEquals(1, t.controllers().size());
    }

    @Test
    void anIoQueueJoinsItsController() {
        TestQueue admin = t.admin();
        TestQueue io = t.io(admin, 1, 1);
        assertEquals(1, io.pair().qid());
        assertEquals(admin.pair().cntlid(), io.pair().cntlid());
        assertEquals(1, t.controllers().getFirst().ioQueues());
    }

    @Test
    void anythingButConnectIsOutOfSequenceOnANewQueue() {
        TestQueue queue = t.accept(0);
        int expected = Status.COMMAND_SEQUENCE_ERROR | Status.DNR;
        assertEquals(expected, queue.send(Sq.propertyGet(Property.VS, 0)).status());
        assertEquals(expected, queue.send(Sq.command(Opcode.KEEP_ALIVE, 0)).status());
    }

    @Test
    void aSecondConnectIsOutOfSequence() {
        TestQueue admin = t.admin();
        assertEquals(
                Status.COMMAND_SEQUENCE_ERROR | Status.DNR,
                admin.connect(0, connectData(NQN, HOST, 0xFFFF)).status());
    }

    @Test
    void aSubsystemThatWasHereMayReturnSoItGetsNoDnr() {
        t.done(new Step.RemoveSubsystem(NQN));
        TestRequest r = t.accept(0).connect(0, connectData(NQN, HOST, 0xFFFF));
        assertEquals(Status.CONNECT_INVALID_PARAMETERS, r.status());
    }

    @Test
    void aSubsystemThatDoesNotListenThereYetGivesNoDnr() {
        TestRequest r = t.accept(OTHER_ADDRESS, OTHER_ADDRESS, 0).connect(0, connectData(NQN, HOST, 0xFFFF));
        assertEquals(Status.CONNECT_INVALID_PARAMETERS, r.status());
    }

    @Test
    void aHostThatIsNotListedIsRefusedForGood() {
        t.done(new Step.AddHost(NQN, HOST));
        t.done(new Step.SetAllowAnyHost(NQN, false));
        assertEquals(
                Status.CONNECT_INVALID_HOST | Status.DNR,
                t.accept(0).connect(0, connectData(NQN, OTHER_HOST, 0xFFFF)).status());
        assertEquals(
                Status.SUCCESS,
                t.accept(0).connect(0, connectData(NQN, HOST, 0xFFFF)).status());
    }

    @Test
    void anIoQueueNeedsAnEnabledController() {
        TestQueue admin = t.accept(0);
        admin.connect(0, connectData(NQN, HOST, 0xFFFF));
        TestRequest r =
                t.accept(1).connect(1, connectData(NQN, HOST, admin.pair().cntlid()));
        assertEquals(Status.COMMAND_SEQUENCE_ERROR, r.status());
    }

    @Test
    void aQueueIdInUseIsInvalidUntilThatQueueIsGone() {
        TestQueue admin = t.admin();
        TestQueue first = t.io(admin, 1, 1);
        ConnectData data = connectData(NQN, HOST, admin.pair().cntlid());
        assertEquals(
                Status.INVALID_QUEUE_IDENTIFIER, t.accept(1).connect(1, data).status());
        first.drop();
        assertEquals(Status.SUCCESS, t.accept(1).connect(1, data).status());
    }

    @Test
    void controllerIdsBeginAtTheOffsetAndWrap() {
        TestTarget offset = new TestTarget(0xFFEE);
        offset.declare();
        assertEquals(0xFFEF, offset.admin().pair().cntlid());
        assertEquals(1, offset.admin().pair().cntlid());
    }

    @Test
    void aControllerIdIsNotUsedTwiceAtATime() {
        TestTarget small = new TestTarget();
        small.done(new Step.CreateTransport(org.nvmftarget.model.TransportOptions.tcp()));
        small.done(new Step.CreateSubsystem(NQN, "NT01", "m", 32, 5, 6));
        small.done(new Step.SetAllowAnyHost(NQN, true));
        small.done(new Step.AddListener(NQN, ADDRESS));
        TestQueue five = small.admin();
        assertEquals(6, small.admin().pair().cntlid());
        assertEquals(
                Status.CONNECT_CONTROLLER_BUSY,
                small.accept(0).connect(0, connectData(NQN, HOST, 0xFFFF)).status());
        five.drop();
        assertEquals(5, small.admin().pair().cntlid());
    }

    @Test
    void theHeadOfTheQueueFollowsTheCommands() {
        TestQueue admin = t.accept(0);
        TestRequest connect = admin.connect(Sq.connect(0, 2, 0), connectData(NQN, HOST, 0xFFFF));
        assertEquals(1, Cqe.sqhd(connect.cqe()));
        assertEquals(2, Cqe.sqhd(admin.send(Sq.propertyGet(Property.VS, 0)).cqe()));
        assertEquals(0, Cqe.sqhd(admin.send(Sq.propertyGet(Property.VS, 0)).cqe()));
    }

    @Test
    void aHostMayDoWithoutFlowControl() {
        MemorySegment sqe = Sq.connect(0, 31, 0);
        Wire.putU8(sqe, Connect.CATTR, Connect.CATTR_DISABLE_SQ_FLOW);
        TestRequest r = t.accept(0).connect(sqe, connectData(NQN, HOST, 0xFFFF));
        assertEquals(Status.SUCCESS, r.status());
        assertEquals(Cqe.SQHD_DISABLED, Cqe.sqhd(r.cqe()));
    }

    @Test
    void theAdminQueueTakesItsIoQueuesAlong() {
        TestQueue admin = t.admin();
        TestQueue io = t.io(admin, 1, 1);
        assertFalse(io.isDisconnected());
        admin.drop();
        t.settle();
        assertTrue(io.isClosed());
        assertTrue(t.controllers().isEmpty());
    }
}
