package org.nvmftarget.data.nvme;

import java.lang.foreign.MemorySegment;

/**
 * A Reservation Notification log page (NVMe Base specification 2.0, section 5.16.1.24), 64 bytes:
 *
 * <pre>
 *  0..7 log page count   8 type   9 number of available log pages   10..11 reserved   12..15 NSID   16..63 reserved
 * </pre>
 *
 * @param count which notification of its controller this is, from 1; 0 in an empty page
 * @param type 0 in an empty page
 * @param available notifications behind this one; 255 stands for more as well
 */
public record ReservationNotification(long count, int type, int available, int nsid) {

    public static final int BYTES = 64;

    /** There is none. */
    public static final ReservationNotification EMPTY = new ReservationNotification(0, 0, 0, 0);

    private static final long COUNT = 0;
    private static final long TYPE = COUNT + 8;
    private static final long AVAILABLE = TYPE + 1;
    private static final long NSID = 12;

    /** Writes the page over zeroed bytes. */
    public void encode(MemorySegment s) {
        Wire.putU64(s, COUNT, count);
        Wire.putU8(s, TYPE, type);
        Wire.putU8(s, AVAILABLE, Math.min(available, 0xFF));
        Wire.putU32(s, NSID, nsid);
    }
}
