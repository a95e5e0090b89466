package org.nvmftarget.data.ffi.verbs;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** Owner of an {@code ibv_srq}. */
final class LibSharedReceiveQueue implements SharedReceiveQueue {

    private static final int IBV_SRQ_LIMIT = 1 << 1;

    private final Libraries lib;
    private final VerbsOps ops;
    private final MemorySegment srq;
    private final String device;
    private final int entries;
    private final MemorySegment badWr = Arena.ofAuto().allocate(ADDRESS);
    private boolean closed;

    LibSharedReceiveQueue(Libraries lib, VerbsOps ops, MemorySegment srq, String device, int entries) {
        this.lib = lib;
        this.ops = ops;
        this.srq = srq;
        this.device = device;
        this.entries = entries;
    }

    MemorySegment srq() {
        if (closed) {
            throw new IllegalStateException("the shared receive queue of " + device + " is closed");
        }
        return srq;
    }

    @Override
    public long id() {
        return srq.address();
    }

    @Override
    public int entries() {
        return entries;
    }

    @Override
    public int postRecv(RecvWr first) {
        return ops.postSrqRecv(srq(), first.memory(), badWr);
    }

    @Override
    public void armLimit(int limit) throws VerbsException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment errno = Calls.errno(arena);
            MemorySegment attr = arena.allocate(VerbsLayouts.SRQ_ATTR);
            attr.set(JAVA_INT, VerbsLayouts.SRQ_LIMIT_OFFSET, limit);
            int result = Calls.i_PPI(lib.ibvModifySrq, errno, srq(), attr, IBV_SRQ_LIMIT);
            Calls.check(result, errno, "ibv_modify_srq(LIMIT)", device);
        }
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            try (Arena arena = Arena.ofConfined()) {
                // It fails only where the device is gone, or while queue pairs use it, a bug of the caller's.
                int _ = Calls.i_P(lib.ibvDestroySrq, Calls.errno(arena), srq);
            }
        }
    }
}
