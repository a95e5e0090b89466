package org.nvmftarget.data.target;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.nvmftarget.data.bdev.BdevStatus;
import org.nvmftarget.data.nvme.AsyncEvent;
import org.nvmftarget.data.nvme.Feature;
import org.nvmftarget.data.nvme.LogPage;
import org.nvmftarget.data.nvme.Opcode;
import org.nvmftarget.data.nvme.Property;
import org.nvmftarget.data.nvme.Status;
import org.nvmftarget.data.nvme.Wire;
import org.nvmftarget.model.Step;

/** Asynchronous Event Requests, their limit, and how events are masked (NVMe Base specification 2.0, section 5.2). */
class AsyncEventsTest {

    private final TestTarget t = TestTarget.serving();
    private final TestQueue admin = t.admin();

    private TestRequest aer() {
        return admin.send(Sq.admin(Opcode.ASYNC_EVENT_REQUEST, 0, 0));
    }

    private void threshold(int kelvin) {
        admin.send(Sq.admin(Opcode.SET_FEATURES, Feature.TEMPERATURE_THRESHOLD, kelvin));
    }

    private void config(int value) {
        admin.send(Sq.admin(Opcode.SET_FEATURES, Feature.ASYNC_EVENT_CONFIGURATION, value));
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
    void anEventThatWaitsIsNotSentOnceItIsSwitchedOff() {
        t.addSlowNamespace(5);
        config(0);
        TestRequest aer = aer();
        assertFalse(aer.isAnswered());
        config(AsyncEvent.CONFIG_NAMESPACE_CHANGED);
        assertFalse(aer.isAnswered());
        t.addSlowNamespace(6);
        assertEquals(AsyncEvent.NAMESPACE_CHANGED, aer.dw0());
    }

    @Test
    void anEventThatWasSentStaysMaskedWhileItIsSwitchedOffAndOn() {
        t.addSlowNamespace(5);
        assertEquals(AsyncEvent.NAMESPACE_CHANGED, aer().dw0());
        config(0);
        config(AsyncEvent.CONFIG_NAMESPACE_CHANGED);
        TestRequest next = aer();
        t.addSlowNamespace(6);
        assertFalse(next.isAnswered());
        admin.read(Sq.changedNamespaces(false), 4096);
        t.addSlowNamespace(7);
        assertEquals(AsyncEvent.NAMESPACE_CHANGED, next.dw0());
    }

    /** NVMe Base specification 2.0, section 5.2: error events are not for commands that fail. */
    @Test
    void aCommandThatFailsIsNoEvent() {
        config(AsyncEvent.CONFIG_NAMESPACE_CHANGED | AsyncEvent.CONFIG_SMART_MASK);
        TestRequest aer = aer();
        assertTrue(admin.send(Sq.command(0x7E, 0)).hasMore());
        SlowBdev slow = t.addSlowNamespace(5);
        assertEquals(AsyncEvent.NAMESPACE_CHANGED, aer.dw0());
        TestRequest next = aer();
        TestRequest read = t.io(admin, 1, 1).read(Sq.io(Opcode.READ, 5, 0, 1), TestTarget.BLOCK);
        slow.completeOne(BdevStatus.IO_ERROR);
        assertEquals(Status.UNRECOVERED_READ_ERROR, read.status());
        assertFalse(next.isAnswered());
    }

    @Test
    void aResizedNamespaceIsTold() {
        TestRequest aer = aer();
        t.done(new Step.ResizeBdev("disk0", 2048L * TestTarget.BLOCK));
        assertEquals(AsyncEvent.NAMESPACE_CHANGED, aer.dw0());
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

    @Test
    void eventsOfSeveralKindsWaitInOrder() {
        config(AsyncEvent.CONFIG_NAMESPACE_CHANGED | LogPage.WARNING_TEMPERATURE);
        threshold(300);
        t.addSlowNamespace(5);
        assertEquals(AsyncEvent.TEMPERATURE, aer().dw0());
        assertEquals(AsyncEvent.NAMESPACE_CHANGED, aer().dw0());
        assertFalse(aer().isAnswered());
    }

    @Test
    void aWarningIsMaskedUntilHealthIsRead() {
        config(LogPage.WARNING_TEMPERATURE);
        TestRequest first = aer();
        threshold(300);
        assertEquals(AsyncEvent.TEMPERATURE, first.dw0());
        TestRequest second = aer();
        threshold(400);
        threshold(300);
        assertFalse(second.isAnswered());
        admin.read(Sq.log(LogPage.SMART, 512, 0, true), 512);
        threshold(400);
        threshold(300);
        assertFalse(second.isAnswered());
        admin.read(Sq.log(LogPage.SMART, 512, 0, false), 512);
        threshold(400);
        threshold(300);
        assertEquals(AsyncEvent.TEMPERATURE, second.dw0());
    }

    @Test
    void aWarningThatIsSwitchedOffIsNotSent() {
        config(0);
        TestRequest aer = aer();
        threshold(300);
        assertFalse(aer.isAnswered());
    }

    @Test
    void anEventThatNoOneFetchedIsForgottenWhenItsLogIsRead() {
        config(AsyncEvent.CONFIG_NAMESPACE_CHANGED);
        t.addSlowNamespace(5);
        admin.read(Sq.changedNamespaces(false), 4096);
        assertFalse(aer().isAnswered());
    }

    @Test
    void aResetGivesRequestsBackAndForgetsEvents() {
        TestRequest waiting = aer();
        admin.send(Sq.propertySet(Property.CC, 0));
        assertEquals(Status.ABORTED_SQ_DELETION, waiting.status());
        TestTarget.enable(admin);
        assertFalse(aer().isAnswered());
    }

    @Test
    void aRequestBeyondTheLimitIsInTheErrorLog() {
        for (int i = 0; i < 4; i++) {
            aer();
        }
        TestRequest fifth = aer();
        assertEquals(Status.ASYNC_EVENT_REQUEST_LIMIT_EXCEEDED | Status.DNR, fifth.status());
        assertTrue(fifth.hasMore());
    }
}
