package org.nvmftarget.verbs;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.ValueLayout;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.nvmftarget.data.ffi.verbs.AsyncEvent;
import org.nvmftarget.data.ffi.verbs.QueuePairSpec;
import org.nvmftarget.data.ffi.verbs.SendWr;
import org.nvmftarget.data.ffi.verbs.VerbsException;

/** The provider itself has the semantics that it claims, with every seed. */
class SoftVerbsTest {

    private static final int SIGNALED = SendWr.SIGNALED;

    private static Connected established(long seed) throws VerbsException {
        Connected c = new Connected(seed);
        c.establish();
        return c;
    }

    private static List<Long> ids(List<Connected.Done> done) {
        return done.stream().map(Connected.Done::wrId).toList();
    }

    @Property(tries = 20)
    void sendsArriveAndCompleteInTheOrderOfTheirPosts(@ForAll long seed) throws VerbsException {
        Connected c = established(seed);
        for (int i = 0; i < 4; i++) {
            c.slot(i).fill((byte) i);
            assertEquals(0, c.qp.postSend(c.send(i, SendWr.SEND, SIGNALED, i)));
        }
        assertEquals(List.of(0L, 1L, 2L, 3L), ids(c.settle()));
        assertEquals(
                List.of(0, 1, 2, 3), c.messages.stream().map(m -> (int) m[7]).toList());
    }

    @Property(tries = 20)
    void aWriteIsThereBeforeTheSendBehindItArrives(@ForAll long seed) throws VerbsException {
        Connected c = established(seed);
        HostMemory.Buffer buffer = c.hostBuffer(0, Connected.SLOT);
        c.slot(0).fill((byte) 5);
        SendWr write = c.send(1, SendWr.RDMA_WRITE, 0, 0);
        write.remote(buffer.address(), buffer.key());
        SendWr send = c.send(2, SendWr.SEND, SIGNALED, 1);
        write.next(send);
        assertEquals(0, c.qp.postSend(write));
        assertTrue(c.world.runUntil(() -> !c.messages.isEmpty(), Connected.SECOND));
        assertEquals(5, buffer.bytes()[Connected.SLOT - 1]);
        assertEquals(List.of(2L), ids(c.settle()));
    }

    @Property(tries = 20)
    void aReadBringsThePeersDataAndNoMoreAreUnderWayThanAgreed(@ForAll long seed) throws VerbsException {
        Connected c = established(seed);
        for (int i = 0; i < 4; i++) {
            HostMemory.Buffer buffer = c.hostBuffer(10 + i, Connected.SLOT);
            SendWr read = c.send(i, SendWr.RDMA_READ, SIGNALED, i);
            read.remote(buffer.address(), buffer.key());
            assertEquals(0, c.qp.postSend(read));
        }
        assertEquals(List.of(0L, 1L, 2L, 3L), ids(c.settle()));
        for (int i = 0; i < 4; i++) {
            assertEquals(10 + i, c.slot(i).get(ValueLayout.JAVA_BYTE, 100));
        }
    }

    @Test
    void aReadFillsItsLocalBuffersOneAfterAnother() throws VerbsException {
        Connected c = established(1);
        HostMemory.Buffer buffer = c.hostBuffer(3, 2 * Connected.SLOT);
        buffer.bytes()[Connected.SLOT] = 99;
        SendWr read = c.send(1, SendWr.RDMA_READ, SIGNALED, 4);
        read.addLocal(c.region, 9L * Connected.SLOT, Connected.SLOT);
        read.remote(buffer.address(), buffer.key());
        assertEquals(0, c.qp.postSend(read));
        c.settle();
        assertEquals(3, c.slot(4).get(ValueLayout.JAVA_BYTE, Connected.SLOT - 1));
        assertEquals(99, c.slot(9).get(ValueLayout.JAVA_BYTE, 0));
    }

