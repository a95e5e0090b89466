package org.nvmftarget.data.nvme;

import java.lang.foreign.MemorySegment;

/**
 * The Identify Controller page (NVMe Base specification 2.0, section 5.17.2.1; its fabrics part, bytes 1792 on, NVMe
 * over Fabrics 1.1, section 4.1), 4096 bytes. What is not in the table is zero:
 *
 * <pre>
 *     4 SN (20)      92 OAES (4)       258 ACL      260 FRMW    320 KAS (2)      520 ONCS (2)     1792 IOCCSZ (4)
 *    24 MN (40)      96 CTRATT (4)     259 AERL     261 LPA     512 SQES         525 VWC          1796 IORCSZ (4)
 *    64 FR (8)      111 CNTRLTYPE                   262 ELPE    513 CQES         536 SGLS (4)     1802 FCATT
 *    76 CMIC                                                    514 MAXCMD (2)   540 MNAN (4)     1803 MSDBD
 *    77 MDTS, 78 CNTLID (2), 80 VER (4)                         516 NN (4)       768 SUBNQN (256) 1804 OFCS (2)
 *   342 ANATT      343 ANACAP       344 ANAGRPMAX (4)        348 NANAGRPID (4)
 * </pre>
 *
 * @param mdts log2 of the largest transfer in pages of 4 KiB; 0 is no limit
 * @param oaes the optional events that this controller sends, as in {@link AsyncEvent}
 * @param kasUnits keep-alive granularity in 100 ms
 * @param inCapsuleDataBytes data that a command capsule may carry
 * @param keyedSgl the transport takes keyed data blocks (RDMA)
 * @param transportSgl the transport takes transport data blocks (TCP)
 */
public record IdentifyController(
        boolean discovery,
        String serialNumber,
        String modelNumber,
        String firmwareRevision,
        int cntlid,
        int mdts,
        int oaes,
        int kasUnits,
        int maxCommands,
        int maxNamespaces,
        int inCapsuleDataBytes,
        boolean keyedSgl,
        boolean transportSgl,
        String subnqn) {

    /** Zero-based: four Async Event Requests. */
    public static final int AERL = 3;

    /** Zero-based: four Aborts at a time. */
    public static final int ACL = 3;

    /** Zero-based: entries of the error log. */
    public static final int ELPE = 15;

    private static final int CMIC_PORTS_CONTROLLERS_ANA = 1 | 1 << 1 | 1 << 3;
    private static final int CTRATT_HOST_ID_128 = 1;
    private static final int CTRATT_TBKAS = 1 << 6;
    private static final int TYPE_IO = 1;
    private static final int TYPE_DISCOVERY = 2;
    private static final int ONE_READ_ONLY_SLOT = 3;
    private static final int LPA_PER_NAMESPACE_EFFECTS_EXTENDED = 7;
    private static final int LPA_EXTENDED = 4;
    private static final int ONCS_DSM_WRITE_ZEROES = 1 << 2 | 1 << 3;
    private static final int VWC_PRESENT_BROADCAST = 7;
    private static final int SGLS_SUPPORTED = 1;
    private static final int SGLS_KEYED = 1 << 2;
    private static final int SGLS_OFFSET = 1 << 20;
    private static final int SGLS_TRANSPORT = 1 << 21;

    /** Writes the whole page. */
    public void encode(MemorySegment s) {
        s.asSlice(0, Identify.BYTES).fill((byte) 0);
        Wire.putText(s, 4, 20, serialNumber, ' ');
        Wire.putText(s, 24, 40, modelNumber, ' ');
        Wire.putText(s, 64, 8, firmwareRevision, ' ');
        Wire.putU8(s, 77, mdts);
        Wire.putU16(s, 78, cntlid);
        Wire.putU32(s, 80, Property.VERSION);
        Wire.putU32(s, 92, oaes);
        Wire.putU32(s, 96, CTRATT_HOST_ID_128 | CTRATT_TBKAS);
        Wire.putU8(s, 111, discovery ? TYPE_DISCOVERY : TYPE_IO);
        Wire.putU8(s, 258, ACL);
        Wire.putU8(s, 259, AERL);
        Wire.putU8(s, 260, ONE_READ_ONLY_SLOT);
        Wire.putU8(s, 261, discovery ? LPA_EXTENDED : LPA_PER_NAMESPACE_EFFECTS_EXTENDED);
        Wire.putU8(s, 262, ELPE);
        Wire.putU16(s, 320, kasUnits);
        Wire.putU16(s, 514, maxCommands);
        Wire.putU32(s, 536, sgls());
        Wire.putText(s, 768, 256, subnqn, '\0');
        if (!discovery) {
            encodeIo(s);
        }
    }

    private void encodeIo(MemorySegment s) {
        Wire.putU8(s, 76, CMIC_PORTS_CONTROLLERS_ANA);
        Wire.putU8(s, 342, AnaLog.TRANSITION_SECONDS);
        Wire.putU8(s, 343, AnaLog.CAPABILITIES);
        Wire.putU32(s, 344, AnaLog.MAX_GROUPS);
        Wire.putU32(s, 348, AnaLog.MAX_GROUPS);
        Wire.putU8(s, 512, 0x66);
        Wire.putU8(s, 513, 0x44);
        Wire.putU32(s, 516, maxNamespaces);
        Wire.putU16(s, 520, ONCS_DSM_WRITE_ZEROES);
        Wire.putU8(s, 525, VWC_PRESENT_BROADCAST);
        Wire.putU32(s, 540, maxNamespaces);
        Wire.putU32(s, 1792, (Sqe.BYTES + inCapsuleDataBytes) / 16);
        Wire.putU32(s, 1796, Cqe.BYTES / 16);
        Wire.putU8(s, 1803, 1);
        Wire.putU16(s, 1804, 1);
        Wire.putU16(s, 2048, 2500); // power state 0: 25 W, as a host expects to find one
        Wire.putU32(s, 2052, 16);
        Wire.putU32(s, 2056, 4);
    }

    private int sgls() {
        return SGLS_SUPPORTED
                | (keyedSgl ? SGLS_KEYED : 0)
                | (inCapsuleDataBytes > 0 ? SGLS_OFFSET : 0)
                | (transportSgl ? SGLS_TRANSPORT : 0);
    }
}
