package org.nvmftarget.data.ffi.verbs;

import java.lang.foreign.MemorySegment;

/** Ties queue pairs to the memory that they may touch ({@code ibv_pd}). */
public interface ProtectionDomain extends AutoCloseable {

    /**
     * Pins memory and lets the device write into it for its own queue pairs; peers get no right to it. {@code memory}
     * is native and outlives the region. ENOMEM if it is more than RLIMIT_MEMLOCK lets this process pin.
     */
    MemoryRegion register(MemorySegment memory) throws VerbsException;

    /**
     * Receives for many queue pairs of this domain.
     *
     * @param entries receives, at most {@link DeviceLimits#maxSrqWr}
     * @param maxSge buffers of a receive
     * @param limit as {@link SharedReceiveQueue#armLimit}; 0 for none
     */
    SharedReceiveQueue createSharedReceiveQueue(int entries, int maxSge, int limit) throws VerbsException;

    /** Its regions, shared receive queues and queue pairs must have been closed. Idempotent. */
    @Override
    void close();
}
