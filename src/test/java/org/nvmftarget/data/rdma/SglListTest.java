package org.nvmftarget.data.rdma;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.nvmftarget.data.ffi.verbs.SendWr;
import org.nvmftarget.data.ffi.verbs.VerbsException;
import org.nvmftarget.data.nvme.SglDescriptor;
import org.nvmftarget.data.nvme.Sqe;
import org.nvmftarget.data.nvme.Status;
import org.nvmftarget.data.target.Direction;
import org.nvmftarget.data.target.Request;

/** Host memory in several pieces: descriptors in the capsule, one work request for each. */
class SglListTest extends QueueRig {

    @BeforeEach
    void open() throws VerbsException {
        openOwn(20);
    }

    @Test
    void aReadGoesToEveryPieceInOneChainOfWhichOnlyTheLastIsSignalled() {
        read(600, block(100), block(200), block(300));
        assertEquals(List.of(SendWr.RDMA_WRITE, SendWr.RDMA_WRITE, SendWr.RDMA_WRITE, SendWr.SEND), opcodes());
        assertEquals(List.of(100, 200, 300, Request.CQE_BYTES), lengths());
        assertEquals(List.of(HOST + 1, HOST + 2, HOST + 3), remotes(3));
        assertEquals(1, verbs.posts);
        assertEquals(
                1, verbs.sends.stream().filter(FakeVerbs.Posted::isSignalled).count());
        assertTrue(verbs.sends.getLast().isSignalled());
        completeSends();
        assertTrue(wrs.isWhole());
        assertTrue(pool.isWhole());
    }

    @Test
    void thePiecesFollowEachOtherInTheMemoryForData() {
        read(600, block(100), block(200), block(300));
        long base = verbs.sends.getFirst().localAddress();
        assertEquals(base + 100, verbs.sends.get(1).localAddress());
        assertEquals(base + 300, verbs.sends.get(2).localAddress());
    }

    @Test
    void aTransferEndsWhereTheCommandsDataEnd() {
        read(250, block(100), block(200), block(300));
        assertEquals(List.of(100, 150, Request.CQE_BYTES), lengths());
    }

    @Test
    void emptyPiecesTakeNoWorkRequest() {
        read(300, block(0), block(100), block(0), block(200), block(0));
        assertEquals(List.of(100, 200, Request.CQE_BYTES), lengths());
    }

    @Test
    void aWriteFetchesAsManyPiecesAtATimeAsThereAreReadCredits() {
        write(1500, block(100), block(200), block(300), block(400), block(500));
        assertEquals(List.of(100, 200), lengths());
        assertEquals(1, verbs.posts);
        completeSends();
        assertEquals(List.of(300, 400), lengths());
        completeSends();
        assertEquals(List.of(500), lengths());
        assertTrue(core.executing.isEmpty());
        completeSends();
        assertEquals(1, core.executing.size());
        assertTrue(wrs.isWhole());
    }

    @Test
    void aReadThatFailsEndsItsCommandOnceAllOfItsChainAreDone() {
        write(300, block(100), block(200));
        List<FakeVerbs.Posted> reads = List.copyOf(verbs.sends);
        verbs.complete(reads.get(0), 10);
        poller.poll();
        assertTrue(core.failures.isEmpty());
        verbs.complete(reads.get(1), 5);
        poller.poll();
        assertEquals(List.of(Status.TRANSIENT_TRANSPORT_ERROR), core.failures);
        assertEquals("remote access error", ends.getFirst());
        assertTrue(wrs.isWhole());
    }

    @Test
    void sixteenPiecesAreTheMost() {
        read(16 * 64, blocks(16));
        assertEquals(17, verbs.sends.size());
        completeSends();
        command(list(SglDescriptor.LAST_SEGMENT_OFFSET, 0, blocks(17)));
        assertEquals(List.of(Status.INVALID_NUMBER_OF_SGL_DESCRIPTORS | Status.DNR), core.failures);
    }

    @Test
    void theFirstKeyThatTheHostWantsInvalidatedIs() {
        byte[] keyed = block(100);
        byte[] first = block(SglDescriptor.KEYED_INVALIDATE, HOST, 100, 77);
        byte[] second = block(SglDescriptor.KEYED_INVALIDATE, HOST, 100, 78);
        read(300, keyed, first, second);
        assertEquals(SendWr.SEND_WITH_INV, verbs.sends.getLast().opcode());
        assertEquals(77, verbs.sends.getLast().inv());
    }

