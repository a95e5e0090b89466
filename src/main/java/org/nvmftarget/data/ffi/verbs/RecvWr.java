package org.nvmftarget.data.ffi.verbs;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.SegmentAllocator;
import org.jspecify.annotations.Nullable;

/** A work request for a receive queue ({@code ibv_recv_wr}); a message fills its local buffers one after another. */
public final class RecvWr extends WorkRequest {

    private @Nullable RecvWr next;

    /**
     * @param allocator of native memory that lives as long as the work request
     * @param maxSge local buffers that it can name
     */
    public RecvWr(SegmentAllocator allocator, int maxSge) {
        super(allocator, WorkLayouts.RECV_WR.byteSize(), maxSge);
    }

    /** Bytes that one takes in the memory that it is made in. */
    public static long bytes(int maxSge) {
        return bytes(WorkLayouts.RECV_WR.byteSize(), maxSge);
    }

    /** What follows in the chain; null ends it. */
    public void next(@Nullable RecvWr following) {
        next = following;
        memory().set(
                        JAVA_LONG,
                        WorkLayouts.RECV_NEXT_OFFSET,
                        following == null ? 0 : following.memory().address());
    }

    public @Nullable RecvWr next() {
        return next;
    }
}
