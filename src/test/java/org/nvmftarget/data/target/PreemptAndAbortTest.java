package org.nvmftarget.data.target;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.nvmftarget.data.target.TestHost.ok;

import org.junit.jupiter.api.Test;
import org.nvmftarget.data.bdev.BdevStatus;
import org.nvmftarget.data.nvme.Reservation;
import org.nvmftarget.data.nvme.Status;
import org.nvmftarget.data.reservation.ReservationType;

/** Reservation Acquire with Preempt and Abort: what the other hosts have under way ends before it does. */
class PreemptAndAbortTest {

    private static final int CONFLICT = Status.RESERVATION_CONFLICT | Status.DNR;
    private static final ReservationType WE = ReservationType.WRITE_EXCLUSIVE;
    private static final ReservationType EA = ReservationType.EXCLUSIVE_ACCESS;

    private final TestTarget t = TestTarget.serving();
    private final TestHost a = TestHost.of(t, 1, 0);
    private final TestHost b = TestHost.of(t, 2, 1);

    @Test
    void preemptAndAbortEndsWhatIsHeldAndWaitsForWhatIsUnderWay() {
        SlowBdev slow = t.addSlowNamespace(2);
        ok(a.register(2, Reservation.REGISTER, 0, 1));
        ok(b.register(2, Reservation.REGISTER, 0, 2));
        TestRequest underWay = b.writeZeroes(2);
        TestRequest elsewhere = b.read();
        assertTrue(elsewhere.isAnswered());
        TestRequest abort = a.acquire(2, Reservation.PREEMPT_AND_ABORT, WE, 1, 2);
        assertFalse(abort.isAnswered());
        assertEquals(0, b.read().status(), "another namespace is not concerned");
        slow.completeOne(BdevStatus.OK);
        t.settle();
        ok(underWay);
        ok(abort);
    }

    @Test
    void preemptAndAbortDoesNotWaitForOthers() {
        SlowBdev slow = t.addSlowNamespace(2);
        TestHost c = TestHost.of(t, 3, 1);
        ok(a.register(2, Reservation.REGISTER, 0, 1));
        ok(b.register(2, Reservation.REGISTER, 0, 2));
        ok(c.register(2, Reservation.REGISTER, 0, 3));
        TestRequest others = c.writeZeroes(2);
        ok(a.acquire(2, Reservation.PREEMPT_AND_ABORT, WE, 1, 2));
        assertFalse(others.isAnswered());
        slow.completeAll();
    }

    @Test
    void preemptAloneWaitsForNothing() {
        SlowBdev slow = t.addSlowNamespace(2);
        ok(a.register(2, Reservation.REGISTER, 0, 1));
        ok(b.register(2, Reservation.REGISTER, 0, 2));
        TestRequest underWay = b.writeZeroes(2);
        ok(a.acquire(2, Reservation.PREEMPT, WE, 1, 2));
        assertFalse(underWay.isAnswered());
        slow.completeAll();
    }

    @Test
    void twoPreemptAndAbortsMayWaitForOneCommand() {
        SlowBdev slow = t.addSlowNamespace(2);
        TestHost c = TestHost.of(t, 3, 0);
        ok(a.register(2, Reservation.REGISTER, 0, 1));
        ok(b.register(2, Reservation.REGISTER, 0, 2));
        ok(c.register(2, Reservation.REGISTER, 0, 3));
        TestRequest underWay = b.writeZeroes(2);
        TestRequest first = a.acquire(2, Reservation.PREEMPT_AND_ABORT, WE, 1, 2);
        ok(b.register(2, Reservation.REGISTER, 0, 2));
        TestRequest second = c.acquire(2, Reservation.PREEMPT_AND_ABORT, WE, 3, 2);
        assertFalse(first.isAnswered() || second.isAnswered());
        slow.completeAll();
        t.settle();
        ok(underWay);
        ok(first);
        ok(second);
    }

    @Test
    void hostsThatAbortEachOtherOnTwoNamespacesDoNotWaitForEachOther() {
        SlowBdev slow = t.addSlowNamespace(2);
        for (int nsid = 1; nsid <= 2; nsid++) {
            ok(a.register(nsid, Reservation.REGISTER, 0, 1));
            ok(b.register(nsid, Reservation.REGISTER, 0, 2));
        }
        TestRequest underWay = b.writeZeroes(2);
        TestRequest waits = a.acquire(2, Reservation.PREEMPT_AND_ABORT, WE, 1, 2);
        ok(b.acquire(1, Reservation.PREEMPT_AND_ABORT, WE, 2, 1));
        slow.completeAll();
        t.settle();
        ok(underWay);
        ok(waits);
    }

    @Test
    void preemptAndAbortEndsWhatAPauseHolds() {
        ok(a.register(1));
        ok(b.register(2));
        t.helpersRun = false;
        TestRequest abort = a.acquire(1, Reservation.PREEMPT_AND_ABORT, WE, 1, 2);
        t.pause(1);
        TestRequest held = b.read();
        TestRequest others = a.read();
        t.helpersRun = true;
        t.settle();
        ok(abort);
        assertEquals(Status.ABORTED_PREEMPT_AND_ABORT, held.status());
        assertFalse(others.isAnswered());
        t.resume();
        ok(others);
    }

    @Test
    void aPauseOfAdminCommandsLetsReservationCommandsRun() {
        t.pause();
        ok(a.register(1));
        ok(a.acquire(EA, 1));
        assertEquals(CONFLICT, b.read().status());
        t.resume();
    }
}