    @Test
    void aPlaceInTheSendQueueIsFreeOnlyWhenItsCompletionWasSeen() throws VerbsException {
        Connected c = established(2);
        for (int i = 0; i < 4; i++) {
            assertEquals(0, c.qp.postSend(c.send(i, SendWr.SEND, i == 3 ? SIGNALED : 0, i)));
        }
        c.world.pass(Connected.SECOND);
        assertEquals(VerbsException.ENOMEM, c.qp.postSend(c.send(4, SendWr.SEND, SIGNALED, 4)));
        assertEquals(List.of(3L), ids(c.poll()));
        assertEquals(0, c.qp.postSend(c.send(4, SendWr.SEND, SIGNALED, 4)));
    }

    @Test
    void aReceiveQueueTakesNoMoreThanItHolds() throws VerbsException {
        Connected c = established(3);
        c.postReceives(4);
        assertEquals(VerbsException.ENOMEM, c.qp.postRecv(c.receive(9, 60)));
    }

    @Property(tries = 20)
    void aMessageWithoutAReceiveIsTriedAgain(@ForAll long seed) throws VerbsException {
        Connected c = established(seed);
        c.link.send(new byte[] {42});
        c.world.pass(Connected.SECOND);
        assertEquals(List.of(), c.poll());
        c.postReceives(1);
        List<Connected.Done> done = c.settle();
        assertEquals(List.of(new Connected.Done(0, 0, 1)), done);
        assertEquals(42, c.slot(32).get(ValueLayout.JAVA_BYTE, 0));
    }

    @Test
    void whereTheHostHasNoReceiveTheRetriesRunOutIfTheyAreCounted() throws VerbsException {
        Connected c = established(4);
        ((SoftQueuePair) c.qp).rnrRetries = 2;
        for (int i = 0; i < 16; i++) {
            assertEquals(0, c.qp.postSend(c.send(i, SendWr.SEND, SIGNALED, 0)));
            c.settle();
        }
        assertEquals(0, c.qp.postSend(c.send(16, SendWr.SEND, SIGNALED, 0)));
        assertEquals(List.of(new Connected.Done(16, Wc.RNR_RETRY_EXCEEDED, Connected.SLOT)), c.settle());
    }

    @Property(tries = 20)
    void inTheErrorStateEverythingIsFlushedInOrder(@ForAll long seed) throws VerbsException {
        Connected c = established(seed);
        c.postReceives(4);
        HostMemory.Buffer buffer = c.hostBuffer(1, Connected.SLOT);
        c.link.vanish();
        for (int i = 0; i < 3; i++) {
            SendWr read = c.send(10 + i, i == 1 ? SendWr.SEND : SendWr.RDMA_READ, 0, i);
            read.remote(buffer.address(), buffer.key());
            assertEquals(0, c.qp.postSend(read));
        }
        c.qp.flush();
        List<Connected.Done> done = c.settle();
        assertTrue(done.stream().allMatch(d -> d.status() == Wc.FLUSHED), done::toString);
        assertEquals(
                List.of(10L, 11L, 12L), ids(done).stream().filter(i -> i >= 10).toList());
        assertEquals(
                List.of(0L, 1L, 2L, 3L), ids(done).stream().filter(i -> i < 10).toList());
        assertEquals(0, c.world.dma().count());
    }

    @Test
    void workThatIsPostedInTheErrorStateIsFlushed() throws VerbsException {
        Connected c = established(5);
        c.qp.flush();
        assertEquals(0, c.qp.postSend(c.send(1, SendWr.SEND, 0, 0)));
        c.postReceives(1);
        assertEquals(2, c.settle().size());
    }

    @Test
    void aKeyThatIsNoneBreaksTheConnection() throws VerbsException {
        Connected c = established(6);
        c.memory.allowMistakes();
        SendWr write = c.send(1, SendWr.RDMA_WRITE, 0, 0);
        write.remote(0x1000, 77);
        assertEquals(0, c.qp.postSend(write));
        assertEquals(List.of(new Connected.Done(1, Wc.REMOTE_ACCESS, Connected.SLOT)), c.settle());
        assertEquals(1, c.ends.size());
        assertEquals(RcEndpoint.State.ERR, ((SoftQueuePair) c.qp).state());
    }

