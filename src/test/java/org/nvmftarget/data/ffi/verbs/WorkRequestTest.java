package org.nvmftarget.data.ffi.verbs;

import static org.junit.jupiter.api.Assertions.assertEquals;
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
        SendWr wr = new SendWr(arena);
        wr.wrId(-1);
        wr.operation(SendWr.RDMA_WRITE, SendWr.SIGNALED);
        wr.local(region, 512, 1024);
        wr.remote(0xFFFF_8000_0000_0000L, 0xDEADBEEF);
        wr.invalidate(0xCAFE);
        assertEquals(-1, wr.wrId());
        assertEquals(SendWr.RDMA_WRITE, wr.opcode());
        assertEquals(SendWr.SIGNALED, wr.flags());
        assertEquals(region.memory().address() + 512, wr.localAddress());
        assertEquals(1024, wr.localLengthBytes());
        assertEquals(0x1234, wr.localKey());
        assertEquals(0xFFFF_8000_0000_0000L, wr.remoteAddress());
        assertEquals(0xDEADBEEF, wr.remoteKey());
        assertEquals(0xCAFE, wr.invalidatedKey());
    }

    @Test
    void aBufferBeyondItsRegionIsRefused() {
        assertThrows(IndexOutOfBoundsException.class, () -> new SendWr(arena).local(region, 4000, 97));
        assertThrows(IndexOutOfBoundsException.class, () -> new RecvWr(arena).local(region, -1, 1));
        assertThrows(IndexOutOfBoundsException.class, () -> new RecvWr(arena).local(region, 8, Integer.MAX_VALUE));
    }
}
