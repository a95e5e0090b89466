package org.nvmftarget.data.nvme;

import java.lang.foreign.MemorySegment;

/**
 * An entry of the Error Information log (NVMe Base specification 2.0, section 5.16.1.2), 64 bytes:
 *
 * <pre>
 *  0..7 error count   8..9 SQID   10..11 CID   12..13 status field   14..15 parameter location: byte 7:0, bit 10:8
 *  16..23 LBA   24..27 NSID   28 vendor specific   29 TRTYPE   32..39 command specific   40..41 transport specific
 * </pre>
 */
public final class ErrorLogEntry {
    private ErrorLogEntry() {}

    public static final int BYTES = 64;

    /** No field of the command is to blame. */
    public static final int NO_LOCATION = 0xFFFF;

    /** Where a field or a bit of the command lies. */
    public static int location(long byteOffset, int bit) {
        return (int) byteOffset | bit << 8;
    }

    /**
     * Writes all 64 bytes.
     *
     * @param count from 1; 0 is no entry
     * @param status as {@link Status} has it
     * @param location what is to blame, as {@link #location} has it, or {@link #NO_LOCATION}
     * @param lba first block of the command; 0 where there is none
     * @param trtype as {@link DiscoveryEntry} has it
     * @param specific what the completion's DW0 and DW1 said
     */
    public static void encode(
            MemorySegment s,
            long at,
            long count,
            int sqid,
            int cid,
            int status,
            int location,
            long lba,
            int nsid,
            int trtype,
            long specific) {
        Wire.putU64(s, at, count);
        Wire.putU16(s, at + 8, sqid);
        Wire.putU16(s, at + 10, cid);
        s.set(Wire.LE16, at + 12, Status.toWire(status));
        Wire.putU16(s, at + 14, location);
        Wire.putU64(s, at + 16, lba);
        Wire.putU32(s, at + 24, nsid);
        Wire.putU32(s, at + 28, trtype << 8);
        Wire.putU64(s, at + 32, specific);
        Wire.putU64(s, at + 40, 0);
        Wire.putU64(s, at + 48, 0);
        Wire.putU64(s, at + 56, 0);
    }
}