    @Test
    void anAccessBeyondAHostsBufferIsAViolation() throws VerbsException {
        Connected c = established(7);
        HostMemory.Buffer buffer = c.hostBuffer(0, Connected.SLOT - 1);
        SendWr write = c.send(1, SendWr.RDMA_WRITE, 0, 0);
        write.remote(buffer.address(), buffer.key());
        assertThrows(AssertionError.class, () -> {
            assertEquals(0, c.qp.postSend(write));
            c.settle();
        });
        assertEquals(1, c.world.violations().size());
    }

    @Test
    void aSendWithInvalidateTakesTheKeyBackWithTheMessage() throws VerbsException {
        Connected c = established(8);
        HostMemory.Buffer buffer = c.hostBuffer(0, 16);
        SendWr send = c.send(1, SendWr.SEND_WITH_INV, SIGNALED, 0);
        send.invalidate(buffer.key());
        assertEquals(0, c.qp.postSend(send));
        c.settle();
        assertFalse(buffer.isValid());
        assertEquals(List.of(buffer.key()), c.invalidated);
    }

    @Test
    void aMessageLongerThanTheReceiveBreaksTheConnection() throws VerbsException {
        Connected c = established(9);
        c.postReceives(1);
        c.link.send(new byte[Connected.SLOT + 1]);
        assertEquals(List.of(new Connected.Done(0, Wc.LOCAL_LENGTH, 0)), c.settle());
        assertEquals(RcEndpoint.State.ERR, ((SoftQueuePair) c.qp).state());
    }

    @Test
    void memoryOfAnotherDomainIsNotTheQueuePairsToUse() throws VerbsException {
        Connected c = established(10);
        var other = c.device.allocateProtectionDomain().register(c.slot(50));
        SendWr send = c.send(1, SendWr.SEND, SIGNALED, 0);
        send.local(other, 0, 16);
        assertEquals(0, c.qp.postSend(send));
        assertEquals(Wc.LOCAL_PROTECTION, c.settle().getFirst().status());
    }

    @Test
    void workThatIsNotSignaledTellsOfItsFailureAlone() throws VerbsException {
        Connected c = established(11);
        assertEquals(0, c.qp.postSend(c.send(1, SendWr.SEND, 0, 0)));
        assertEquals(List.of(), c.settle());
        c.link.breakQueuePair();
        assertEquals(0, c.qp.postSend(c.send(2, SendWr.SEND, 0, 0)));
        assertEquals(Wc.RETRY_EXCEEDED, c.settle().getFirst().status());
    }

    @Test
    void sendsBeforeTheConnectionAreRefusedAndReceivesAreNot() throws VerbsException {
        Connected c = new Connected(12);
        assertEquals(VerbsException.EINVAL, c.qp.postSend(c.send(1, SendWr.SEND, 0, 0)));
        c.postReceives(2);
        assertThrows(VerbsException.class, () -> c.qp.setMinRnrTimer(12));
    }

    @Test
    void anArmedQueueAnnouncesOnce() throws VerbsException {
        Connected c = established(13);
        c.cq.arm();
        for (int i = 0; i < 3; i++) {
            assertEquals(0, c.qp.postSend(c.send(i, SendWr.SEND, SIGNALED, i)));
        }
        c.world.pass(Connected.SECOND);
        assertEquals(1, c.announcements.drain());
        assertEquals(0, c.announcements.drain());
    }