    @Test
    void segmentsMayBeChained() {
        // Two blocks and a descriptor that leads to the last segment, 48 bytes on.
        byte[] chain = segment(SglDescriptor.LAST_SEGMENT_OFFSET, 48, 32);
        byte[] data = concat(block(100), block(200), chain, block(300), block(400));
        transfer(Direction.CONTROLLER_TO_HOST, 1000, list(SglDescriptor.SEGMENT_OFFSET, 0, 48, data));
        answerAll(true);
        assertEquals(List.of(100, 200, 300, 400, Request.CQE_BYTES), lengths());
    }

    @Test
    void aListBeyondTheCapsuleIsRefused() {
        command(list(SglDescriptor.LAST_SEGMENT_OFFSET, 33, 16, concat(block(1), block(2))));
        command(list(SglDescriptor.LAST_SEGMENT_OFFSET, -1, 16, concat(block(1), block(2))));
        command(list(SglDescriptor.LAST_SEGMENT_OFFSET, 16, 32, concat(block(1), block(2))));
        command(list(SglDescriptor.LAST_SEGMENT_OFFSET, 0, -16, concat(block(1), block(2))));
        int offset = Status.SGL_OFFSET_INVALID | Status.DNR;
        int segment = Status.INVALID_SGL_SEGMENT_DESCRIPTOR | Status.DNR;
        assertEquals(List.of(offset, offset, segment, segment), core.failures);
    }

    @Test
    void aSegmentOfNothingOrOfBrokenDescriptorsIsRefused() {
        command(list(SglDescriptor.LAST_SEGMENT_OFFSET, 0, 0, block(1)));
        command(list(SglDescriptor.LAST_SEGMENT_OFFSET, 0, 15, block(1)));
        int segment = Status.INVALID_SGL_SEGMENT_DESCRIPTOR | Status.DNR;
        assertEquals(List.of(segment, segment), core.failures);
    }

    @Test
    void aLastSegmentLeadsNowhereAndOnlyTheEndOfAnotherDoes() {
        byte[] chain = segment(SglDescriptor.LAST_SEGMENT_OFFSET, 0, 16);
        command(list(SglDescriptor.LAST_SEGMENT_OFFSET, 0, 32, concat(block(1), chain)));
        command(list(SglDescriptor.SEGMENT_OFFSET, 0, 32, concat(chain, block(1))));
        command(list(SglDescriptor.SEGMENT_OFFSET, 0, 32, concat(block(1), block(2))));
        int segment = Status.INVALID_SGL_SEGMENT_DESCRIPTOR | Status.DNR;
        int number = Status.INVALID_NUMBER_OF_SGL_DESCRIPTORS | Status.DNR;
        assertEquals(List.of(segment, number, segment), core.failures);
    }

    @Test
    void segmentsThatGoInACircleAreRefused() {
        byte[] circle = segment(SglDescriptor.SEGMENT_OFFSET, 0, 16);
        command(list(SglDescriptor.SEGMENT_OFFSET, 0, 16, circle));
        assertEquals(List.of(Status.INVALID_SGL_SEGMENT_DESCRIPTOR | Status.DNR), core.failures);
    }

    @Test
    void onlyKeyedDataBlocksAreInAList() {
        for (int type :
                new int[] {SglDescriptor.DATA_BLOCK_ADDRESS, SglDescriptor.DATA_BLOCK_OFFSET, 0x10, 0x30, 0x41}) {
            core.failures.clear();
            command(list(SglDescriptor.LAST_SEGMENT_OFFSET, 0, block(type, 0, 16, 0)));
            assertEquals(List.of(Status.SGL_DESCRIPTOR_TYPE_INVALID | Status.DNR), core.failures);
            answerAll(true);
            completeSends();
        }
    }

    @Test
    void piecesThatAreTogetherMoreThanMaxIoSizeAreRefused() {
        command(list(SglDescriptor.LAST_SEGMENT_OFFSET, 0, block(131072), block(1)));
        assertEquals(List.of(Status.DATA_SGL_LENGTH_INVALID | Status.DNR), core.failures);
    }

