package org.nvmftarget.data.ffi.verbs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.Test;

class WorkRequestTest {

    private record Region(MemorySegment memory, int lkey) implements MemoryRegion {
        @Override
        public void close() {}
    }

    private final Arena arena = Arena.ofAuto();
    private final Region region = new Region(arena.allocate(4096), 0x1234);

    @Test
    void aSendKeepsItsFields() {
        SendWr wr = new SendWr(arena, 1);
        wr.wrId(-1);
        wr.operation(SendWr.RDMA_WRITE, SendWr.SIGNALED);
        wr.local(region, 512, 1024);
        wr.remote(0xFFFF_8000_0000_0000L, 0xDEADBEEF);
        wr.invalidate(0xCAFE);
        assertEquals(-1, wr.wrId());
        assertEquals(SendWr.RDMA_WRITE, wr.opcode());
        assertEquals(SendWr.SIGNALED, wr.flags());
        assertEquals(region.memory().address() + 512, wr.localAddress(0));
        assertEquals(1024, wr.localLengthBytes(0));
        assertEquals(0x1234, wr.localKey(0));
        assertEquals(0xFFFF_8000_0000_0000L, wr.remoteAddress());
        assertEquals(0xDEADBEEF, wr.remoteKey());
        assertEquals(0xCAFE, wr.invalidatedKey());
    }

    @Test
    void aSendNamesSeveralBuffersInTheirOrder() {
        SendWr wr = new SendWr(arena, 3);
        wr.local(region, 0, 100);
        wr.addLocal(region, 1000, 200);
        wr.addLocal(region, 2000, 300);
        assertEquals(3, wr.sgeCount());
        assertEquals(600, wr.totalLengthBytes());
        assertEquals(region.memory().address() + 2000, wr.localAddress(2));
        assertThrows(IndexOutOfBoundsException.class, () -> wr.addLocal(region, 0, 1));
        wr.local(region, 8, 16);
        assertEquals(1, wr.sgeCount());
        assertThrows(IndexOutOfBoundsException.class, () -> wr.localAddress(1));
    }

    @Test
    void aReceiveKeepsItsFieldsAndChains() {
        RecvWr first = new RecvWr(arena, 2);
        RecvWr second = new RecvWr(arena, 2);
        first.wrId(5);
        first.local(region, 0, 64);
        first.addLocal(region, 64, 4032);
        first.next(second);
        assertEquals(5, first.wrId());
        assertEquals(4096, first.totalLengthBytes());
        assertEquals(second, first.next());
        first.next(null);
        assertNull(first.next());
        assertEquals(0, second.sgeCount());
    }

    @Test
    void aBufferBeyondItsRegionIsRefused() {
        assertThrows(IndexOutOfBoundsException.class, () -> new SendWr(arena, 1).local(region, 4000, 97));
        assertThrows(IndexOutOfBoundsException.class, () -> new RecvWr(arena, 1).local(region, -1, 1));
        assertThrows(IndexOutOfBoundsException.class, () -> new RecvWr(arena, 1).local(region, 8, Integer.MAX_VALUE));
    }
}
