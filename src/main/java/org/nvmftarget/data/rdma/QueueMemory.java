package org.nvmftarget.data.rdma;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;
import org.nvmftarget.data.ffi.verbs.MemoryRegion;
import org.nvmftarget.data.ffi.verbs.ProtectionDomain;
import org.nvmftarget.data.ffi.verbs.RecvWr;
import org.nvmftarget.data.ffi.verbs.SendWr;
import org.nvmftarget.data.ffi.verbs.VerbsException;
import org.nvmftarget.data.target.Request;
import org.nvmftarget.model.TransportOptions;

/**
 * The registered memory of one queue pair: receives of its own, if it has any, completion entries, and the work requests themselves. A device
 * keeps it for the next queue of that shape when its queue has gone.
 *
 * <pre>
 *  receives × slot (64 bytes of command, then in-capsule data)  |  requests × 16 bytes of completion  |  work requests
 * </pre>
 */
final class QueueMemory {

    /** Requests for one receive: the host may send its next command before the last response has been acknowledged. */
    static final int REQUESTS_PER_ENTRY = 2;

    private static final int PAGE_BYTES = 4096;
    private static final int WR_ALIGNMENT = 8;

    /**
     * What makes two queues alike.
     *
     * @param entries of the queue, a power of two
     * @param receives as many as entries, or 0 if they are shared
     * @param inCapsuleBytes data that a capsule of a receive may carry
     */
    record Shape(int entries, int receives, int inCapsuleBytes) {

        /** The smallest shape for a queue, so that there are few shapes. */
        static Shape of(int queueEntries, TransportOptions.Rdma options) {
            int entries = Integer.highestOneBit(queueEntries - 1) << 1;
            return options.noSrq()
                    ? new Shape(entries, entries, options.common().inCapsuleDataSizeBytes())
                    : new Shape(entries, 0, 0);
        }

        int requests() {
            return entries * REQUESTS_PER_ENTRY;
        }

        int slotBytes() {
            return Request.SQE_BYTES + inCapsuleBytes;
        }

        long receiveBytes() {
            return (long) receives * slotBytes();
        }

        long completionBytes() {
            return (long) requests() * Request.CQE_BYTES;
        }

        /** Bytes that are pinned for the queue. */
        long totalBytes() {
            long work = receives * RecvWr.bytes(1) + requests() * 2L * SendWr.bytes(1);
            return roundUp(receiveBytes() + completionBytes() + work + WR_ALIGNMENT, PAGE_BYTES);
        }

        private static long roundUp(long bytes, long unit) {
            return (bytes + unit - 1) / unit * unit;
        }
    }

    private final Shape shape;
    private final MemoryRegion region;

    /** @param arena lives at least as long as {@code domain} */
    QueueMemory(Shape shape, Arena arena, ProtectionDomain domain) throws VerbsException {
        this.shape = shape;
        region = domain.register(arena.allocate(shape.totalBytes(), PAGE_BYTES));
    }

    Shape shape() {
        return shape;
    }

    MemoryRegion region() {
        return region;
    }

    long receiveOffset(int slot) {
        return (long) slot * shape.slotBytes();
    }

    long completionOffset(int request) {
        return shape.receiveBytes() + (long) request * Request.CQE_BYTES;
    }

    MemorySegment completion(int request) {
        return region.memory().asSlice(completionOffset(request), Request.CQE_BYTES);
    }

    /** For the work requests, once for each use of this memory. */
    SegmentAllocator workRequests() {
        return SegmentAllocator.slicingAllocator(
                region.memory().asSlice(shape.receiveBytes() + shape.completionBytes()));
    }

    void close() {
        region.close();
    }
}