    @Test
    void aQueueWaitsForWorkRequestsThatAnotherHasBorrowed() throws VerbsException {
        RdmaQueue first = queue;
        read(16 * 64, blocks(16));
        List<FakeVerbs.Posted> sent = List.copyOf(verbs.sends);
        verbs.sends.clear();
        queue = queue(verbs.queuePair(2), 20);
        verbs.receives.removeIf(wr -> WrId.place(wr.wrId()) == first.place());
        read(128, block(64), block(64));
        assertTrue(verbs.sends.isEmpty());
        assertEquals(1, stats.pendingRdmaWrite.get());
        verbs.complete(sent.getLast());
        poller.poll();
        assertEquals(List.of(64, 64, Request.CQE_BYTES), lengths());
    }

    @Test
    void aQueueThatEndsInLineForWorkRequestsLetsTheOthersPass() throws VerbsException {
        RdmaQueue first = queue;
        read(15 * 64, blocks(15));
        List<FakeVerbs.Posted> sent = List.copyOf(verbs.sends);
        verbs.sends.clear();
        RdmaQueue second = queue(verbs.queuePair(2), 20);
        verbs.receives.removeIf(wr -> WrId.place(wr.wrId()) == first.place());
        read(16 * 64, blocks(16));
        RdmaQueue third = queue(verbs.queuePair(3), 20);
        verbs.receives.removeIf(wr -> WrId.place(wr.wrId()) == second.place());
        read(128, block(64), block(64));
        assertTrue(verbs.sends.isEmpty());
        second.ended();
        poller.poll();
        assertEquals(List.of(64, 64, Request.CQE_BYTES), lengths());
        assertEquals(third.place(), WrId.place(verbs.sends.getFirst().wrId()));
        verbs.complete(sent.getLast());
        completeSends();
        assertTrue(wrs.isWhole());
    }

    // --- what the host sends ---------------------------------------------------------------------------------------

    private void read(int transferBytes, byte[]... blocks) {
        transfer(Direction.CONTROLLER_TO_HOST, transferBytes, list(SglDescriptor.LAST_SEGMENT_OFFSET, 0, blocks));
        answerAll(true);
    }

    private void write(int transferBytes, byte[]... blocks) {
        transfer(Direction.HOST_TO_CONTROLLER, transferBytes, list(SglDescriptor.LAST_SEGMENT_OFFSET, 0, blocks));
    }

    private void command(byte[] capsule) {
        transfer(Direction.CONTROLLER_TO_HOST, 1, capsule);
    }

    private void transfer(Direction direction, int transferBytes, byte[] capsule) {
        core.direction = direction;
        core.transferLengthBytes = transferBytes;
        verbs.capsule(capsule, queue.number());
        poller.poll();
    }

    private static byte[] list(int type, long offset, byte[]... blocks) {
        return list(type, offset, blocks.length * SglDescriptor.BYTES, concat(blocks));
    }

    private static byte[] list(int type, long offset, int segmentBytes, byte[] data) {
        byte[] sqe = new byte[Request.SQE_BYTES];
        SglDescriptor.encode(MemorySegment.ofArray(sqe), Sqe.SGL1, type, offset, segmentBytes);
        return concat(sqe, data);
    }

    private static byte[][] blocks(int count) {
        return Collections.nCopies(count, block(64)).toArray(byte[][]::new);
    }

    /** A keyed data block of its own place in the host's memory, as its length tells. */
    private static byte[] block(int lengthBytes) {
        return block(SglDescriptor.KEYED_ADDRESS, HOST + lengthBytes / 100, lengthBytes, KEY);
    }

    private static byte[] block(int type, long address, int lengthBytes, int key) {
        byte[] bytes = new byte[SglDescriptor.BYTES];
        SglDescriptor.encodeKeyed(MemorySegment.ofArray(bytes), 0, type, address, lengthBytes, key);
        return bytes;
    }

    private static byte[] segment(int type, long offset, int segmentBytes) {
        byte[] bytes = new byte[SglDescriptor.BYTES];
        SglDescriptor.encode(MemorySegment.ofArray(bytes), 0, type, offset, segmentBytes);
        return bytes;
    }

    private static byte[] concat(byte[]... parts) {
        byte[] all = new byte
                [IntStream.range(0, parts.length).map(i -> parts[i].length).sum()];
        int at = 0;
        for (byte[] part : parts) {
            System.arraycopy(part, 0, all, at, part.length);
            at += part.length;
        }
        return all;
    }

    private List<Integer> lengths() {
        return verbs.sends.stream().map(FakeVerbs.Posted::lengthBytes).toList();
    }

    private List<Long> remotes(int count) {
        return verbs.sends.stream()
                .limit(count)
                .map(FakeVerbs.Posted::remoteAddress)
                .toList();
    }
}
