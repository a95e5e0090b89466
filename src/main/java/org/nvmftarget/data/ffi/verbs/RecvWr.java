package org.nvmftarget.data.ffi.verbs;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A work request for a receive queue ({@code ibv_recv_wr} with one {@code ibv_sge} behind it), as {@link SendWr}. */
public final class RecvWr {

    private static final long SGE_AT = WorkLayouts.RECV_WR.byteSize();

    /** Bytes that one takes in the memory that it is made in. */
    public static final long BYTES = SGE_AT + WorkLayouts.SGE.byteSize();

    private final MemorySegment memory;
    private @Nullable RecvWr next;

    /** @param allocator of native memory that lives as long as the work request */
    public RecvWr(SegmentAllocator allocator) {
        memory = allocator.allocate(BYTES, 8);
        memory.fill((byte) 0);
        memory.set(JAVA_LONG, WorkLayouts.RECV_SG_LIST_OFFSET, memory.address() + SGE_AT);
        memory.set(JAVA_INT, WorkLayouts.RECV_NUM_SGE_OFFSET, 1);
    }

    public void wrId(long wrId) {
        memory.set(JAVA_LONG, WorkLayouts.RECV_WR_ID_OFFSET, wrId);
    }

    public long wrId() {
        return memory.get(JAVA_LONG, WorkLayouts.RECV_WR_ID_OFFSET);
    }

    /** Where a message goes: {@code lengthBytes} from {@code offset} of {@code region}. */
    public void local(MemoryRegion region, long offset, int lengthBytes) {
        Objects.checkFromIndexSize(offset, lengthBytes, region.memory().byteSize());
        memory.set(
                JAVA_LONG, SGE_AT + WorkLayouts.SGE_ADDR_OFFSET, region.memory().address() + offset);
        memory.set(JAVA_INT, SGE_AT + WorkLayouts.SGE_LENGTH_OFFSET, lengthBytes);
        memory.set(JAVA_INT, SGE_AT + WorkLayouts.SGE_LKEY_OFFSET, region.lkey());
    }

    public long localAddress() {
        return memory.get(JAVA_LONG, SGE_AT + WorkLayouts.SGE_ADDR_OFFSET);
    }

    public int localLengthBytes() {
        return memory.get(JAVA_INT, SGE_AT + WorkLayouts.SGE_LENGTH_OFFSET);
    }

    /** What follows in the chain; null ends it. */
    public void next(@Nullable RecvWr following) {
        next = following;
        memory.set(JAVA_LONG, WorkLayouts.RECV_NEXT_OFFSET, following == null ? 0 : following.memory.address());
    }

    public @Nullable RecvWr next() {
        return next;
    }

    MemorySegment memory() {
        return memory;
    }
}
