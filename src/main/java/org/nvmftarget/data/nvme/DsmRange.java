package org.nvmftarget.data.nvme;

import java.lang.foreign.MemorySegment;

/**
 * Dataset Management (NVM Command Set 1.0, section 3.2.3): CDW10 bits 7:0 number of ranges, zero-based; CDW11 bit 2
 * deallocate; ranges of 16 bytes:
 *
 * <pre>
 *  0..3 context attributes   4..7 blocks   8..15 first LBA
 * </pre>
 */
public final class DsmRange {
    private DsmRange() {}

    public static final int BYTES = 16;

    /** Most ranges of one command. */
    public static final int MAX_RANGES = 256;

    public static final int DEALLOCATE = 1 << 2;

    /** Number of ranges. */
    public static int ranges(MemorySegment sqe) {
        return (Sqe.cdw10(sqe) & 0xFF) + 1;
    }

    /** A range without attributes. */
    public static void encode(MemorySegment s, long at, long lba, int blocks) {
        Wire.putU32(s, at, 0);
        Wire.putU32(s, at + 4, blocks);
        Wire.putU64(s, at + 8, lba);
    }

    /** Number of blocks, unsigned 32 bits. */
    public static long blocks(MemorySegment s, long at) {
        return Wire.u32(s, at + 4) & 0xFFFF_FFFFL;
    }

    public static long lba(MemorySegment s, long at) {
        return Wire.u64(s, at + 8);
    }
}
