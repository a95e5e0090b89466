package org.nvmftarget.data.ffi.verbs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class VerbsOpsTest {

    private final Arena arena = Arena.ofConfined();
    private FakeProvider provider;
    private VerbsOps ops;

    @BeforeEach
    void open() throws ReflectiveOperationException {
        provider = new FakeProvider(arena);
        ops = VerbsOps.ofUpcalls(provider.context);
    }

    @AfterEach
    void close() {
        arena.close();
    }

    @Test
    void pollCqFillsTheCompletions() throws VerbsException {
        provider.pollResult = 2;
        Completions completions = new Completions(4, arena);
        int n = ops.pollCq(MemorySegment.NULL, completions.capacity(), completions.memory());
        assertEquals(2, LibCompletionQueue.checkedCount(n, 4, "fake0"));
        assertEquals(101, completions.wrId(1));
        assertEquals(1, completions.status(1));
        assertEquals(65, completions.byteLength(1));
    }

    @Test
    void aPollResultAboveTheRoomGivenIsAnErrorNotACount() {
        VerbsException e = assertThrows(
                VerbsException.class, () -> LibCompletionQueue.checkedCount(VerbsException.EOPNOTSUPP, 32, "fake0"));
        assertEquals("EOPNOTSUPP", e.symbol());
        assertEquals("ibv_poll_cq of fake0 failed: EOPNOTSUPP", e.getMessage());
    }

    @Test
    void aCompletionOutsideTheBatchCannotBeRead() {
        Completions completions = new Completions(4, arena);
        assertThrows(IndexOutOfBoundsException.class, () -> completions.wrId(4));
    }

    @Test
    void armingAsksForAnyCompletion() {
        assertEquals(0, ops.reqNotifyCq(MemorySegment.NULL));
        assertEquals(1, provider.armed);
    }

    @Test
    void aChainOfSendsIsPostedInItsOrder() {
        SendWr write = new SendWr(arena, 1);
        write.wrId(7);
        SendWr send = new SendWr(arena, 1);
        send.wrId(8);
        write.next(send);
        assertEquals(0, queuePair().postSend(write));
        assertEquals(List.of(7L, 8L), provider.posted);
    }

    @Test
    void aPostThatIsRefusedReturnsTheProvidersErrno() {
        provider.postResult = VerbsException.ENOMEM;
        assertEquals(VerbsException.ENOMEM, queuePair().postSend(new SendWr(arena, 1)));
    }

    @Test
    void aChainOfReceivesIsPostedInItsOrder() {
        RecvWr first = new RecvWr(arena, 1);
        first.wrId(1);
        RecvWr second = new RecvWr(arena, 1);
        second.wrId(2);
        first.next(second);
        assertEquals(0, queuePair().postRecv(first));
        assertEquals(List.of(1L, 2L), provider.posted);
    }

    @Test
    void sharedReceivesArePostedToTheirQueue() {
        LibSharedReceiveQueue srq = sharedReceives();
        RecvWr first = new RecvWr(arena, 1);
        RecvWr second = new RecvWr(arena, 1);
        second.wrId(2);
        first.next(second);
        assertEquals(0, srq.postRecv(first));
        assertEquals(List.of(0L, 2L), provider.posted);
        assertEquals(srq.id(), provider.postedTo);
        provider.postResult = VerbsException.ENOMEM;
        assertEquals(VerbsException.ENOMEM, srq.postRecv(first));
    }

    @Test
    void theProviderSeesEveryBufferOfAWorkRequest() {
        SendWr wr = new SendWr(arena, 3);
        MemorySegment memory = arena.allocate(64);
        MemoryRegion region = new MemoryRegion() {
            @Override
            public MemorySegment memory() {
                return memory;
            }

            @Override
            public int lkey() {
                return 1;
            }

            @Override
            public void close() {}
        };
        wr.local(region, 0, 10);
        wr.addLocal(region, 10, 20);
        wr.addLocal(region, 30, 30);
        queuePair().postSend(wr);
        assertEquals(List.of(10, 20, 30), provider.bufferLengths);
    }

    @Test
    void aClosedQueuePairTakesNoWorkAndIsFreedOnce() {
        int[] freed = new int[1];
        LibQueuePair qp = queuePair(() -> freed[0]++);
        qp.close();
        qp.close();
        assertEquals(1, freed[0]);
        assertThrows(IllegalStateException.class, () -> qp.postSend(new SendWr(arena, 1)));
    }

    /** Nothing of the libraries is called by posting. */
    @SuppressWarnings("NullAway")
    private LibSharedReceiveQueue sharedReceives() {
        return new LibSharedReceiveQueue(null, ops, arena.allocate(64), "fake0", 16);
    }

    private LibQueuePair queuePair() {
        return queuePair(() -> {});
    }

    /** Nothing of the libraries is called by posting. */
    @SuppressWarnings("NullAway")
    private LibQueuePair queuePair(Runnable destroy) {
        return new LibQueuePair(null, ops, arena.allocate(VerbsLayouts.QP), destroy);
    }
}
