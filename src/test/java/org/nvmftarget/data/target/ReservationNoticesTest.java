package org.nvmftarget.data.target;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.nvmftarget.data.target.TestHost.ok;

import org.junit.jupiter.api.Test;
import org.nvmftarget.data.nvme.AsyncEvent;
import org.nvmftarget.data.nvme.Feature;
import org.nvmftarget.data.nvme.Reservation;
import org.nvmftarget.data.reservation.ReservationType;

/** Who is told of what another host has done to the namespace: log page 80h and its event. */
class ReservationNoticesTest {

    private static final ReservationType WE = ReservationType.WRITE_EXCLUSIVE;
    private static final ReservationType WERO = ReservationType.WRITE_EXCLUSIVE_REGISTRANTS_ONLY;

    private final TestTarget t = TestTarget.serving();
    private final TestHost a = TestHost.of(t, 1, 0);
    private final TestHost b = TestHost.of(t, 2, 1);

    @Test
    void whoLosesHisRegistrationIsTold() {
        TestHost c = TestHost.of(t, 3, 1);
        ok(a.register(1));
        ok(b.register(2));
        ok(c.register(3));
        TestRequest event = b.eventRequest();
        TestRequest none = c.eventRequest();
        ok(a.acquire(1, Reservation.PREEMPT, WE, 1, 2));
        assertEquals(AsyncEvent.RESERVATION_LOG_AVAILABLE, event.dw0());
        assertFalse(none.isAnswered());
        assertEquals("1 1 0 1", b.notification(false));
        assertEquals("0 0 0 0", b.notification(false));
        assertEquals("0 0 0 0", c.notification(false));
    }

    @Test
    void everyControllerOfTheHostIsToldAndNotTheOneThatDidIt() {
        TestHost second = TestHost.of(t, 2, 0);
        ok(a.register(1));
        ok(b.register(2));
        ok(a.acquire(WERO, 1));
        ok(a.release(WERO, 1));
        assertEquals("1 2 0 1", b.notification(false));
        assertEquals("1 2 0 1", second.notification(false));
        assertEquals("0 0 0 0", a.notification(false));
        ok(a.clear(1));
        assertEquals("2 3 0 1", b.notification(false));
    }

    @Test
    void theLogIsReadFromItsOldestOn() {
        ok(a.register(1));
        ok(b.register(2));
        for (int i = 0; i < 3; i++) {
            ok(a.acquire(WERO, 1));
            ok(a.release(WERO, 1));
        }
        assertEquals("1 2 2 1", b.notification(true));
        assertEquals("1 2 2 1", b.notification(false));
        assertEquals("2 2 1 1", b.notification(false));
        assertEquals("3 2 0 1", b.notification(false));
        assertEquals("0 0 0 0", b.notification(false));
    }

    @Test
    void theEventComesAgainOnlyAfterTheLogWasRead() {
        ok(a.register(1));
        ok(b.register(2));
        TestRequest first = b.eventRequest();
        TestRequest second = b.eventRequest();
        ok(a.acquire(WERO, 1));
        ok(a.release(WERO, 1));
        assertTrue(first.isAnswered());
        b.notification(true);
        ok(a.acquire(WERO, 1));
        ok(a.release(WERO, 1));
        assertFalse(second.isAnswered());
        b.notification(false);
        ok(a.acquire(WERO, 1));
        ok(a.release(WERO, 1));
        assertTrue(second.isAnswered());
    }

    @Test
    void whatTheLogHasNoRoomForLeavesAGap() {
        ok(a.register(1));
        ok(b.register(2));
        for (int i = 0; i < 257; i++) {
            ok(a.acquire(WERO, 1));
            ok(a.release(WERO, 1));
        }
        assertEquals("1 2 254 1", b.notification(false));
        ok(a.acquire(WERO, 1));
        ok(a.release(WERO, 1));
        for (int i = 2; i <= 255; i++) {
            assertEquals(i + " 2 " + (256 - i) + " 1", b.notification(false));
        }
        assertEquals("258 2 0 1", b.notification(false));
    }

    @Test
    void whatIsMaskedComesToNoOne() {
        ok(a.register(1));
        ok(b.register(2));
        ok(b.setFeature(Feature.RESERVATION_NOTIFICATION_MASK, 1, 1 << 2));
        assertEquals(
                1 << 2, a.getFeature(Feature.RESERVATION_NOTIFICATION_MASK, 1).dw0());
        ok(a.acquire(WERO, 1));
        ok(a.release(WERO, 1));
        assertEquals("0 0 0 0", b.notification(false));
        ok(a.clear(1));
        assertEquals("1 3 0 1", b.notification(false));
    }
}
