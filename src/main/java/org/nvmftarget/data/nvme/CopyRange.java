package org.nvmftarget.data.nvme;

import java.lang.foreign.MemorySegment;

/**
 * Copy (NVM Command Set 1.0, section 3.2.2). CDW10 and CDW11 have the first LBA of the destination, CDW12:
 *
 * <pre>
 *  31 LR   30 FUA   29:26 PRINFOW   25 STCR   24 STCW   23:20 DTYPE   15:12 PRINFOR   11:8 format   7:0 ranges, zero-based
 * </pre>
 *
 * <p>Source ranges of format 0 have 32, of format 1 40 bytes; what follows are tags of protection information:
 *
 * <pre>
 *  8..15 first LBA   16..17 blocks, zero-based
 * </pre>
 */
public final class CopyRange {
    private CopyRange() {}

    /** Most ranges of one command. */
    public static final int MAX_RANGES = 256;

    /** In CDW12. */
    public static final int PRINFOR = 0xF << 12;

    /** In CDW12: storage tag check when reading. */
    public static final int STCR = 1 << 25;

    private static final int BYTES_FORMAT_0 = 32;
    private static final int BYTES_FORMAT_1 = 40;

    public static int ranges(MemorySegment sqe) {
        return (Sqe.cdw12(sqe) & 0xFF) + 1;
    }

    /** Descriptor format. */
    public static int format(MemorySegment sqe) {
        return Sqe.cdw12(sqe) >>> 8 & 0xF;
    }

    /** Bytes of a range of format 0 or 1. */
    public static int bytes(int format) {
        return format == 0 ? BYTES_FORMAT_0 : BYTES_FORMAT_1;
    }

    public static long lba(MemorySegment s, long at) {
        return Wire.u64(s, at + 8);
    }

    /** 1 to 65536. */
    public static int blocks(MemorySegment s, long at) {
        return Wire.u16(s, at + 16) + 1;
    }
}
