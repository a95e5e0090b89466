package org.nvmftarget.data.ffi.verbs;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** Owner of a connection's {@code ibv_qp}. */
final class LibQueuePair implements RcQueuePair {

    private static final int IBV_QP_STATE = 1;
    private static final int IBV_QP_MAX_QP_RD_ATOMIC = 1 << 13;
    private static final int IBV_QP_MIN_RNR_TIMER = 1 << 15;
    private static final int IBV_QPS_ERR = 6;

    private final Libraries lib;
    private final VerbsOps ops;
    private final MemorySegment qp;
    private final Runnable destroy;
    private final int number;
    private final MemorySegment badWr = Arena.ofAuto().allocate(ADDRESS);
    private boolean closed;

    /** @param destroy frees {@code qp} */
    LibQueuePair(Libraries lib, VerbsOps ops, MemorySegment qp, Runnable destroy) {
        this.lib = lib;
        this.ops = ops;
        this.qp = qp;
        this.destroy = destroy;
        number = qp.get(JAVA_INT, VerbsLayouts.QP_QP_NUM_OFFSET);
    }

    @Override
    public int number() {
        return number;
    }

    @Override
    public int postSend(SendWr first) {
        return ops.postSend(alive(), first.memory(), badWr);
    }

    @Override
    public int postRecv(RecvWr first) {
        return ops.postRecv(alive(), first.memory(), badWr);
    }

    @Override
    public void setMinRnrTimer(int code) throws VerbsException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment attr = arena.allocate(VerbsLayouts.QP_ATTR);
            attr.set(JAVA_BYTE, VerbsLayouts.ATTR_MIN_RNR_TIMER_OFFSET, (byte) code);
            modify(arena, attr, IBV_QP_MIN_RNR_TIMER, "ibv_modify_qp(MIN_RNR_TIMER)");
        }
    }

    @Override
    public int maxReads() throws VerbsException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment errno = Calls.errno(arena);
            MemorySegment attr = arena.allocate(VerbsLayouts.QP_ATTR);
            MemorySegment init = arena.allocate(VerbsLayouts.QP_INIT_ATTR);
            int result = Calls.i_PPIP(lib.ibvQueryQp, errno, alive(), attr, IBV_QP_MAX_QP_RD_ATOMIC, init);
            Calls.check(result, errno, "ibv_query_qp", "queue pair " + number);
            return attr.get(JAVA_BYTE, VerbsLayouts.ATTR_MAX_RD_ATOMIC_OFFSET) & 0xFF;
        }
    }

    @Override
    public void flush() throws VerbsException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment attr = arena.allocate(VerbsLayouts.QP_ATTR);
            attr.set(JAVA_INT, VerbsLayouts.ATTR_QP_STATE_OFFSET, IBV_QPS_ERR);
            modify(arena, attr, IBV_QP_STATE, "ibv_modify_qp(ERR)");
        }
    }

    private void modify(Arena arena, MemorySegment attr, int mask, String operation) throws VerbsException {
        MemorySegment errno = Calls.errno(arena);
        int result = Calls.i_PPI(lib.ibvModifyQp, errno, alive(), attr, mask);
        Calls.check(result, errno, operation, "queue pair " + number);
    }

    private MemorySegment alive() {
        if (closed) {
            throw new IllegalStateException("queue pair " + number + " is closed");
        }
        return qp;
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            destroy.run();
        }
    }
}
