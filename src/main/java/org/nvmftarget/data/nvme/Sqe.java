package org.nvmftarget.data.nvme;

import java.lang.foreign.MemorySegment;

/**
 * Submission queue entry (NVMe Base specification 2.0, section 3.3.3.1), 64 bytes:
 *
 * <pre>
 *  0     opcode            4..7   nsid (fabrics: 4 is FCTYPE)     40..43 CDW10
 *  1     FUSE 1:0 PSDT 7:6 8..15  CDW2, CDW3                      44..47 CDW11
 *  2..3  command id        16..23 MPTR, 24..39 SGL1               48..63 CDW12..CDW15
 * </pre>
 */
public final class Sqe {
    private Sqe() {}

    public static final int BYTES = 64;

    public static final long OPCODE = 0;
    public static final long FLAGS = OPCODE + 1;
    public static final long CID = FLAGS + 1;
    public static final long NSID = CID + 2;
    public static final long FCTYPE = NSID;
    public static final long CDW2 = NSID + 4;
    public static final long CDW3 = CDW2 + 4;
    public static final long MPTR = CDW3 + 4;
    public static final long SGL1 = MPTR + 8;
    public static final long CDW10 = SGL1 + 16;
    public static final long CDW11 = CDW10 + 4;
    public static final long CDW12 = CDW11 + 4;
    public static final long CDW13 = CDW12 + 4;
    public static final long CDW14 = CDW13 + 4;
    public static final long CDW15 = CDW14 + 4;

    /** PSDT values: fabrics allows SGL alone; 2 says that MPTR is an SGL too. */
    public static final int PSDT_PRP = 0;

    public static final int PSDT_SGL = 1;
    public static final int PSDT_SGL_METADATA_SGL = 2;

    // FUSE values
    public static final int FUSE_NONE = 0;
    public static final int FUSE_FIRST = 1;
    public static final int FUSE_SECOND = 2;

    public static int opcode(MemorySegment sqe) {
        return Wire.u8(sqe, OPCODE);
    }

    public static int flags(MemorySegment sqe) {
        return Wire.u8(sqe, FLAGS);
    }

    /** Fused operation, bits 1:0; 0 is a normal command. */
    public static int fuse(MemorySegment sqe) {
        return Wire.u8(sqe, FLAGS) & 3;
    }

    /** PRP or SGL for data transfer, bits 7:6. */
    public static int psdt(MemorySegment sqe) {
        return Wire.u8(sqe, FLAGS) >>> 6;
    }

    public static int cid(MemorySegment sqe) {
        return Wire.u16(sqe, CID);
    }

    public static int nsid(MemorySegment sqe) {
        return Wire.u32(sqe, NSID);
    }

    public static int fctype(MemorySegment sqe) {
        return Wire.u8(sqe, FCTYPE);
    }

    public static int cdw10(MemorySegment sqe) {
        return Wire.u32(sqe, CDW10);
    }

    public static int cdw11(MemorySegment sqe) {
        return Wire.u32(sqe, CDW11);
    }

    public static int cdw12(MemorySegment sqe) {
        return Wire.u32(sqe, CDW12);
    }

    public static int cdw13(MemorySegment sqe) {
        return Wire.u32(sqe, CDW13);
    }

    public static int cdw14(MemorySegment sqe) {
        return Wire.u32(sqe, CDW14);
    }

    public static int cdw15(MemorySegment sqe) {
        return Wire.u32(sqe, CDW15);
    }

    /** The starting LBA of an I/O command: CDW10 and CDW11, an unsigned 64-bit number. */
    public static long slba(MemorySegment sqe) {
        return Wire.u64(sqe, CDW10);
    }

    /** The number of logical blocks of an I/O command, one-based: 1 to 65536. */
    public static int blocks(MemorySegment sqe) {
        return Wire.u16(sqe, CDW12) + 1;
    }
}
