package org.nvmftarget.data.nvme;

import java.lang.foreign.MemorySegment;

/**
 * An entry of the Error Information log (NVMe Base specification 2.0, section 5.16.1.2), 64 bytes:
 *
 * <pre>
 *  0..7 error count   8..9 SQID   10..11 CID   12..13 status field   14..15 parameter location   16..23 LBA
 *  24..27 NSID
 * </pre>
 *
 * @param count from 1; 0 is no entry
 * @param status as {@link Status} has it
 * @param location the byte of the command in error in bits 7:0, the bit in it in bits 10:8, or {@link #NO_LOCATION}
 * @param lba first block of the command; 0 where there is none
 */
public record ErrorLogEntry(long count, int sqid, int cid, int status, int location, long lba, int nsid) {

    public static final int BYTES = 64;

    /** Parameter error location of an error that is not in one field. */
    public static final int NO_LOCATION = 0xFFFF;

    /** Parameter error location of a bit of the command. */
    public static int location(long byteOffset, int bit) {
        return (int) byteOffset | bit << 8;
    }

    public void encode(MemorySegment s, long at) {
        Wire.putU64(s, at, count);
        Wire.putU16(s, at + 8, sqid);
        Wire.putU16(s, at + 10, cid);
        s.set(Wire.LE16, at + 12, Status.toWire(status));
        Wire.putU16(s, at + 14, location);
        Wire.putU64(s, at + 16, lba);
        Wire.putU32(s, at + 24, nsid);
    }
}
