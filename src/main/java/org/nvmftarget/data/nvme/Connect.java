package org.nvmftarget.data.nvme;

import java.lang.foreign.MemorySegment;

/**
 * The Connect command and what answers it (NVMe over Fabrics 1.1, section 3.3). Offsets into the submission queue
 * entry:
 *
 * <pre>
 *  40..41 RECFMT   42..43 QID   44..45 SQSIZE (zero-based)   46 CATTR   48..51 KATO in ms
 * </pre>
 */
public final class Connect {
    private Connect() {}

    public static final long RECFMT = Sqe.CDW10;
    public static final long QID = RECFMT + 2;
    public static final long SQSIZE = QID + 2;
    public static final long CATTR = SQSIZE + 2;
    public static final long KATO = CATTR + 2;

    /** CATTR bit 2: the host does without submission queue flow control. */
    public static final int CATTR_DISABLE_SQ_FLOW = 1 << 2;

    /** CATTR bits that no specification gives a meaning. */
    public static final int CATTR_RESERVED = 7 << 5;

    /** The controller id that asks for any controller. */
    public static final int CNTLID_DYNAMIC = 0xFFFF;

    public static int recfmt(MemorySegment sqe) {
        return Wire.u16(sqe, RECFMT);
    }

    public static int qid(MemorySegment sqe) {
        return Wire.u16(sqe, QID);
    }

    /** Zero-based number of entries. */
    public static int sqsize(MemorySegment sqe) {
        return Wire.u16(sqe, SQSIZE);
    }

    public static int cattr(MemorySegment sqe) {
        return Wire.u8(sqe, CATTR);
    }

    /** Keep alive timeout in milliseconds, unsigned. */
    public static int katoMs(MemorySegment sqe) {
        return Wire.u32(sqe, KATO);
    }

    /** DW0 of a Connect that failed over a field of the command: its byte offset (IPO; IATTR bit 0 is 0). */
    public static int invalidInCommand(long offset) {
        return (int) offset;
    }

    /** DW0 of a Connect that failed over a field of the data: its byte offset (IPO), and IATTR bit 0. */
    public static int invalidInData(long offset) {
        return (int) offset | 1 << 16;
    }
}
