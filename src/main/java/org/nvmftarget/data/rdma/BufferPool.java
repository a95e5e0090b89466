package org.nvmftarget.data.rdma;

import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;
import org.nvmftarget.data.ffi.verbs.MemoryRegion;

/**
 * One reactor's data buffers: two sizes, handed out last in, first out, so that few of them are warm. A request that
 * finds none waits in line; a buffer that comes back goes to the first who can use it. Confined to its reactor.
 */
final class BufferPool {

    /** No buffer. */
    static final int NONE = -1;

    private final MemoryRegion region;
    private final long baseOffset;
    private final PoolSizes sizes;
    private final int[] freeSmall;
    private final int[] freeLarge;
    private int smallCount;
    private int largeCount;
    private final RequestQueue waitingSmall = new RequestQueue();
    private final RequestQueue waitingLarge = new RequestQueue();

    /**
     * @param region the device's pool
     * @param baseOffset where this reactor's part begins in it
     */
    BufferPool(MemoryRegion region, long baseOffset, PoolSizes sizes) {
        this.region = region;
        this.baseOffset = baseOffset;
        this.sizes = sizes;
        freeSmall = new int[sizes.small()];
        freeLarge = new int[sizes.large()];
        for (int i = sizes.small() - 1; i >= 0; i--) {
            freeSmall[smallCount++] = i;
        }
        for (int i = sizes.large() - 1; i >= 0; i--) {
            freeLarge[largeCount++] = sizes.small() + i;
        }
    }

    MemoryRegion region() {
        return region;
    }

    MemorySegment memory() {
        return region.memory();
    }

    /** Where a buffer begins in {@link #memory}. */
    long offset(int buffer) {
        return buffer < sizes.small()
                ? baseOffset + (long) buffer * PoolSizes.SMALL_BYTES
                : baseOffset
                        + (long) sizes.small() * PoolSizes.SMALL_BYTES
                        + (long) (buffer - sizes.small()) * sizes.largeBytes();
    }

    /** Gives {@code request} a buffer, or puts it in line. */
    boolean acquire(RdmaRequest request) {
        boolean small = request.transferLengthBytes() <= PoolSizes.SMALL_BYTES;
        int buffer = small ? takeSmall() : takeLarge();
        if (buffer == NONE) {
            (small ? waitingSmall : waitingLarge).add(request);
            return false;
        }
        request.buffer(buffer);
        return true;
    }

    private int takeSmall() {
        if (!waitingSmall.isEmpty()) {
            return NONE;
        }
        return smallCount > 0 ? freeSmall[--smallCount] : takeLarge();
    }

    private int takeLarge() {
        return largeCount > 0 && waitingLarge.isEmpty() ? freeLarge[--largeCount] : NONE;
    }

    /**
     * Takes a buffer back.
     *
     * @return a request that waited and has got it, to be carried on; null if there is none
     */
    @Nullable
    RdmaRequest release(int buffer) {
        boolean small = buffer < sizes.small();
        RdmaRequest next = small ? null : waitingLarge.poll();
        if (next == null) {
            next = waitingSmall.poll();
        }
        if (next != null) {
            next.buffer(buffer);
            return next;
        }
        if (small) {
            freeSmall[smallCount++] = buffer;
        } else {
            freeLarge[largeCount++] = buffer;
        }
        return null;
    }

    /** Takes a request out of line. */
    void giveUp(RdmaRequest request) {
        if (!waitingSmall.remove(request)) {
            waitingLarge.remove(request);
        }
    }

    /** Whether all buffers are here. */
    boolean isWhole() {
        return smallCount == freeSmall.length && largeCount == freeLarge.length;
    }
}
