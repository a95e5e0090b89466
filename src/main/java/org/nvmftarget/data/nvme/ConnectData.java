package org.nvmftarget.data.nvme;

import java.lang.foreign.MemorySegment;

/**
 * The data of Connect (NVMe over Fabrics 1.1, section 3.3), 1024 bytes:
 *
 * <pre>
 *  0..15 HOSTID   16..17 CNTLID   18..255 reserved   256..511 SUBNQN   512..767 HOSTNQN   768..1023 reserved
 * </pre>
 *
 * @param hostIdHigh the first eight bytes of the host identifier, most significant first
 * @param hostIdLow the other eight
 */
public record ConnectData(long hostIdHigh, long hostIdLow, int cntlid, String subnqn, String hostnqn) {

    public static final int BYTES = 1024;

    public static final long HOSTID = 0;
    public static final long CNTLID = HOSTID + 16;
    public static final long SUBNQN = 256;
    public static final int NQN_BYTES = 256;
    public static final long HOSTNQN = SUBNQN + NQN_BYTES;

    public static ConnectData decode(MemorySegment s, long at) {
        return new ConnectData(
                Wire.bigEndian64(s, at + HOSTID),
                Wire.bigEndian64(s, at + HOSTID + 8),
                Wire.u16(s, at + CNTLID),
                Wire.text(s, at + SUBNQN, NQN_BYTES),
                Wire.text(s, at + HOSTNQN, NQN_BYTES));
    }

    /** Writes all {@link #BYTES} from the segment's beginning. */
    public void encode(MemorySegment s) {
        s.asSlice(0, BYTES).fill((byte) 0);
        Wire.putBigEndian128(s, HOSTID, hostIdHigh, hostIdLow);
        Wire.putU16(s, CNTLID, cntlid);
        Wire.putText(s, SUBNQN, NQN_BYTES, subnqn, '\0');
        Wire.putText(s, HOSTNQN, NQN_BYTES, hostnqn, '\0');
    }

    /** 32 hexadecimal digits. */
    public String hostId() {
        return hex(hostIdHigh) + hex(hostIdLow);
    }

    private static String hex(long value) {
        String digits = Long.toHexString(value);
        return "0".repeat(16 - digits.length()) + digits;
    }
}
