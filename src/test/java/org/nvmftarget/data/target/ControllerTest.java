package org.nvmftarget.data.target;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.nvmftarget.data.target.TestTarget.ENABLE;
import static org.nvmftarget.data.target.TestTarget.HOST;
import static org.nvmftarget.data.target.TestTarget.NQN;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.nvmftarget.data.nvme.Feature;
import org.nvmftarget.data.nvme.Opcode;
import org.nvmftarget.data.nvme.Property;
import org.nvmftarget.data.nvme.Status;

class ControllerTest {

    private final TestTarget t = TestTarget.serving();

    private static int csts(TestQueue admin) {
        return admin.send(Sq.propertyGet(Property.CSTS, 0)).dw0();
    }

    @Test
    void aConfigurationThatThereIsNotIsFatal() {
        TestQueue admin = t.accept(0);
        admin.connect(0, TestTarget.connectData(NQN, HOST, 0xFFFF));
        admin.send(Sq.propertySet(Property.CC, Property.CC_EN));
        assertEquals(Property.CSTS_CFS, csts(admin));
    }

    @Test
    void adminCommandsNeedAnEnabledController() {
        TestQueue admin = t.accept(0);
        admin.connect(0, TestTarget.connectData(NQN, HOST, 0xFFFF));
        assertEquals(
                Status.COMMAND_SEQUENCE_ERROR | Status.DNR,
                admin.read(Sq.identify(1, 0), 4096).status());
        assertEquals(
                Status.SUCCESS, admin.send(Sq.command(Opcode.KEEP_ALIVE, 0)).status());
    }

    @Test
    void aResetIsOverWhenTheIoQueuesAreGone() {
        TestQueue admin = t.admin();
        TestQueue io = t.io(admin, 1, 1);
        TestRequest aer = admin.send(Sq.admin(Opcode.ASYNC_EVENT_REQUEST, 0, 0));
        admin.send(Sq.propertySet(Property.CC, ENABLE & ~Property.CC_EN));
        assertEquals(Status.ABORTED_SQ_DELETION, aer.status());
        assertEquals(Property.CSTS_RDY, csts(admin));
        t.settle();
        assertTrue(io.isClosed());
        assertEquals(0, csts(admin));
        TestTarget.enable(admin);
        assertEquals(Property.CSTS_RDY, csts(admin));
    }

    @Test
    void aHostThatDoesNotWaitForItsResetIsReadyAllTheSame() {
        TestQueue admin = t.admin();
        t.io(admin, 1, 1);
        admin.send(Sq.propertySet(Property.CC, 0));
        TestTarget.enable(admin);
        t.settle();
        assertEquals(Property.CSTS_RDY, csts(admin));
        assertEquals(0, t.controllers().getFirst().ioQueues());
    }

    @Test
    void aTimeoutThatIsSetAnewStopsTheOldVerdict() {
        TestQueue admin = t.admin(NQN, HOST, 10_000);
        t.reactors.forEach(r -> r.pass(Duration.ofSeconds(11).toNanos()));
        t.reactors.get(0).turn();
        admin.send(Sq.admin(Opcode.SET_FEATURES, Feature.KEEP_ALIVE_TIMER, 0));
        t.pass(Duration.ofHours(1));
        assertFalse(admin.isDisconnected());
    }

    @Test
    void aShutdownCompletesWhenTheIoQueuesAreGone() {
        TestQueue admin = t.admin();
        t.io(admin, 1, 1);
        admin.send(Sq.propertySet(Property.CC, ENABLE | 1 << 14));
        assertEquals(Property.CSTS_SHST_OCCURRING, csts(admin) & Property.CSTS_SHST_MASK);
        t.settle();
        assertEquals(Property.CSTS_SHST_COMPLETE, csts(admin) & Property.CSTS_SHST_MASK);
        assertFalse(admin.isDisconnected());
    }

