package org.nvmftarget.data.rdma;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.nvmftarget.data.ffi.verbs.VerbsException;
import org.nvmftarget.data.nvme.SglDescriptor;
import org.nvmftarget.data.target.Direction;
import org.nvmftarget.data.target.Request;

/** Memory for data, as the commands of a queue with 64 entries take it. */
class BufferPoolTest extends QueueRig {

    private static final int LARGEST = 65536;

    private final PoolSizes twoLargest = new PoolSizes(1, LARGEST, 2);
    private final BufferPool memory = new BufferPool(verbs.region(twoLargest.totalBytes()), 0, twoLargest, stats);

    @BeforeEach
    void open() throws VerbsException {
        poller = poller(new Share(reactor, memory, wrs, null, false, true, stats));
        for (int i = 0; i < 16; i++) {
            queue(verbs.queuePair(1), 32);
        }
    }

    @Test
    void aTransferTakesTheLeastPowerOfTwoOfPagesThatHoldsIt() {
        List<Long> offsets = new ArrayList<>();
        for (int bytes : new int[] {1, 4096, 4097, 16384, 20000, 65536}) {
            offsets.add(read(bytes));
        }
        // 4 + 4 + 8 + 16 + 32 KiB are one largest block; the last has the other.
        assertEquals(6, core.executing.size());
        assertEquals(6, offsets.stream().distinct().count());
        read(1);
        assertEquals(6, core.executing.size());
        assertEquals(1, stats.pendingDataBuffer.get());
    }

    @Test
    void nobodyOvertakesTheFirstInLine() {
        read(65536);
        read(40000);
        read(65536);
        read(512);
        assertEquals(2, core.executing.size());
        Request second = core.executing.get(1);
        core.answer(second, false);
        poller.poll();
        completeSends();
        assertEquals(2, core.executing.size());
        assertEquals(65536, core.executing.get(1).transferLengthBytes());
        core.answer(core.executing.getFirst(), false);
        poller.poll();
        completeSends();
        assertEquals(512, core.executing.get(1).transferLengthBytes());
    }

    @Test
    void whatComesBackIsWholeAgain() {
        for (int i = 0; i < 32; i++) {
            read(4096);
        }
        read(65536);
        read(65536);
        assertEquals(32, core.executing.size());
        assertFalse(memory.isWhole());
        answerAll(false);
        completeSends();
        assertEquals(2, core.executing.size());
        answerAll(false);
        completeSends();
        assertTrue(memory.isWhole());
    }

    @Test
    void aBlockServesSeveralThatWaited() {
        read(65536);
        read(65536);
        for (int i = 0; i < 3; i++) {
            read(8192);
        }
        core.answer(core.executing.getFirst(), false);
        poller.poll();
        completeSends();
        assertEquals(4, core.executing.size());
    }

    @Test
    void thePoolHasWhatTheOptionsSayToTheByte() {
        assertEquals(2 * LARGEST, memory.bytes());
    }

    /** Offset of the memory, or −1 while it waits. */
    private long read(int bytes) {
        core.direction = Direction.CONTROLLER_TO_HOST;
        core.transferLengthBytes = bytes;
        int before = core.executing.size();
        verbs.capsule(capsule(SglDescriptor.KEYED_ADDRESS, bytes));
        poller.poll();
        return core.executing.size() > before ? core.executing.getLast().dataOffset() : -1;
    }
}
