package org.nvmftarget.data.rdma;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.nvmftarget.data.ffi.verbs.Completions;
import org.nvmftarget.data.ffi.verbs.VerbsException;
import org.nvmftarget.data.nvme.SglDescriptor;
import org.nvmftarget.data.target.Direction;
import org.nvmftarget.model.TransportOptions;

class SharedReceivesTest extends QueueRig {

    private static final int DEPTH = 16;

    private SharedReceives shared;

    @BeforeEach
    void open() throws VerbsException {
        shared = openShared(DEPTH, false);
    }

    @Test
    void allReceivesArePostedOnceForAllQueues() throws VerbsException {
        queue(verbs.queuePair(2), 10);
        assertEquals(DEPTH, verbs.receives.size());
        assertEquals(1, verbs.receivePosts);
        assertEquals(DEPTH * (64 + 4096), shared.bytes());
    }

    @Test
    void aCapsuleGoesToTheQueueWhosePairTookTheReceive() throws VerbsException {
        RdmaQueue second = queue(verbs.queuePair(2), 10);
        verbs.capsule(capsule(SglDescriptor.KEYED_ADDRESS, 0), 2);
        poller.poll();
        answerAll(true);
        assertEquals(second.place(), WrId.place(verbs.sends.getFirst().wrId()));
    }

    @Test
    void theReceivesOfATurnArePostedAgainTogetherBeforeTheResponses() throws VerbsException {
        queue(verbs.queuePair(2), 10);
        for (int i = 0; i < 4; i++) {
            verbs.capsule(capsule(SglDescriptor.KEYED_ADDRESS, 0), 1 + i % 2);
        }
        poller.poll();
        assertEquals(DEPTH - 4, verbs.receives.size());
        answerAll(true);
        assertEquals(DEPTH, verbs.receives.size());
        assertEquals(2, verbs.receivePosts);
        assertEquals(2, verbs.posts);
        assertEquals(4, verbs.sends.size());
    }

    @Test
    void aHostThatSendsMoreThanItsQueueHoldsIsEndedAndTheReceiveIsPostedAgain() {
        for (int i = 0; i < ENTRIES; i++) {
            host(Direction.NONE, 0);
        }
        assertTrue(ends.isEmpty());
        host(Direction.NONE, 0);
        assertEquals(List.of("more commands than the 4 that its queue holds"), ends);
        assertEquals(DEPTH - ENTRIES, verbs.receives.size());
        assertEquals(ENTRIES, core.executing.size());
    }

    @Test
    void aCapsuleForAQueueThatIsGoneOrEndingLeavesItsReceiveToTheOthers() {
        verbs.capsule(capsule(SglDescriptor.KEYED_ADDRESS, 0), 9);
        poller.poll();
        assertEquals(DEPTH, verbs.receives.size());
        queue.ended();
        host(Direction.NONE, 0);
        assertEquals(DEPTH, verbs.receives.size());
        assertTrue(core.executing.isEmpty());
    }

    @Test
    void aReceiveThatFailsEndsItsQueueAloneAndIsPostedAgain() throws VerbsException {
        RdmaQueue second = queue(verbs.queuePair(2), 10);
        verbs.failReceive(1, 2);
        poller.poll();
        assertEquals(List.of("local length error"), ends);
        assertEquals(DEPTH, verbs.receives.size());
        second.ended();
        assertEquals(1, drained);
        host(Direction.NONE, 0);
        assertEquals(1, core.executing.size());
    }

    @Test
    void whatAnEndedQueueHeldOfTheReceivesIsPostedAgain() {
        for (int i = 0; i < ENTRIES; i++) {
            host(Direction.CONTROLLER_TO_HOST, 4096);
        }
        // Three are executing, one waits for memory.
        queue.ended();
        poller.poll();
        assertEquals(DEPTH - 3, verbs.receives.size());
        answerAll(true);
        assertEquals(DEPTH, verbs.receives.size());
        assertEquals(1, drained);
        assertTrue(pool.isWhole());
    }

    @Test
    void commandsThatWaitForARequestGiveTheirReceivesBackAtTheEnd() {
        for (int i = 0; i < 3 * ENTRIES; i++) {
            host(Direction.NONE, 0);
            answerAll(true);
        }
        assertEquals(ENTRIES, stats.pendingFreeRequest.get());
        assertEquals(DEPTH - ENTRIES, verbs.receives.size());
        queue.ended();
        poller.poll();
        assertEquals(DEPTH, verbs.receives.size());
    }

    @Test
    void aQueueWaitsForTheEventOfItsLastReceiveWhereTheDeviceTells() throws VerbsException {
        openShared(DEPTH, true);
        queue.ended();
        poller.poll();
        assertEquals(0, drained);
        queue.lastReceiveReached();
        assertEquals(1, drained);
    }

    @Test
    void aQueueWaitsForThatEventOnlySoLong() throws VerbsException {
        openShared(DEPTH, true);
        queue.ended();
        reactor.runTimers();
        assertEquals(1, drained);
    }

    @Test
    void aPostOfReceivesThatFailsConcernsTheWholeGroup() {
        host(Direction.NONE, 0);
        verbs.receiveErrno = VerbsException.ENOMEM;
        answerAll(true);
        assertEquals(List.of("posting shared receives failed with errno 12"), losses);
    }

    @Test
    void soDoesAPostByAQueueThatBatchesNothing() throws VerbsException {
        TransportOptions.Rdma o = options;
        options = new TransportOptions.Rdma(
                o.common(), o.maxSrqDepth(), false, o.numCqe(), o.acceptorBacklog(), true, 4095, o.poll());
        openShared(DEPTH, false);
        host(Direction.NONE, 0);
        verbs.receiveErrno = VerbsException.ENOMEM;
        core.answer(core.executing.getFirst(), true);
        assertEquals(List.of("posting shared receives failed with errno 12"), losses);
    }

    @Test
    void aQueueThatComesTooLateEndsLikeTheOthers() throws VerbsException {
        poller.endAll("the shared receives are lost");
        queue(verbs.queuePair(2), 10);
        assertEquals(List.of("the shared receives are lost", "the shared receives are lost"), ends);
    }

    @Test
    void aCompletionQueueThatIsLostEndsItsQueuesAtOnce() throws VerbsException {
        queue(verbs.queuePair(2), 10);
        host(Direction.HOST_TO_CONTROLLER, 512);
        verbs.pollFails = true;
        poller.poll();
        String reason = "its completion queue is lost: ibv_poll_cq failed with EIO";
        assertEquals(List.of(reason, reason), ends);
        assertEquals(List.of("a poller"), losses);
        assertTrue(poller.isBroken());
        assertEquals(-1, poller.reserve(1));
        queue.ended();
        assertEquals(1, drained);
        queue.destroyed();
        assertTrue(pool.isWhole());
    }

    @Test
    void theAccountOfPromisedReceivesIsExact() {
        assertEquals(DEPTH, shared.unpromised());
        shared.promise(10);
        assertEquals(6, shared.unpromised());
        shared.giveBack(10);
        assertEquals(DEPTH, shared.unpromised());
    }

    @Test
    void flushedSharedReceivesAreNamedAsTheLossOfTheConnection() {
        verbs.failReceive(Completions.FLUSHED, 1);
        poller.poll();
        assertEquals(List.of("the connection was lost"), ends);
    }
}
