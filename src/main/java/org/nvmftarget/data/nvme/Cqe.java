package org.nvmftarget.data.nvme;

import java.lang.foreign.MemorySegment;

/**
 * Completion queue entry (NVMe Base specification 2.0, section 3.3.3.2; NVMe over Fabrics 1.1, section 2.2), 16 bytes:
 *
 * <pre>
 *  0..3 DW0   4..7 DW1   8..9 SQHD   10..11 SQ id (reserved on fabrics)   12..13 command id   14..15 status
 * </pre>
 */
public final class Cqe {
    private Cqe() {}

    public static final int BYTES = 16;

    public static final long DW0 = 0;
    public static final long DW1 = DW0 + 4;
    public static final long SQHD = DW1 + 4;
    public static final long SQID = SQHD + 2;
    public static final long CID = SQID + 2;
    public static final long STATUS = CID + 2;

    /** SQHD of a queue without submission queue flow control. */
    public static final int SQHD_DISABLED = 0xFFFF;

    /**
     * Writes all 16 bytes.
     *
     * @param result DW0 in the lower, DW1 in the upper half
     * @param status as {@link Status} has it
     */
    public static void encode(MemorySegment cqe, long result, int sqhd, int cid, int status) {
        Wire.putU64(cqe, DW0, result);
        Wire.putU32(cqe, SQHD, sqhd & 0xFFFF);
        Wire.putU16(cqe, CID, cid);
        cqe.set(Wire.LE16, STATUS, Status.toWire(status));
    }

    public static int dw0(MemorySegment cqe) {
        return Wire.u32(cqe, DW0);
    }

    /** DW0 and DW1. */
    public static long result(MemorySegment cqe) {
        return Wire.u64(cqe, DW0);
    }

    public static int sqhd(MemorySegment cqe) {
        return Wire.u16(cqe, SQHD);
    }

    public static int cid(MemorySegment cqe) {
        return Wire.u16(cqe, CID);
    }

    /** As {@link Status} has it. */
    public static int status(MemorySegment cqe) {
        return Status.ofWire(cqe.get(Wire.LE16, STATUS));
    }
}
