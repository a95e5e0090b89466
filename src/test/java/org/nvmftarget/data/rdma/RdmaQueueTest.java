package org.nvmftarget.data.rdma;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.ValueLayout;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.nvmftarget.data.ffi.verbs.SendWr;
import org.nvmftarget.data.ffi.verbs.VerbsException;
import org.nvmftarget.data.nvme.SglDescriptor;
import org.nvmftarget.data.nvme.Status;
import org.nvmftarget.data.target.Direction;
import org.nvmftarget.data.target.Request;

class RdmaQueueTest extends QueueRig {

    @BeforeEach
    void open() throws VerbsException {
        openOwn(2 * ENTRIES + READS);
    }

    @Test
    void allReceivesArePostedBeforeTheHostIsLetIn() {
        assertEquals(ENTRIES, verbs.receives.size());
    }

    @Test
    void aReadIsOneRdmaWriteAndTheResponseInOnePost() {
        host(Direction.CONTROLLER_TO_HOST, 4096);
        answerAll(true);
        assertEquals(List.of(SendWr.RDMA_WRITE, SendWr.SEND), opcodes());
        assertEquals(1, verbs.posts);
        FakeVerbs.Posted write = verbs.sends.getFirst();
        assertEquals(HOST, write.remoteAddress());
        assertEquals(KEY, write.remoteKey());
        assertEquals(4096, write.lengthBytes());
        assertEquals(0, write.flags());
        assertEquals(Request.CQE_BYTES, verbs.sends.getLast().lengthBytes());
    }

    @Test
    void aFailedReadSendsNoData() {
        host(Direction.CONTROLLER_TO_HOST, 4096);
        answerAll(false);
        assertEquals(List.of(SendWr.SEND), opcodes());
    }

    @Test
    void theKeyIsInvalidatedWhereTheHostAsksForIt() {
        core.direction = Direction.CONTROLLER_TO_HOST;
        core.transferLengthBytes = 512;
        verbs.capsule(capsule(SglDescriptor.KEYED_INVALIDATE, 512));
        poller.poll();
        answerAll(true);
        assertEquals(List.of(SendWr.RDMA_WRITE, SendWr.SEND_WITH_INV), opcodes());
        assertEquals(KEY, verbs.sends.getLast().inv());
    }

    @Test
    void aWriteFetchesTheHostsDataBeforeItIsExecuted() {
        host(Direction.HOST_TO_CONTROLLER, 4096);
        assertTrue(core.executing.isEmpty());
        assertEquals(List.of(SendWr.RDMA_READ), opcodes());
        completeSends();
        assertEquals(1, core.executing.size());
        assertEquals(4096, core.executing.getFirst().transferLengthBytes());
    }

    @Test
    void inCapsuleDataNeedNoTransfer() {
        core.direction = Direction.HOST_TO_CONTROLLER;
        core.transferLengthBytes = 512;
        verbs.capsule(inCapsule(16, 512, 528));
        poller.poll();
        Request request = core.executing.getFirst();
        assertEquals(0x5A, request.data().get(ValueLayout.JAVA_BYTE, request.dataOffset()));
        assertTrue(verbs.sends.isEmpty());
    }

    @Test
    void inCapsuleDataBeyondWhatCameAreRefused() {
        verbs.capsule(inCapsule(0, 513, 512));
        verbs.capsule(inCapsule(513, 0, 512));
        verbs.capsule(inCapsule(-1, 512, 512));
        poller.poll();
        int length = Status.DATA_SGL_LENGTH_INVALID | Status.DNR;
        int offset = Status.SGL_OFFSET_INVALID | Status.DNR;
        assertEquals(List.of(length, offset, offset), core.failures);
    }

    @Test
    void aTransferAboveMaxIoSizeOrTheHostsBufferIsRefused() {
        verbs.capsule(capsule(SglDescriptor.KEYED_ADDRESS, 131073));
        core.direction = Direction.CONTROLLER_TO_HOST;
        core.transferLengthBytes = 4096;
        verbs.capsule(capsule(SglDescriptor.KEYED_ADDRESS, 4095));
        poller.poll();
        int status = Status.DATA_SGL_LENGTH_INVALID | Status.DNR;
        assertEquals(List.of(status, status), core.failures);
    }

    @Test
    void anUnknownDescriptorIsRefusedAndAnEmptyOneMeansNoData() {
        verbs.capsule(capsule(0x30, 16));
        verbs.capsule(capsule(0, 0));
        poller.poll();
        assertEquals(List.of(Status.SGL_DESCRIPTOR_TYPE_INVALID | Status.DNR), core.failures);
        assertEquals(1, core.executing.size());
    }

    @Test
    void theReceiveIsPostedAgainWithTheResponse() {
        host(Direction.NONE, 0);
        assertEquals(ENTRIES - 1, verbs.receives.size());
        answerAll(true);
        assertEquals(ENTRIES, verbs.receives.size());
    }