    @Test
    void whatCameBeforeItWasArmedIsNotAnnouncedBySoftRoce() throws VerbsException {
        Connected c = new Connected(14, Flavor.SOFT_ROCE, 64, false);
        c.establish();
        assertEquals(0, c.qp.postSend(c.send(1, SendWr.SEND, SIGNALED, 0)));
        c.world.pass(Connected.SECOND);
        c.cq.arm();
        c.world.pass(Connected.SECOND);
        assertEquals(0, c.announcements.drain());
        assertEquals(1, c.poll().size());
    }

    @Test
    void aCompletionQueueThatOverflowsIsLostWithItsQueuePairs() throws VerbsException {
        Connected c = new Connected(15, Flavor.ADAPTER, 2, false);
        c.establish();
        for (int i = 0; i < 3; i++) {
            assertEquals(0, c.qp.postSend(c.send(i, SendWr.SEND, SIGNALED, i)));
        }
        AsyncEvent event = c.asyncEvent();
        assertEquals(new AsyncEvent(AsyncEvent.Type.CQ_ERR, c.cq.id()), event);
        assertEquals(RcEndpoint.State.ERR, ((SoftQueuePair) c.qp).state());
    }

    @Test
    void aSharedReceiveQueueTellsOnceThatItRunsLow() throws VerbsException {
        Connected c = new Connected(16, Flavor.ADAPTER, 64, true);
        c.postReceives(3);
        c.establish();
        c.shared().armLimit(3);
        c.link.send(new byte[8]);
        c.link.send(new byte[8]);
        assertEquals(2, c.settle().size());
        assertEquals(
                new AsyncEvent(AsyncEvent.Type.SRQ_LIMIT_REACHED, c.shared().id()), c.asyncEvent());
        assertEquals(null, c.device.nextEvent());
    }

    @Test
    void aQueuePairInErrorLeavesTheSharedReceivesAndTellsOfItsLast() throws VerbsException {
        Connected c = new Connected(17, Flavor.ADAPTER, 64, true);
        c.postReceives(4);
        c.establish();
        c.qp.flush();
        AsyncEvent event = c.asyncEvent();
        assertEquals(new AsyncEvent(AsyncEvent.Type.QP_LAST_WQE_REACHED, c.qp.number()), event);
        int flushed = c.settle().size();
        assertTrue(flushed <= 1);
        c.qp.close();
        assertEquals(4 - flushed, c.world.dma().count());
        c.shared().close();
        assertEquals(0, c.world.dma().count());
    }

    @Test
    void workOfARemovedDeviceIsFlushedOrNeverHeardOfAgain() throws VerbsException {
        for (Flavor flavor : List.of(Flavor.ADAPTER, Flavor.SOFT_ROCE)) {
            Connected c = new Connected(18, flavor, 64, false);
            c.postReceives(2);
            c.establish();
            c.rdma.removeDevice("soft0");
            assertEquals(AsyncEvent.Type.DEVICE_FATAL, c.asyncEvent().type());
            assertEquals(flavor.flushesWhenGone() ? 2 : 0, c.settle().size());
            assertEquals(VerbsException.EIO, c.qp.postSend(c.send(1, SendWr.SEND, SIGNALED, 0)));
            assertThrows(VerbsException.class, c.cq::arm);
            assertFalse(c.rdma.heldUp().isEmpty());
        }
    }

    @Test
    void aBufferThatIsPostedIsNotTheProgramsToWrite() throws VerbsException {
        Connected c = established(19);
        c.postReceives(1);
        c.slot(32).set(ValueLayout.JAVA_BYTE, 3, (byte) 1);
        c.link.send(new byte[8]);
        assertThrows(AssertionError.class, c::settle);
        assertEquals(1, c.world.violations().size());
    }

    @Test
    void aBufferIsPostedOnceAtATime() throws VerbsException {
        Connected c = established(20);
        c.postReceives(1);
        assertThrows(AssertionError.class, () -> c.qp.postRecv(c.receive(1, 32)));
    }