    @Test
    void keepAliveIsRoundedUpToWhatIsGranted() {
        TestQueue admin = t.admin(NQN, HOST, 5000);
        TestRequest get = admin.send(Sq.admin(Opcode.GET_FEATURES, Feature.KEEP_ALIVE_TIMER, 0));
        assertEquals(10_000, get.dw0());
        admin.send(Sq.admin(Opcode.SET_FEATURES, Feature.KEEP_ALIVE_TIMER, 10_001));
        assertEquals(
                20_000,
                admin.send(Sq.admin(Opcode.GET_FEATURES, Feature.KEEP_ALIVE_TIMER, 0))
                        .dw0());
    }

    @Test
    void aSilentHostLosesItsController() {
        TestQueue admin = t.admin(NQN, HOST, 10_000);
        TestQueue io = t.io(admin, 1, 1);
        t.pass(Duration.ofSeconds(11));
        assertTrue(admin.isClosed());
        assertTrue(io.isClosed());
        assertTrue(t.controllers().isEmpty());
    }

    @Test
    void anyCommandKeepsTheControllerAlive() {
        TestQueue admin = t.admin(NQN, HOST, 10_000);
        TestQueue io = t.io(admin, 1, 1);
        for (int i = 0; i < 5; i++) {
            t.pass(Duration.ofSeconds(9));
            io.send(Sq.command(Opcode.FLUSH, 1));
        }
        assertFalse(admin.isDisconnected());
    }

    @Test
    void aCommandThatWaitedThroughAStallOfOursCounts() {
        TestQueue admin = t.admin(NQN, HOST, 10_000);
        TestQueue io = t.io(admin, 1, 1);
        t.reactors.forEach(r -> r.pass(Duration.ofSeconds(60).toNanos()));
        t.reactors.get(0).turn(); // the timer finds that it is over time, and asks every reactor to turn once more
        io.send(Sq.command(Opcode.FLUSH, 1)); // which finds this in its socket
        t.settle();
        assertFalse(admin.isDisconnected());
        t.pass(Duration.ofSeconds(11));
        assertTrue(admin.isClosed());
    }

    @Test
    void aHostWithoutKeepAliveStays() {
        TestQueue admin = t.admin();
        t.pass(Duration.ofHours(1));
        assertFalse(admin.isDisconnected());
    }

    @Test
    void aControllerThatIsNeverEnabledEndsAfterTwoMinutes() {
        TestQueue admin = t.accept(0);
        admin.connect(0, TestTarget.connectData(NQN, HOST, 0xFFFF));
        t.pass(Duration.ofSeconds(119));
        assertFalse(admin.isDisconnected());
        t.pass(Duration.ofSeconds(2));
        assertTrue(admin.isClosed());
    }

    @Test
    void aHostHasTwoMinutesToEnableWhatItHasResetWhateverItsKeepAlive() {
        TestQueue admin = t.admin(NQN, HOST, 10_000);
        admin.send(Sq.propertySet(Property.CC, ENABLE & ~Property.CC_EN));
        t.pass(Duration.ofSeconds(119));
        assertFalse(admin.isDisconnected());
        TestTarget.enable(admin);
        t.pass(Duration.ofSeconds(9));
        assertFalse(admin.isDisconnected());
        t.pass(Duration.ofSeconds(2));
        assertTrue(admin.isClosed());
    }

    @Test
    void aControllerThatWasShutDownEndsAfterTwoMinutes() {
        TestQueue admin = t.admin(NQN, HOST, 0);
        admin.send(Sq.propertySet(Property.CC, ENABLE | 1 << 14));
        t.pass(Duration.ofSeconds(121));
        assertTrue(admin.isClosed());
    }

    @Test
    void aControllerThatIsShutDownTakesNoQueues() {
        TestQueue admin = t.admin();
        admin.send(Sq.propertySet(Property.CC, ENABLE | 1 << 14));
        TestRequest r = t.accept(1)
                .connect(1, TestTarget.connectData(NQN, HOST, admin.pair().cntlid()));
        assertEquals(Status.COMMAND_SEQUENCE_ERROR, r.status());
    }
}
