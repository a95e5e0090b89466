package org.nvmftarget.data.ffi.verbs;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A work request for a send queue, made once and used again ({@code ibv_send_wr} with one {@code ibv_sge} behind it).
 * The setters write what the device reads; a provider in software reads it by the getters.
 */
public final class SendWr {

    /** {@code enum ibv_wr_opcode}. */
    public static final int RDMA_WRITE = 0;

    public static final int SEND = 2;
    public static final int RDMA_READ = 4;
    public static final int SEND_WITH_INV = 9;

    /** {@code enum ibv_send_flags}: a completion is wanted. Errors always give one. */
    public static final int SIGNALED = 1 << 1;

    private static final long SGE_AT = WorkLayouts.SEND_WR.byteSize();

    /** Bytes that one takes in the memory that it is made in. */
    public static final long BYTES = SGE_AT + WorkLayouts.SGE.byteSize();

    private final MemorySegment memory;
    private @Nullable SendWr next;

    /** @param allocator of native memory that lives as long as the work request */
    public SendWr(SegmentAllocator allocator) {
        memory = allocator.allocate(BYTES, 8);
        memory.fill((byte) 0);
        memory.set(JAVA_LONG, WorkLayouts.SEND_SG_LIST_OFFSET, memory.address() + SGE_AT);
        memory.set(JAVA_INT, WorkLayouts.SEND_NUM_SGE_OFFSET, 1);
    }

    public void wrId(long wrId) {
        memory.set(JAVA_LONG, WorkLayouts.SEND_WR_ID_OFFSET, wrId);
    }

    public long wrId() {
        return memory.get(JAVA_LONG, WorkLayouts.SEND_WR_ID_OFFSET);
    }

    public void operation(int opcode, int flags) {
        memory.set(JAVA_INT, WorkLayouts.SEND_OPCODE_OFFSET, opcode);
        memory.set(JAVA_INT, WorkLayouts.SEND_FLAGS_OFFSET, flags);
    }

    public int opcode() {
        return memory.get(JAVA_INT, WorkLayouts.SEND_OPCODE_OFFSET);
    }

    public int flags() {
        return memory.get(JAVA_INT, WorkLayouts.SEND_FLAGS_OFFSET);
    }

    /** The local buffer: {@code lengthBytes} from {@code offset} of {@code region}. */
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

    public int localKey() {
        return memory.get(JAVA_INT, SGE_AT + WorkLayouts.SGE_LKEY_OFFSET);
    }

    /** The peer's buffer, for {@link #RDMA_READ} and {@link #RDMA_WRITE}. */
    public void remote(long address, int rkey) {
        memory.set(JAVA_LONG, WorkLayouts.SEND_REMOTE_ADDR_OFFSET, address);
        memory.set(JAVA_INT, WorkLayouts.SEND_RKEY_OFFSET, rkey);
    }

    public long remoteAddress() {
        return memory.get(JAVA_LONG, WorkLayouts.SEND_REMOTE_ADDR_OFFSET);
    }

    public int remoteKey() {
        return memory.get(JAVA_INT, WorkLayouts.SEND_RKEY_OFFSET);
    }

    /** The peer's key that {@link #SEND_WITH_INV} makes invalid. */
    public void invalidate(int rkey) {
        memory.set(JAVA_INT, WorkLayouts.SEND_INVALIDATE_RKEY_OFFSET, rkey);
    }

    public int invalidatedKey() {
        return memory.get(JAVA_INT, WorkLayouts.SEND_INVALIDATE_RKEY_OFFSET);
    }

    /** What follows in the chain; null ends it. */
    public void next(@Nullable SendWr following) {
        next = following;
        memory.set(JAVA_LONG, WorkLayouts.SEND_NEXT_OFFSET, following == null ? 0 : following.memory.address());
    }

    public @Nullable SendWr next() {
        return next;
    }

    MemorySegment memory() {
        return memory;
    }
}
