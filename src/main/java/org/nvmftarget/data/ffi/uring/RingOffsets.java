package org.nvmftarget.data.ffi.uring;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.MemorySegment;

/** Where in the mapped rings what is. */
record RingOffsets(
        long sqHead, long sqTail, long sqFlags, long sqArray, long cqHead, long cqTail, long cqFlags, long cqes) {

    /** @param params as {@code io_uring_setup} filled it */
    static RingOffsets of(MemorySegment params) {
        MemorySegment sq = params.asSlice(Layouts.offset(Layouts.PARAMS, "sq_off"));
        MemorySegment cq = params.asSlice(Layouts.offset(Layouts.PARAMS, "cq_off"));
        return new RingOffsets(
                sq.get(JAVA_INT, Layouts.offset(Layouts.SQ_OFFSETS, "head")),
                sq.get(JAVA_INT, Layouts.offset(Layouts.SQ_OFFSETS, "tail")),
                sq.get(JAVA_INT, Layouts.offset(Layouts.SQ_OFFSETS, "flags")),
                sq.get(JAVA_INT, Layouts.offset(Layouts.SQ_OFFSETS, "array")),
                cq.get(JAVA_INT, Layouts.offset(Layouts.CQ_OFFSETS, "head")),
                cq.get(JAVA_INT, Layouts.offset(Layouts.CQ_OFFSETS, "tail")),
                cq.get(JAVA_INT, Layouts.offset(Layouts.CQ_OFFSETS, "flags")),
                cq.get(JAVA_INT, Layouts.offset(Layouts.CQ_OFFSETS, "cqes")));
    }
}
