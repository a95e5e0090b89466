package org.nvmftarget.data.tcp;

import java.lang.foreign.MemorySegment;
import org.nvmftarget.data.nvme.Wire;

/**
 * Protocol data units (NVMe TCP Transport specification 1.0, section 3.6). All begin with the common header:
 *
 * <pre>
 *  0 type   1 flags   2 HLEN   3 PDO   4..7 PLEN
 *
 *  ICReq      8..9 PFV    10 HPDA   11 DGST   12..15 MAXR2T                          HLEN 128
 *  ICResp     8..9 PFV    10 CPDA   11 DGST   12..15 MAXH2CDATA                      HLEN 128
 *  TermReq    8..9 FES    10..13 FEI                                                  HLEN 24, then the PDU at fault
 *  CapsuleCmd 8..71 submission queue entry                                            HLEN 72, then data
 *  CapsuleResp 8..23 completion queue entry                                           HLEN 24
 *  H2CData    8..9 CCCID  10..11 TTAG   12..15 DATAO   16..19 DATAL                   HLEN 24, then data
 *  C2HData    8..9 CCCID                12..15 DATAO   16..19 DATAL                   HLEN 24, then data
 *  R2T        8..9 CCCID  10..11 TTAG   12..15 R2TO    16..19 R2TL                    HLEN 24
 * </pre>
 */
final class Pdu {

    static final int COMMON_BYTES = 8;

    static final int TYPE_ICREQ = 0x00;
    static final int TYPE_ICRESP = 0x01;
    static final int TYPE_H2C_TERM_REQ = 0x02;
    static final int TYPE_C2H_TERM_REQ = 0x03;
    static final int TYPE_CAPSULE_CMD = 0x04;
    static final int TYPE_CAPSULE_RESP = 0x05;
    static final int TYPE_H2C_DATA = 0x06;
    static final int TYPE_C2H_DATA = 0x07;
    static final int TYPE_R2T = 0x09;

    static final int FLAG_HDGST = 0x01;
    static final int FLAG_DDGST = 0x02;
    static final int FLAG_LAST = 0x04;
    static final int FLAG_SUCCESS = 0x08;

    static final long TYPE = 0;
    static final long FLAGS = TYPE + 1;
    static final long HLEN = FLAGS + 1;
    static final long PDO = HLEN + 1;
    static final long PLEN = PDO + 1;

    static final int IC_BYTES = 128;
    static final long IC_PFV = PLEN + 4;
    static final long IC_PDA = IC_PFV + 2;
    static final long IC_DGST = IC_PDA + 1;
    static final long IC_MAXR2T = IC_DGST + 1;
    static final long IC_MAXH2CDATA = IC_MAXR2T;

    /** Largest HPDA: alignment to 128 bytes, in zero-based dwords. */
    static final int MAX_HPDA = 31;

    static final int TERM_BYTES = 24;
    /** Most of a faulty PDU's header that a TermReq carries. */
    static final int MAX_TERM_DATA_BYTES = 128;

    static final long TERM_FES = PLEN + 4;
    static final long TERM_FEI = TERM_FES + 2;

    static final int CMD_BYTES = 72;
    static final int RESP_BYTES = 24;
    /** Where the queue entry of a CapsuleCmd or CapsuleResp begins. */
    static final long QUEUE_ENTRY = PLEN + 4;

    static final int DATA_BYTES = 24;
    static final long CCCID = PLEN + 4;
    static final long TTAG = CCCID + 2;
    static final long DATAO = TTAG + 2;
    static final long DATAL = DATAO + 4;

    // Fatal error status of a TermReq (section 3.6.2.4)
    static final int FES_INVALID_HEADER_FIELD = 0x01;
    static final int FES_SEQUENCE_ERROR = 0x02;
    static final int FES_DATA_OUT_OF_RANGE = 0x04;
    static final int FES_DATA_LIMIT_EXCEEDED = 0x05;

    private Pdu() {}

    static void common(MemorySegment s, long at, int type, int flags, int headerBytes, int dataOffset, int totalBytes) {
        Wire.putU8(s, at + TYPE, type);
        Wire.putU8(s, at + FLAGS, flags);
        Wire.putU8(s, at + HLEN, headerBytes);
        Wire.putU8(s, at + PDO, dataOffset);
        Wire.putU32(s, at + PLEN, totalBytes);
    }

    /** ICResp without digests and without a wish for alignment. */
    static void icResp(MemorySegment s, int maxH2cDataBytes) {
        s.asSlice(0, IC_BYTES).fill((byte) 0);
        common(s, 0, TYPE_ICRESP, 0, IC_BYTES, 0, IC_BYTES);
        Wire.putU32(s, IC_MAXH2CDATA, maxH2cDataBytes);
    }

    /**
     * C2HTermReq; returns its length.
     *
     * @param fei offset of the field at fault in {@code faulty}, where {@code fes} has one
     * @param faulty the PDU header at fault, from {@code faultyAt}
     */
    static int c2hTermReq(MemorySegment s, int fes, long fei, MemorySegment faulty, long faultyAt, int faultyBytes) {
        int copied = Math.min(faultyBytes, MAX_TERM_DATA_BYTES);
        s.asSlice(0, TERM_BYTES).fill((byte) 0);
        common(s, 0, TYPE_C2H_TERM_REQ, 0, TERM_BYTES, 0, TERM_BYTES + copied);
        Wire.putU16(s, TERM_FES, fes);
        Wire.putU32(s, TERM_FEI, (int) fei);
        MemorySegment.copy(faulty, faultyAt, s, TERM_BYTES, copied);
        return TERM_BYTES + copied;
    }

    static void r2t(MemorySegment s, long at, int cccid, int ttag, int lengthBytes) {
        common(s, at, TYPE_R2T, 0, DATA_BYTES, 0, DATA_BYTES);
        tail(s, at, cccid, ttag, lengthBytes);
    }

    /** The header of a C2HData whose data begin at {@code dataOffset}; the last, and only, of its command. */
    static void c2hData(MemorySegment s, long at, int cccid, int dataOffset, int lengthBytes, boolean success) {
        int flags = success ? FLAG_LAST | FLAG_SUCCESS : FLAG_LAST;
        common(s, at, TYPE_C2H_DATA, flags, DATA_BYTES, dataOffset, dataOffset + lengthBytes);
        tail(s, at, cccid, 0, lengthBytes);
    }

    private static void tail(MemorySegment s, long at, int cccid, int ttag, int lengthBytes) {
        Wire.putU16(s, at + CCCID, cccid);
        Wire.putU16(s, at + TTAG, ttag);
        Wire.putU32(s, at + DATAO, 0);
        Wire.putU32(s, at + DATAL, lengthBytes);
        Wire.putU32(s, at + DATAL + 4, 0);
    }
}
