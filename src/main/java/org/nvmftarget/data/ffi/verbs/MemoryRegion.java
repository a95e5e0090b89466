package org.nvmftarget.data.ffi.verbs;

import java.lang.foreign.MemorySegment;

/** Memory that the device may use ({@code ibv_mr}). */
public interface MemoryRegion extends AutoCloseable {

    MemorySegment memory();

    /** What local work requests name the region by. */
    int lkey();

    /** No work request may be using it. Idempotent. */
    @Override
    void close();
}
