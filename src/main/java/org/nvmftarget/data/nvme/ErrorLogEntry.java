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
 * @param lba first block of the command; 0 where there is none
 */
public record ErrorLogEntry(long count, int sqid, int cid, int status, long lba, int nsid) {

    public static final int BYTES = 64;

    private static final int NO_LOCATION = 0xFFFF;

    public void encode(MemorySegment s, long at) {
        Wire.putU64(s, at, count);
        Wire.putU16(s, at + 8, sqid);
        Wire.putU16(s, at + 10, cid);
        s.set(Wire.LE16, at + 12, Status.toWire(status));
        Wire.putU16(s, at + 14, NO_LOCATION);
        Wire.putU64(s, at + 16, lba);
        Wire.putU32(s, at + 24, nsid);
    }
}
