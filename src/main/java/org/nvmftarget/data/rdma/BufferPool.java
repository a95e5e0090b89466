package org.nvmftarget.data.rdma;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import org.nvmftarget.data.ffi.verbs.MemoryRegion;

/**
 * One reactor's memory for data, handed out in blocks of 4 KiB times a power of two (a buddy system): a transfer lies in
 * one piece, whatever its size, and no small transfer takes a large buffer. A request that finds no block waits in line;
 * what comes back goes to the first in line, and nobody overtakes it. Confined to its reactor.
 */
final class BufferPool {

    /** No buffer. */
    static final int NONE = -1;

    private static final int UNIT_SHIFT = 12;

    /** Bytes of the smallest block. */
    static final int UNIT_BYTES = 1 << UNIT_SHIFT;

    private static final byte IN_USE = -1;

    private final MemoryRegion region;
    private final MemorySegment part;
    private final long baseOffset;
    private final int units;
    private final DeviceStats stats;
    private final RequestQueue waiting = new RequestQueue();

    /** First free block of each order, linked through {@link #nextFree} and {@link #previousFree}. */
    private final int[] free;

    private final int[] nextFree;
    private final int[] previousFree;

    /** Of a unit that begins a block: the block's order. */
    private final byte[] orders;

    /** Of a unit that begins a free block: its order; otherwise {@link #IN_USE}. */
    private final byte[] freeOrders;

    private int usedUnits;
    private boolean serving;

    /**
     * @param region the device's memory for data
     * @param baseOffset where this reactor's part begins in it
     */
    BufferPool(MemoryRegion region, long baseOffset, PoolSizes sizes, DeviceStats stats) {
        this.region = region;
        this.baseOffset = baseOffset;
        this.stats = stats;
        int largest = order(sizes.largestBytes());
        units = Math.toIntExact(sizes.bytesPerReactor() >> UNIT_SHIFT);
        part = region.memory().asSlice(baseOffset, sizes.bytesPerReactor());
        free = new int[largest + 1];
        nextFree = new int[units];
        previousFree = new int[units];
        orders = new byte[units];
        freeOrders = new byte[units];
        Arrays.fill(free, NONE);
        Arrays.fill(freeOrders, IN_USE);
        for (int unit = units - (1 << largest); unit >= 0; unit -= 1 << largest) {
            push(unit, largest);
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
        return baseOffset + ((long) buffer << UNIT_SHIFT);
    }

    /** What this reactor has of {@link #memory}. */
    MemorySegment part() {
        return part;
    }

    /** Bytes that it has in all. */
    long bytes() {
        return (long) units << UNIT_SHIFT;
    }

    /** Gives {@code request} a buffer, or puts it in line: then {@link RdmaQueue#buffered} comes later. */
    boolean acquire(RdmaRequest request) {
        int buffer = waiting.isEmpty() ? take(order(request.transferLengthBytes())) : NONE;
        if (buffer == NONE) {
            stats.pendingDataBuffer.add(1);
            waiting.add(request);
            return false;
        }
        request.buffer(buffer);
        return true;
    }

    /** Takes a buffer back, and carries on with those who waited for it. */
    void release(int buffer) {
        put(buffer);
        serve();
    }

    /** Takes a request out of line, which may have held up those behind it. */
    void giveUp(RdmaRequest request) {
        waiting.remove(request);
        serve();
    }

    private void serve() {
        // Who is served may release: the loop that is under way sees to what comes of it.
        if (serving) {
            return;
        }
        serving = true;
        for (RdmaRequest first = waiting.peek(); first != null; first = waiting.peek()) {
            int buffer = take(order(first.transferLengthBytes()));
            if (buffer == NONE) {
                break;
            }
            waiting.poll();
            first.buffer(buffer);
            first.queue.buffered(first);
        }
        serving = false;
    }

    /** Whether all memory is here. */
    boolean isWhole() {
        return usedUnits == 0 && waiting.isEmpty();
    }

    /** The least order whose blocks hold {@code lengthBytes}. */
    private static int order(int lengthBytes) {
        return Integer.SIZE - Integer.numberOfLeadingZeros((lengthBytes - 1) >>> UNIT_SHIFT);
    }

    private int take(int order) {
        int found = order;
        while (found < free.length && free[found] == NONE) {
            found++;
        }
        if (found >= free.length) {
            return NONE;
        }
        int unit = free[found];
        unlink(unit, found);
        while (found > order) {
            found--;
            push(unit + (1 << found), found);
        }
        orders[unit] = (byte) order;
        usedUnits += 1 << order;
        return unit;
    }

    private void put(int buffer) {
        int order = orders[buffer];
        int unit = buffer;
        usedUnits -= 1 << order;
        while (order < free.length - 1) {
            int buddy = unit ^ (1 << order);
            if (freeOrders[buddy] != order) {
                break;
            }
            unlink(buddy, order);
            unit &= buddy;
            order++;
        }
        push(unit, order);
    }

    private void push(int unit, int order) {
        int head = free[order];
        nextFree[unit] = head;
        previousFree[unit] = NONE;
        if (head != NONE) {
            previousFree[head] = unit;
        }
        free[order] = unit;
        freeOrders[unit] = (byte) order;
    }

    private void unlink(int unit, int order) {
        int next = nextFree[unit];
        int previous = previousFree[unit];
        if (previous == NONE) {
            free[order] = next;
        } else {
            nextFree[previous] = next;
        }
        if (next != NONE) {
            previousFree[next] = previous;
        }
        freeOrders[unit] = IN_USE;
    }
}
