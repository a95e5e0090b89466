package org.nvmftarget.data.bdev;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/** Pieces of memory outside the heap, given back one by one and freed all at once. Safe on every thread. */
final class ChunkPool implements AutoCloseable {

    private static final long PAGE_BYTES = 4096;

    private final Arena arena = Arena.ofShared();
    private final ArrayDeque<MemorySegment> free = new ArrayDeque<>();
    private final long chunkBytes;

    ChunkPool(long chunkBytes) {
        this.chunkBytes = chunkBytes;
    }

    /**
     * A piece with anything in it.
     *
     * @throws OutOfMemoryError where the system gives no more
     */
    MemorySegment take() {
        MemorySegment used = takeUsed();
        return used != null ? used : arena.allocate(chunkBytes, PAGE_BYTES);
    }

    private synchronized @Nullable MemorySegment takeUsed() {
        return free.pollLast();
    }

    synchronized void give(MemorySegment chunk) {
        free.addLast(chunk);
    }

    @Override
    public void close() {
        arena.close();
    }
}
