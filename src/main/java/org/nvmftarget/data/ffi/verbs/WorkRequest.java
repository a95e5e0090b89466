package org.nvmftarget.data.ffi.verbs;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;
import java.util.Objects;

/**
 * A work request, made once and used again: C's struct with its {@code ibv_sge[]} behind it. The setters write what the
 * device reads; a provider in software reads it by the getters. Both structs begin alike: {@code wr_id}, {@code next},
 * {@code sg_list}, {@code num_sge}.
 */
public abstract sealed class WorkRequest permits SendWr, RecvWr {

    private final MemorySegment memory;
    private final long sgeAt;
    private final int maxSge;

    /**
     * @param allocator of native memory that lives as long as the work request
     * @param structBytes what C's struct takes
     * @param maxSge local buffers that it can name
     */
    WorkRequest(SegmentAllocator allocator, long structBytes, int maxSge) {
        this.maxSge = maxSge;
        sgeAt = structBytes;
        memory = allocator.allocate(bytes(structBytes, maxSge), 8);
        memory.fill((byte) 0);
        memory.set(JAVA_LONG, WorkLayouts.SEND_SG_LIST_OFFSET, memory.address() + sgeAt);
    }

    static long bytes(long structBytes, int maxSge) {
        return structBytes + maxSge * WorkLayouts.SGE.byteSize();
    }

    final MemorySegment memory() {
        return memory;
    }

    /** How its completion names it. */
    public final void wrId(long wrId) {
        memory.set(JAVA_LONG, WorkLayouts.SEND_WR_ID_OFFSET, wrId);
    }

    public final long wrId() {
        return memory.get(JAVA_LONG, WorkLayouts.SEND_WR_ID_OFFSET);
    }

    /** The one local buffer: {@code lengthBytes} from {@code offset} of {@code region}. */
    public final void local(MemoryRegion region, long offset, int lengthBytes) {
        clearLocal();
        addLocal(region, offset, lengthBytes);
    }

    public final void clearLocal() {
        memory.set(JAVA_INT, WorkLayouts.SEND_NUM_SGE_OFFSET, 0);
    }

    /** One more local buffer behind those that it has, which are not yet {@link #maxSge}. */
    public final void addLocal(MemoryRegion region, long offset, int lengthBytes) {
        MemorySegment target = region.memory();
        Objects.checkFromIndexSize(offset, lengthBytes, target.byteSize());
        int index = Objects.checkIndex(sgeCount(), maxSge);
        long at = at(index);
        memory.set(JAVA_LONG, at + WorkLayouts.SGE_ADDR_OFFSET, target.address() + offset);
        memory.set(JAVA_INT, at + WorkLayouts.SGE_LENGTH_OFFSET, lengthBytes);
        memory.set(JAVA_INT, at + WorkLayouts.SGE_LKEY_OFFSET, region.lkey());
        memory.set(JAVA_INT, WorkLayouts.SEND_NUM_SGE_OFFSET, index + 1);
    }

    public final int maxSge() {
        return maxSge;
    }

    public final int sgeCount() {
        return memory.get(JAVA_INT, WorkLayouts.SEND_NUM_SGE_OFFSET);
    }

    public final long localAddress(int index) {
        return memory.get(JAVA_LONG, checked(index) + WorkLayouts.SGE_ADDR_OFFSET);
    }

    public final int localLengthBytes(int index) {
        return memory.get(JAVA_INT, checked(index) + WorkLayouts.SGE_LENGTH_OFFSET);
    }

    public final int localKey(int index) {
        return memory.get(JAVA_INT, checked(index) + WorkLayouts.SGE_LKEY_OFFSET);
    }

    /** Of all local buffers. */
    public final long totalLengthBytes() {
        long total = 0;
        for (int i = 0; i < sgeCount(); i++) {
            total += Integer.toUnsignedLong(localLengthBytes(i));
        }
        return total;
    }

    private long checked(int index) {
        return at(Objects.checkIndex(index, sgeCount()));
    }

    private long at(int index) {
        return sgeAt + index * WorkLayouts.SGE.byteSize();
    }
}
