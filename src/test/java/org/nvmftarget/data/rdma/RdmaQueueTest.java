package org.nvmftarget.data.rdma;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.nvmftarget.data.ffi.verbs.SendWr;
import org.nvmftarget.data.ffi.verbs.VerbsException;
import org.nvmftarget.data.nvme.SglDescriptor;
import org.nvmftarget.data.nvme.Sqe;
import org.nvmftarget.data.nvme.Status;
import org.nvmftarget.data.target.Direction;
import org.nvmftarget.data.target.Request;
import org.nvmftarget.data.target.ScriptedQueuePair;
import org.nvmftarget.model.AddressFamily;
import org.nvmftarget.model.TransportAddress;
import org.nvmftarget.model.TransportOptions;
import org.nvmftarget.model.TransportType;

class RdmaQueueTest {

    private static final int ENTRIES = 4;
    private static final int READS = 2;
    private static final long HOST = 0xFFFF_9000_0000_0000L;
    private static final int KEY = 0x8000_0123;
    private static final TransportAddress ADDRESS =
            new TransportAddress(TransportType.RDMA, AddressFamily.IPV4, "10.0.0.1", 4420);

    private final FakeVerbs verbs = new FakeVerbs();
    private final FakeReactor reactor = new FakeReactor();
    private final ScriptedQueuePair core = new ScriptedQueuePair();
    private final List<String> ends = new ArrayList<>();
    private int drained;
    private CqPoller poller;
    private BufferPool pool;
    private RdmaQueue queue;

    @BeforeEach
    void open() throws VerbsException {
        poller = new CqPoller(reactor, verbs.cq);
        PoolSizes sizes = new PoolSizes(1, 2, 1, 131072);
        pool = new BufferPool(verbs.region(sizes.totalBytes()), 0, sizes);
        queue = queue(2 * ENTRIES + READS);
    }

    private RdmaQueue queue(int sendEntries) throws VerbsException {
        QueueMemory memory = new QueueMemory(QueueMemory.Shape.of(ENTRIES, 4096), Arena.ofAuto(), verbs.domain);
        QueueSetup setup = new QueueSetup(
                new ConnectData(1, ENTRIES),
                ADDRESS,
                ADDRESS,
                "10.0.0.2:5000",
                TransportOptions.rdma(),
                memory,
                READS,
                sendEntries);
        RdmaQueue made = new RdmaQueue(setup, verbs.qp, poller, poller.reserve(64), pool, new QueueOwner() {
            @Override
            public void end(String reason) {
                ends.add(reason);
            }

            @Override
            public void drained() {
                drained++;
            }
        });
        verbs.receives.clear();
        made.postReceives();
        poller.attach(made);
        made.open(core);
        return made;
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
        verbs.capsule(capsule(0x31, 16));
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
        queue = queue(3);
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
    void aPostThatFailsEndsTheQueueAndItStillDrains() {
        host(Direction.NONE, 0);
        verbs.postErrno = VerbsException.ENOMEM;
        answerAll(true);
        assertEquals(List.of("posting work failed with errno 12"), ends);
        queue.ended();
        verbs.flush();
        poller.poll();
        assertEquals(0, drained);
        reactor.runTimers();
        assertEquals(1, drained);
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

    /** The host sends a command with a keyed buffer of just the length. */
    private void host(Direction direction, int lengthBytes) {
        core.direction = direction;
        core.transferLengthBytes = lengthBytes;
        verbs.capsule(capsule(SglDescriptor.KEYED_ADDRESS, lengthBytes));
        poller.poll();
    }

    private void answerAll(boolean success) {
        for (Request request : List.copyOf(core.executing)) {
            core.answer(request, success);
        }
        poller.poll();
    }

    private void completeSends() {
        List<FakeVerbs.Posted> done = List.copyOf(verbs.sends);
        verbs.sends.clear();
        done.stream().filter(send -> send.flags() == SendWr.SIGNALED).forEach(verbs::complete);
        poller.poll();
    }

    private List<Integer> opcodes() {
        return verbs.sends.stream().map(FakeVerbs.Posted::opcode).toList();
    }

    private static byte[] capsule(int type, int lengthBytes) {
        byte[] bytes = new byte[Request.SQE_BYTES];
        SglDescriptor.encodeKeyed(MemorySegment.ofArray(bytes), Sqe.SGL1, type, HOST, lengthBytes, KEY);
        if (type < SglDescriptor.KEYED_ADDRESS) {
            SglDescriptor.encode(MemorySegment.ofArray(bytes), Sqe.SGL1, type, 0, lengthBytes);
        }
        return bytes;
    }

    private static byte[] inCapsule(long offset, int lengthBytes, int dataBytes) {
        byte[] bytes = new byte[Request.SQE_BYTES + dataBytes];
        Arrays.fill(bytes, Request.SQE_BYTES, bytes.length, (byte) 0x5A);
        SglDescriptor.encode(
                MemorySegment.ofArray(bytes), Sqe.SGL1, SglDescriptor.DATA_BLOCK_OFFSET, offset, lengthBytes);
        return bytes;
    }
}
