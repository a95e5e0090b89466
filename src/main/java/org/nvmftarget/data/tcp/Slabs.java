package org.nvmftarget.data.tcp;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.nvmftarget.data.reactor.DataMemory;

/**
 * Memory for data, cut from pieces that are large enough to be few: what is made known to others is the piece. Nothing
 * is given back; its users keep it and use it again. For one reactor's thread.
 */
final class Slabs {

    static final int SLAB_BYTES = 1 << 20;

    private static final int PAGE_BYTES = 4096;

    private final DataMemory told;
    private final List<MemorySegment> slabs = new ArrayList<>();
    private MemorySegment slab = MemorySegment.NULL;
    private long usedBytes;

    /** @param told which memory it is, until {@link #forget} */
    Slabs(DataMemory told) {
        this.told = told;
    }

    /** Zeroes that begin with a page. */
    MemorySegment allocate(int lengthBytes) {
        long wholePages = (lengthBytes + PAGE_BYTES - 1L) & -PAGE_BYTES;
        if (usedBytes + wholePages > slab.byteSize()) {
            slab = Arena.ofAuto().allocate(Math.max(SLAB_BYTES, wholePages), PAGE_BYTES);
            usedBytes = 0;
            slabs.add(slab);
            told.add(slab);
        }
        MemorySegment piece = slab.asSlice(usedBytes, lengthBytes);
        usedBytes += wholePages;
        return piece;
    }

    /** No data come into it any more. */
    void forget() {
        slabs.forEach(told::remove);
        slabs.clear();
        slab = MemorySegment.NULL;
        usedBytes = 0;
    }
}
