package org.nvmftarget.data.ffi.verbs;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** Owner of an {@code ibv_cq}. */
final class LibCompletionQueue implements CompletionQueue {

    private final Libraries lib;
    private final VerbsOps ops;
    private final MemorySegment cq;
    private final String device;
    private boolean closed;

    LibCompletionQueue(Libraries lib, VerbsOps ops, MemorySegment cq, String device) {
        this.lib = lib;
        this.ops = ops;
        this.cq = cq;
        this.device = device;
    }

    MemorySegment cq() {
        if (closed) {
            throw new IllegalStateException("the completion queue of " + device + " is closed");
        }
        return cq;
    }

    @Override
    public long id() {
        return cq.address();
    }

    @Override
    public int entries() {
        return cq().get(JAVA_INT, VerbsLayouts.CQ_CQE_OFFSET);
    }

    @Override
    public int poll(Completions into) throws VerbsException {
        return checkedCount(ops.pollCq(cq(), into.capacity(), into.memory()), into.capacity(), device);
    }

    /** A provider that cannot poll returns a positive EOPNOTSUPP, which is no count. */
    static int checkedCount(int result, int numEntries, String device) throws VerbsException {
        if (result < 0 || result > numEntries) {
            throw new VerbsException("ibv_poll_cq", device, Math.abs(result));
        }
        return result;
    }

    @Override
    public void arm() throws VerbsException {
        int result = ops.reqNotifyCq(cq());
        if (result != 0) {
            throw new VerbsException("ibv_req_notify_cq", device, Math.abs(result));
        }
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            try (Arena arena = Arena.ofConfined()) {
                // It fails only where the device is gone, or while queue pairs use it, a bug of the caller's.
                int _ = Calls.i_P(lib.ibvDestroyCq, Calls.errno(arena), cq);
            }
        }
    }
}