    @Test
    void memoryStaysRegisteredAsLongAsADeviceHasIt() throws VerbsException {
        Connected c = established(21);
        c.postReceives(1);
        assertThrows(AssertionError.class, c.region::close);
        c.qp.close();
        c.region.close();
    }

    @Test
    void whatIsInUseIsNotClosedAndWhatIsClosedIsNotUsed() throws VerbsException {
        Connected c = established(22);
        assertThrows(AssertionError.class, c.domain::close);
        assertThrows(AssertionError.class, c.cq::close);
        assertThrows(AssertionError.class, c.announcements::close);
        assertThrows(AssertionError.class, c.id::close);
        assertThrows(AssertionError.class, c.channel::close);
        c.qp.close();
        c.qp.close();
        assertThrows(AssertionError.class, () -> c.qp.postSend(c.send(1, SendWr.SEND, 0, 0)));
        assertEquals(1, c.world.ledger().count(Ledger.Kind.COMPLETION_QUEUE));
    }

    @Test
    void aFaultThatWasAskedForComesOnceAtItsCall() throws VerbsException {
        Connected c = established(23);
        c.world.faults().fail(Faults.Point.POST_SEND, 1, VerbsException.EIO);
        SendWr first = c.send(1, SendWr.SEND, SIGNALED, 0);
        first.next(c.send(2, SendWr.SEND, SIGNALED, 1));
        assertEquals(VerbsException.EIO, c.qp.postSend(first));
        assertEquals(List.of(1L), ids(c.settle()));
        c.world.faults().fail(Faults.Point.CREATE_CQ, 0, VerbsException.ENOMEM);
        VerbsException e = assertThrows(VerbsException.class, () -> c.device.createCompletionQueue(4, c.announcements));
        assertEquals(VerbsException.ENOMEM, e.errno());
        c.device.createCompletionQueue(4, c.announcements);
    }

    @Test
    void onlyLegalTransitionsOfAQueuePairAreMade() throws VerbsException {
        SoftQueuePair qp = (SoftQueuePair) new Connected(24).qp;
        assertFalse(qp.modify(RcEndpoint.State.RTS));
        assertTrue(qp.modify(RcEndpoint.State.RTR));
        assertTrue(qp.modify(RcEndpoint.State.RTS));
        assertTrue(qp.modify(RcEndpoint.State.SQD));
        assertTrue(qp.modify(RcEndpoint.State.RTS));
        assertTrue(qp.modify(RcEndpoint.State.ERR));
        assertFalse(qp.modify(RcEndpoint.State.RTS));
        assertTrue(qp.modify(RcEndpoint.State.RESET));
    }

    @Test
    void theSameSeedIsTheSameRun() throws VerbsException {
        assertEquals(hashOf(25), hashOf(25));
        assertTrue(hashOf(25) != hashOf(26));
    }

    private static long hashOf(long seed) throws VerbsException {
        Connected c = established(seed);
        c.postReceives(4);
        for (int i = 0; i < 4; i++) {
            c.link.send(new byte[8]);
            assertEquals(0, c.qp.postSend(c.send(i, SendWr.SEND, SIGNALED, i)));
        }
        c.settle();
        return c.world.traceHash();
    }

    @Test
    void theQueuePairsSpecIsCheckedAgainstTheDevice() throws VerbsException {
        Connected c = established(27);
        HostLink second = c.host();
        assertFalse(second.isOver());
        var id = c.event(org.nvmftarget.data.ffi.verbs.CmEvent.Type.CONNECT_REQUEST)
                .id();
        assertThrows(
                VerbsException.class, () -> id.createQueuePair(c.domain, new QueuePairSpec(c.cq, null, 513, 4, 1, 1)));
        id.reject(new byte[] {7});
        c.world.pass(3 * Connected.SECOND);
        assertTrue(second.isOver());
        assertEquals("rejected 28 7", c.ends.getLast());
        assertArrayEquals(new Object[0], c.world.violations().toArray());
    }
}
