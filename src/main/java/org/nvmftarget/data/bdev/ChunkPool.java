package org.nvmftarget.data.bdev;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import org.nvmftarget.data.ffi.libc.Pages;

/**
 * Pieces of memory outside the heap, given back one by one and freed all at once; in huge pages where the system has
 * them. Safe on every thread.
 */
final class ChunkPool implements AutoCloseable {

    /** So much is reserved at a time; it becomes memory as it is touched. */
    private static final long SLAB_BYTES = 16 * Pages.HUGE_BYTES;

    private final Arena arena = Arena.ofShared();
    private final ArrayDeque<MemorySegment> free = new ArrayDeque<>();
    private final long chunkBytes;
    private MemorySegment slab = MemorySegment.NULL;
    private long slabUsedBytes;

    /** @param chunkBytes of a piece; a slab has room for a whole number of them */
    ChunkPool(long chunkBytes) {
        if (SLAB_BYTES % chunkBytes != 0) {
            throw new IllegalArgumentException("pieces of " + chunkBytes + " bytes do not fill a slab");
        }
        this.chunkBytes = chunkBytes;
    }

    /**
     * A piece with anything in it.
     *
     * @throws OutOfMemoryError where the system gives no more
     */
    synchronized MemorySegment take() {
        MemorySegment used = free.pollLast();
        if (used != null) {
            return used;
        }
        if (slabUsedBytes == slab.byteSize()) {
            slab = Pages.reserve(arena, SLAB_BYTES);
            slabUsedBytes = 0;
        }
        MemorySegment fresh = slab.asSlice(slabUsedBytes, chunkBytes);
        slabUsedBytes += chunkBytes;
        return fresh;
    }

    synchronized void give(MemorySegment chunk) {
        free.addLast(chunk);
    }

    @Override
    public void close() {
        arena.close();
    }
}
