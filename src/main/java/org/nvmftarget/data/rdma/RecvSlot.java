package org.nvmftarget.data.rdma;

import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;
import org.nvmftarget.data.ffi.verbs.MemoryRegion;
import org.nvmftarget.data.ffi.verbs.RecvWr;
import org.nvmftarget.data.target.Request;

/** One receive: where a capsule lands. */
final class RecvSlot {

    final RecvWr wr;

    /** The command's 64 bytes. */
    final MemorySegment sqe;

    /** Bytes of in-capsule data that came. */
    int inCapsuleBytes;

    /** When the capsule came. */
    long cameNs;

    /** The next capsule that waits for a request. */
    @Nullable
    RecvSlot next;

    private final MemorySegment memory;
    private final long offset;

    RecvSlot(RecvWr wr, MemoryRegion region, long offset, int lengthBytes) {
        this.wr = wr;
        this.memory = region.memory();
        this.offset = offset;
        wr.local(region, offset, lengthBytes);
        sqe = memory.asSlice(offset, Request.SQE_BYTES);
    }

    /** The memory that the in-capsule data are in. */
    MemorySegment memory() {
        return memory;
    }

    /** Where in it they begin. */
    long dataOffset() {
        return offset + Request.SQE_BYTES;
    }
}