    @Test
    void withoutABufferARequestWaitsForTheNextInItsTurn() {
        for (int i = 0; i < 4; i++) {
            host(Direction.CONTROLLER_TO_HOST, 4096);
        }
        assertEquals(3, core.executing.size());
        answerAll(true);
        completeSends();
        assertEquals(1, core.executing.size());
        answerAll(true);
        completeSends();
        assertTrue(pool.isWhole());
    }

    @Test
    void noMoreReadsAreUnderWayThanTheHostServes() {
        for (int i = 0; i < 3; i++) {
            host(Direction.HOST_TO_CONTROLLER, 512);
        }
        assertEquals(READS, verbs.sends.size());
        completeSends();
        assertEquals(1, verbs.sends.size());
        completeSends();
        assertEquals(3, core.executing.size());
    }

    @Test
    void responsesWaitForPlacesInTheSendQueue() throws VerbsException {
        openOwn(3);
        for (int i = 0; i < 2; i++) {
            host(Direction.CONTROLLER_TO_HOST, 512);
        }
        answerAll(true);
        assertEquals(2, verbs.sends.size());
        completeSends();
        assertEquals(2, verbs.sends.size());
    }

    @Test
    void commandsThatOvertakeTheAcknowledgementOfResponsesWait() {
        for (int i = 0; i < 3 * ENTRIES; i++) {
            host(Direction.NONE, 0);
            answerAll(true);
        }
        assertEquals(QueueMemory.REQUESTS_PER_ENTRY * ENTRIES, verbs.sends.size());
        completeSends();
        assertEquals(ENTRIES, core.executing.size());
    }

    @Test
    void aCapsuleShorterThanACommandEndsTheQueue() {
        verbs.capsule(new byte[63]);
        poller.poll();
        assertEquals(List.of("a capsule of 63 bytes"), ends);
        assertTrue(core.executing.isEmpty());
    }

    @Test
    void aPostThatFailsEndsTheQueueWhichDoesNotWaitForWhatWasLeftOut() {
        host(Direction.CONTROLLER_TO_HOST, 512);
        verbs.postErrno = VerbsException.ENOMEM;
        answerAll(true);
        assertEquals(List.of("posting work failed with errno 12"), ends);
        queue.ended();
        assertEquals(1, drained);
        assertFalse(pool.isWhole());
        queue.destroyed();
        assertTrue(pool.isWhole());
    }

    @Test
    void anEndedQueueGivesBackEverythingOnce() {
        for (int i = 0; i < 2; i++) {
            host(Direction.HOST_TO_CONTROLLER, 512);
        }
        host(Direction.HOST_TO_CONTROLLER, 512);
        host(Direction.HOST_TO_CONTROLLER, 512);
        queue.ended();
        assertTrue(core.closed);
        assertEquals(4, core.failures.size());
        assertFalse(pool.isWhole());
        verbs.flush();
        poller.poll();
        assertTrue(pool.isWhole());
        assertEquals(1, drained);
    }

    @Test
    void aBufferOfWorkThatWasNeverFlushedIsNobodysBeforeTheQueuePairIsDestroyed() {
        host(Direction.HOST_TO_CONTROLLER, 4096);
        poller.poll();
        queue.ended();
        reactor.runTimers();
        assertEquals(1, drained);
        assertFalse(pool.isWhole());
        queue.destroyed();
        assertTrue(pool.isWhole());
    }

    @Test
    void aQueueIsNotDrainedBeforeTheCoreHasAnswered() {
        host(Direction.CONTROLLER_TO_HOST, 512);
        queue.ended();
        verbs.flush();
        poller.poll();
        assertEquals(0, drained);
        answerAll(true);
        assertEquals(1, drained);
        assertTrue(verbs.sends.isEmpty());
    }

    @Test
    void flushedWorkEndsTheQueue() {
        verbs.flush();
        poller.poll();
        assertEquals("the connection was lost", ends.getFirst());
    }

    @Test
    void aDisconnectWaitsForResponsesUnderWay() {
        host(Direction.NONE, 0);
        answerAll(true);
        queue.disconnect();
        assertTrue(ends.isEmpty());
        completeSends();
        assertEquals(List.of("disconnected by the controller"), ends);
    }

    @Test
    void completionsOfAQueueThatIsGoneAreIgnored() {
        verbs.flush();
        poller.detach(queue);
        assertEquals(ENTRIES, poller.poll());
        assertTrue(ends.isEmpty());
    }

    @Test
    void theHandshakeBoundsItsOwnQueueAndTheOptionsTheOthers() {
        assertEquals(ENTRIES, queue.maxQueueEntries(false));
        assertEquals(128, queue.maxQueueEntries(true));
    }
}
