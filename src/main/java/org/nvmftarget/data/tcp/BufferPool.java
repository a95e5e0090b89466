package org.nvmftarget.data.tcp;

import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import org.jspecify.annotations.Nullable;

/**
 * Data buffers of one reactor for commands whose data do not fit the capsule's own buffer. There are two sizes, each
 * allocated when it is first needed, up to its limit; then requests wait in the order in which they came, and a buffer
 * that comes back goes to the first of them.
 */
final class BufferPool {

    /** Bytes of a small buffer. */
    static final int SMALL_BYTES = 8192;

    private final ShareMemory memory;
    private final SizeClass small;
    private final SizeClass large;

    /**
     * @param largeBytes at least {@link #SMALL_BYTES}: the transport's {@code max_io_size}
     * @param smallCount most small buffers
     * @param largeCount most large buffers, at least 1
     * @param memory of the reactor that the buffers belong to
     * @param slabs of which they are cut
     */
    BufferPool(int largeBytes, int smallCount, int largeCount, ShareMemory memory, Slabs slabs) {
        this.memory = memory;
        small = new SizeClass(SMALL_BYTES, smallCount, memory, slabs);
        large = new SizeClass(largeBytes, largeCount, memory, slabs);
    }

    int largestBytes() {
        return large.bufferBytes;
    }

    /** A buffer, or null: then {@code request} waits, and gets one by {@link TcpRequest#bufferCame}. */
    @Nullable
    Buffer take(int lengthBytes, TcpRequest request) {
        SizeClass fitting = lengthBytes <= SMALL_BYTES && small.limit > 0 ? small : large;
        Buffer buffer = fitting.takeFree();
        if (buffer == null) {
            fitting.waiting.add(request);
            memory.waited();
        }
        return buffer;
    }

    /** {@code request} waits no more. */
    void cancel(TcpRequest request) {
        if (!small.cancel(request)) {
            large.cancel(request);
        }
    }

    /** Buffers that are in use. */
    int used() {
        return small.allocated - small.free.size() + large.allocated - large.free.size();
    }

    /** A piece of memory that is one request's at a time. */
    static final class Buffer {
        private final SizeClass sizeClass;
        private final MemorySegment memory;

        private Buffer(SizeClass sizeClass) {
            this.sizeClass = sizeClass;
            this.memory = sizeClass.slabs.allocate(sizeClass.bufferBytes);
        }

        MemorySegment memory() {
            return memory;
        }

        /** Gives it back, or on to the first request that waits. */
        void release() {
            TcpRequest next = sizeClass.waiting.poll();
            if (next == null) {
                sizeClass.free.push(this);
            } else {
                next.bufferCame(this);
            }
        }
    }

    private static final class SizeClass {
        private final int bufferBytes;
        private final int limit;
        private final ShareMemory memory;
        private final Slabs slabs;
        private final Deque<Buffer> free;
        private final Deque<TcpRequest> waiting = new ArrayDeque<>();
        private int allocated;

        SizeClass(int bufferBytes, int limit, ShareMemory memory, Slabs slabs) {
            this.slabs = slabs;
            this.memory = memory;
            this.bufferBytes = bufferBytes;
            this.limit = limit;
            this.free = new ArrayDeque<>(limit + 1);
        }

        @Nullable
        Buffer takeFree() {
            Buffer buffer = free.poll();
            if (buffer == null && allocated < limit) {
                allocated++;
                memory.allocated(bufferBytes);
                return new Buffer(this);
            }
            return buffer;
        }

        boolean cancel(TcpRequest request) {
            for (Iterator<TcpRequest> each = waiting.iterator(); each.hasNext(); ) {
                if (each.next().equals(request)) {
                    each.remove();
                    return true;
                }
            }
            return false;
        }
    }
}
