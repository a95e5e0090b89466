package org.nvmftarget.data.nvme;

import java.lang.foreign.MemorySegment;

/**
 * Reservation commands (NVMe Base specification 2.0, sections 7.2 to 7.5). CDW10 of Register, Acquire and Release has
 * the action 2:0, IEKEY 3, RTYPE 15:8 (Acquire, Release), CPTPL 31:30 (Register); CDW10 of Report is the number of
 * dwords, zero-based, and CDW11 bit 0 its EDS. Data of the first three:
 *
 * <pre>
 *  0..7 CRKEY   8..15 NRKEY (Register), PRKEY (Acquire)
 * </pre>
 */
public final class Reservation {
    private Reservation() {}

    // RREGA
    public static final int REGISTER = 0;
    public static final int UNREGISTER = 1;
    public static final int REPLACE = 2;

    // RACQA
    public static final int ACQUIRE = 0;
    public static final int PREEMPT = 1;
    public static final int PREEMPT_AND_ABORT = 2;

    // RRELA
    public static final int RELEASE = 0;
    public static final int CLEAR = 1;

    // CPTPL
    public static final int PTPL_UNCHANGED = 0;
    public static final int PTPL_CLEARED = 2;
    public static final int PTPL_SET = 3;

    /** Bytes of the data of Register and of Acquire. */
    public static final int TWO_KEYS_BYTES = 16;

    /** Bytes of the data of Release. */
    public static final int ONE_KEY_BYTES = 8;

    private static final long CRKEY = 0;
    private static final long SECOND_KEY = CRKEY + 8;

    public static int action(MemorySegment sqe) {
        return Sqe.cdw10(sqe) & 7;
    }

    /** IEKEY: CRKEY does not count. */
    public static boolean ignoresExistingKey(MemorySegment sqe) {
        return (Sqe.cdw10(sqe) & 1 << 3) != 0;
    }

    public static int rtype(MemorySegment sqe) {
        return Sqe.cdw10(sqe) >>> 8 & 0xFF;
    }

    public static int cptpl(MemorySegment sqe) {
        return Sqe.cdw10(sqe) >>> 30;
    }

    /** Bytes that a Report is to return, at least 4 and at most 2^34. */
    public static long reportLengthBytes(MemorySegment sqe) {
        return ((Sqe.cdw10(sqe) & 0xFFFF_FFFFL) + 1) * 4;
    }

    /** EDS: the Extended Data Structure, which has room for host identifiers of 128 bits. */
    public static boolean isExtended(MemorySegment sqe) {
        return (Sqe.cdw11(sqe) & 1) != 0;
    }

    public static long currentKey(MemorySegment s, long at) {
        return Wire.u64(s, at + CRKEY);
    }

    /** NRKEY or PRKEY. */
    public static long secondKey(MemorySegment s, long at) {
        return Wire.u64(s, at + SECOND_KEY);
    }
}
