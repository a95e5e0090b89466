package org.nvmftarget.data.nvme;

import java.lang.foreign.MemorySegment;

/**
 * I/O Command Set specific Identify Controller data of the NVM command set (NVM Command Set 1.0, section 4.1.5.3), 4096
 * bytes. Sizes are powers of two in units of 4 KiB; 0 is no limit beyond that of the command's own fields:
 *
 * <pre>
 *  0 VSL   1 WZSL   2 WUSL   3 DMRL   4..7 DMRSL   8..15 DMSL
 * </pre>
 */
public final class NvmLimits {
    private NvmLimits() {}

    private static final int UNIT_SHIFT = 12;

    /** Largest Verify: 32 MiB. */
    public static final int VSL = 13;

    /** Largest Write Zeroes: 256 MiB. */
    public static final int WZSL = 16;

    /** Largest Write Uncorrectable: 32 MiB. */
    public static final int WUSL = 13;

    /** A limit in bytes. */
    public static long bytes(int limit) {
        return 1L << (limit + UNIT_SHIFT);
    }

    /** Over zeroed bytes. Dataset Management has no limit: all 256 ranges, each of any length. */
    public static void encode(MemorySegment s) {
        Wire.putU8(s, 0, VSL);
        Wire.putU8(s, 1, WZSL);
        Wire.putU8(s, 2, WUSL);
    }
}
