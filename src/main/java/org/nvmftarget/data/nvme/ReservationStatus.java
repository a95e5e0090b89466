package org.nvmftarget.data.nvme;

import java.lang.foreign.MemorySegment;

/**
 * What Reservation Report returns (NVMe Base specification 2.0, section 7.5): the extended Reservation Status data
 * structure, 64 bytes, and behind it 64 bytes for each registrant:
 *
 * <pre>
 *  0..3 GEN   4 RTYPE   5..6 REGCTL   7..8 reserved   9 PTPLS   10..63 reserved
 *  0..1 CNTLID   2 RCSTS   3..7 reserved   8..15 RKEY   16..31 HOSTID   32..63 reserved
 * </pre>
 */
public final class ReservationStatus {
    private ReservationStatus() {}

    public static final int HEADER_BYTES = 64;
    public static final int REGISTRANT_BYTES = 64;

    private static final long GEN = 0;
    private static final long RTYPE = GEN + 4;
    private static final long REGCTL = RTYPE + 1;
    private static final long PTPLS = 9;

    private static final long CNTLID = 0;
    private static final long RCSTS = CNTLID + 2;
    private static final long RKEY = 8;
    private static final long HOSTID = RKEY + 8;

    /** A controller of the dynamic model has no identifier that would mean anything here. */
    private static final int DYNAMIC_CONTROLLER = 0xFFFF;

    private static final int HOLDS_RESERVATION = 1;

    /**
     * Writes the header over zeroed bytes.
     *
     * @param rtype 0 where nothing is reserved
     */
    public static void encodeHeader(MemorySegment s, int generation, int rtype, int registrants, boolean ptpl) {
        Wire.putU32(s, GEN, generation);
        Wire.putU8(s, RTYPE, rtype);
        Wire.putU16(s, REGCTL, registrants);
        Wire.putU8(s, PTPLS, ptpl ? 1 : 0);
    }

    /** Writes one registrant over zeroed bytes. */
    public static void encodeRegistrant(
            MemorySegment s, long at, boolean holder, long key, long hostIdHigh, long hostIdLow) {
        Wire.putU16(s, at + CNTLID, DYNAMIC_CONTROLLER);
        Wire.putU8(s, at + RCSTS, holder ? HOLDS_RESERVATION : 0);
        Wire.putU64(s, at + RKEY, key);
        Wire.putBigEndian128(s, at + HOSTID, hostIdHigh, hostIdLow);
    }
}
