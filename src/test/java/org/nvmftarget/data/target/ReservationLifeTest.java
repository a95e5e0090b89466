package org.nvmftarget.data.target;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.nvmftarget.data.target.TestHost.ok;

import org.junit.jupiter.api.Test;
import org.nvmftarget.data.nvme.Opcode;
import org.nvmftarget.data.nvme.Reservation;
import org.nvmftarget.data.nvme.Status;
import org.nvmftarget.data.reservation.ReservationType;
import org.nvmftarget.model.Nsid;
import org.nvmftarget.model.Step;

/** Reservation commands and what they have set, while namespaces, queues and the target come and go. */
class ReservationLifeTest {

    private static final int CONFLICT = Status.RESERVATION_CONFLICT | Status.DNR;
    private static final int INVALID_NAMESPACE = Status.INVALID_NAMESPACE_OR_FORMAT | Status.DNR;
    private static final ReservationType WE = ReservationType.WRITE_EXCLUSIVE;
    private static final ReservationType EA = ReservationType.EXCLUSIVE_ACCESS;

    private final TestTarget t = TestTarget.serving();
    private final TestHost a = TestHost.of(t, 1, 0);
    private final TestHost b = TestHost.of(t, 2, 1);

    @Test
    void aPauseOfTheNamespaceHoldsReservationCommands() {
        ok(a.register(1));
        t.pause(1);
        TestRequest held = a.acquire(EA, 1);
        TestRequest alsoHeld = b.read();
        assertFalse(held.isAnswered() || alsoHeld.isAnswered());
        t.resume();
        t.settle();
        ok(held);
        assertTrue(alsoHeld.isAnswered());
        assertEquals(CONFLICT, b.read().status());
    }

    @Test
    void aRemovedNamespaceTakesItsReservationsAlong() {
        ok(a.register(1));
        ok(a.acquire(EA, 1));
        t.done(new Step.RemoveNamespace(TestTarget.NQN, new Nsid(1)));
        assertEquals(INVALID_NAMESPACE, a.release(EA, 1).status());
        t.done(new Step.AddNamespace(TestTarget.NQN, TestTarget.namespace(1, "disk0")));
        ok(b.write());
        assertEquals("00".repeat(64), a.report(1, 64));
    }

    @Test
    void aCommandUnderWayWhenItsNamespaceGoesEndsOnce() {
        byte[] keys = new byte[16];
        keys[8] = 1;
        TestRequest register = a.io.write(Sq.reservation(Opcode.RESERVATION_REGISTER, 1, 0), keys);
        assertFalse(register.isAnswered());
        t.done(new Step.RemoveNamespace(TestTarget.NQN, new Nsid(1)));
        t.settle();
        assertTrue(register.status() == 0 || register.status() == INVALID_NAMESPACE);
    }

    @Test
    void aQueueThatGoesWaitsForItsCommand() {
        byte[] keys = new byte[16];
        keys[8] = 1;
        TestRequest register = a.io.write(Sq.reservation(Opcode.RESERVATION_REGISTER, 1, 0), keys);
        a.io.drop();
        assertFalse(register.isAnswered());
        t.settle();
        ok(register);
        assertEquals("01000000" + "00" + "0100", b.report(1, 64).substring(0, 14));
    }

    @Test
    void aSubsystemIsRemovedBehindItsCommands() {
        byte[] keys = new byte[16];
        keys[8] = 1;
        TestRequest register = a.io.write(Sq.reservation(Opcode.RESERVATION_REGISTER, 1, 0), keys);
        t.done(new Step.RemoveSubsystem(TestTarget.NQN));
        ok(register);
        assertTrue(t.controllers().isEmpty());
    }

    @Test
    void aTargetStopsBehindItsCommands() {
        SlowBdev slow = t.addSlowNamespace(2);
        ok(a.register(2, Reservation.REGISTER, 0, 1));
        ok(b.register(2, Reservation.REGISTER, 0, 2));
        TestRequest underWay = b.writeZeroes(2);
        TestRequest abort = a.acquire(2, Reservation.PREEMPT_AND_ABORT, WE, 1, 2);
        t.helpersRun = false;
        TestRequest register = a.register(7);
        slow.completeAll();
        t.helpersRun = true;
        t.target.stop(TestTarget.TIMEOUT);
        ok(underWay);
        ok(abort);
        ok(register);
        assertTrue(slow.closed);
    }

    @Test
    void aResizeWhileACommandIsUnderWayKeepsWhatItReserves() {
        ok(a.register(1));
        t.helpersRun = false;
        TestRequest acquire = a.acquire(EA, 1);
        t.apply(new Step.ResizeBdev("disk0", 512L * TestTarget.BLOCK));
        t.helpersRun = true;
        t.settle();
        ok(acquire);
        t.done(new Step.ResizeBdev("disk0", 2048L * TestTarget.BLOCK));
        assertEquals(CONFLICT, b.read().status());
        ok(a.read());
    }

    @Test
    void aStepInBetweenKeepsWhatIsReserved() {
        ok(a.register(1));
        ok(a.acquire(EA, 1));
        t.done(new Step.AddListener(TestTarget.NQN, TestTarget.OTHER_ADDRESS));
        t.done(new Step.ResizeBdev("disk0", 2048L * TestTarget.BLOCK));
        t.done(new Step.ResizeBdev("disk0", 512L * TestTarget.BLOCK));
        t.pause(1);
        t.resume();
        assertEquals(CONFLICT, b.read().status());
    }
}
