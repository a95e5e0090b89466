package org.nvmftarget.data.nvme;

import java.lang.foreign.MemorySegment;
import org.nvmftarget.model.SubsystemSpec;

/**
 * I/O Command Set specific Identify Controller data of the NVM command set (NVM Command Set 1.0, section 4.1.5.4), 4096
 * bytes. Since ONCS has the commands, these are sizes up to which they are quick; larger ones are carried out as well.
 * They are powers of two in units of 4 KiB; 0 is no recommendation:
 *
 * <pre>
 *  0 VSL   1 WZSL   2 WUSL   3 DMRL   4..7 DMRSL   8..15 DMSL
 * </pre>
 */
public final class NvmLimits {
    private NvmLimits() {}

    /** Verify: 32 MiB. */
    private static final int VSL = 13;

    /** Write Uncorrectable: 32 MiB. */
    private static final int WUSL = 13;

    /** Over zeroed bytes. DMRL, DMRSL ({@link SubsystemSpec#DMRSL}) and DMSL are 0: all 256 ranges, each of any length. */
    public static void encode(MemorySegment s) {
        Wire.putU8(s, 0, VSL);
        Wire.putU8(s, 1, SubsystemSpec.WZSL);
        Wire.putU8(s, 2, WUSL);
    }
}
