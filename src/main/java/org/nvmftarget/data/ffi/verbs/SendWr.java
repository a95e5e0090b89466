package org.nvmftarget.data.ffi.verbs;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.SegmentAllocator;
import org.jspecify.annotations.Nullable;

/** A work request for a send queue ({@code ibv_send_wr}). */
public final class SendWr extends WorkRequest {

    /** {@code enum ibv_wr_opcode}. */
    public static final int RDMA_WRITE = 0;

    public static final int SEND = 2;
    public static final int RDMA_READ = 4;
    public static final int SEND_WITH_INV = 9;

    /** {@code enum ibv_send_flags}: a completion is wanted. Errors always give one. */
    public static final int SIGNALED = 1 << 1;

    private @Nullable SendWr next;

    /**
     * @param allocator of native memory that lives as long as the work request
     * @param maxSge local buffers that it can name
     */
    public SendWr(SegmentAllocator allocator, int maxSge) {
        super(allocator, WorkLayouts.SEND_WR.byteSize(), maxSge);
    }

    /** Bytes that one takes in the memory that it is made in. */
    public static long bytes(int maxSge) {
        return bytes(WorkLayouts.SEND_WR.byteSize(), maxSge);
    }

    public void operation(int opcode, int flags) {
        memory().set(JAVA_INT, WorkLayouts.SEND_OPCODE_OFFSET, opcode);
        memory().set(JAVA_INT, WorkLayouts.SEND_FLAGS_OFFSET, flags);
    }

    public int opcode() {
        return memory().get(JAVA_INT, WorkLayouts.SEND_OPCODE_OFFSET);
    }

    public int flags() {
        return memory().get(JAVA_INT, WorkLayouts.SEND_FLAGS_OFFSET);
    }

    /** The peer's buffer, for {@link #RDMA_READ} and {@link #RDMA_WRITE}. */
    public void remote(long address, int rkey) {
        memory().set(JAVA_LONG, WorkLayouts.SEND_REMOTE_ADDR_OFFSET, address);
        memory().set(JAVA_INT, WorkLayouts.SEND_RKEY_OFFSET, rkey);
    }

    public long remoteAddress() {
        return memory().get(JAVA_LONG, WorkLayouts.SEND_REMOTE_ADDR_OFFSET);
    }

    public int remoteKey() {
        return memory().get(JAVA_INT, WorkLayouts.SEND_RKEY_OFFSET);
    }

    /** The peer's key that {@link #SEND_WITH_INV} makes invalid. */
    public void invalidate(int rkey) {
        memory().set(JAVA_INT, WorkLayouts.SEND_INVALIDATE_RKEY_OFFSET, rkey);
    }

    public int invalidatedKey() {
        return memory().get(JAVA_INT, WorkLayouts.SEND_INVALIDATE_RKEY_OFFSET);
    }

    /** What follows in the chain; null ends it. */
    public void next(@Nullable SendWr following) {
        next = following;
        memory().set(
                        JAVA_LONG,
                        WorkLayouts.SEND_NEXT_OFFSET,
                        following == null ? 0 : following.memory().address());
    }

    public @Nullable SendWr next() {
        return next;
    }
}
