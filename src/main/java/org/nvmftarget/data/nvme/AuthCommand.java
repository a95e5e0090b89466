package org.nvmftarget.data.nvme;

import java.lang.foreign.MemorySegment;

/**
 * Authentication Send and Authentication Receive (NVMe Base specification 2.0, sections 6.1 and 6.2). Offsets into the
 * submission queue entry:
 *
 * <pre>
 *  41 SPSP0   42 SPSP1   43 SECP   44..47 TL or AL
 * </pre>
 */
public final class AuthCommand {
    private AuthCommand() {}

    public static final long SPSP0 = Sqe.CDW10 + 1;
    public static final long SPSP1 = SPSP0 + 1;
    public static final long SECP = SPSP1 + 1;
    public static final long LENGTH = SECP + 1;

    /** SECP: what is assigned to NVMe. */
    public static final int SECP_NVME = 0xE9;

    /** SPSP0 and SPSP1 of NVMe's own authentication. */
    public static final int SPSP_AUTHENTICATION = 1;

    /** What Connect answers in DW0 besides the controller id: AUTHREQ bit 1 (ATR), authentication is required. */
    public static final int CONNECT_AUTHENTICATION_REQUIRED = 1 << 17;

    public static int spsp0(MemorySegment sqe) {
        return Wire.u8(sqe, SPSP0);
    }

    public static int spsp1(MemorySegment sqe) {
        return Wire.u8(sqe, SPSP1);
    }

    public static int secp(MemorySegment sqe) {
        return Wire.u8(sqe, SECP);
    }

    /** Bytes of the message, or room for it: TL or AL, unsigned. */
    public static long lengthBytes(MemorySegment sqe) {
        return Integer.toUnsignedLong(Wire.u32(sqe, LENGTH));
    }
}
