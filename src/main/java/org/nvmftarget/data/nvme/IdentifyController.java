package org.nvmftarget.data.nvme;

import java.lang.foreign.MemorySegment;

/**
 * The Identify Controller page (NVMe Base specification 2.0, section 5.17.2.1), 4096 bytes. Offsets with their widths
 * in bytes; what no one writes is zero:
 *
 * <pre>
 *     0 VID 2        96 CTRATT 4     260 FRMW 1     320 KAS 2        516 NN 4        536 SGLS 4     1792 IOCCSZ 4
 *     4 SN 20       111 CNTRLTYPE 1  261 LPA 1      342 ANATT 1      520 ONCS 2      540 MNAN 4     1796 IORCSZ 4
 *    24 MN 40       256 OACS 2       262 ELPE 1     343 ANACAP 1     522 FUSES 2     768 SUBNQN 256 1800 ICDOFF 2
 *    64 FR 8        258 ACL 1        263 NPSS 1     344 ANAGRPMAX 4  525 VWC 1                      1802 FCATT 1
 *    76 CMIC 1      259 AERL 1       266 WCTEMP 2   348 NANAGRPID 4  526 AWUN 2                     1803 MSDBD 1
 *    77 MDTS 1                       268 CCTEMP 2   512 SQES 1       528 AWUPF 2                    1804 OFCS 2
 *    78 CNTLID 2                                    513 CQES 1       531 NWPC 1                     1806 DCTYPE 1
 *    80 VER 4                                       514 MAXCMD 2     532 ACWU 2
 *    92 OAES 4                                                       534 OCFS 2                     2048 PSD0 32
 * </pre>
 */
public final class IdentifyController {
    private IdentifyController() {}

    public static final long SN = 4;
    public static final int SN_BYTES = 20;
    public static final long MN = SN + SN_BYTES;
    public static final int MN_BYTES = 40;
    public static final long FR = MN + MN_BYTES;
    public static final int FR_BYTES = 8;
    public static final long CMIC = 76;
    public static final long MDTS = CMIC + 1;
    public static final long CNTLID = MDTS + 1;
    public static final long VER = CNTLID + 2;
    public static final long OAES = 92;
    public static final long CTRATT = OAES + 4;
    public static final long CNTRLTYPE = 111;
    public static final long OACS = 256;
    public static final long ACL = OACS + 2;
    public static final long AERL = ACL + 1;
    public static final long FRMW = AERL + 1;
    public static final long LPA = FRMW + 1;
    public static final long ELPE = LPA + 1;
    public static final long NPSS = ELPE + 1;
    public static final long WCTEMP = 266;
    public static final long CCTEMP = WCTEMP + 2;
    public static final long KAS = 320;
    public static final long ANATT = 342;
    public static final long ANACAP = ANATT + 1;
    public static final long ANAGRPMAX = ANACAP + 1;
    public static final long NANAGRPID = ANAGRPMAX + 4;
    public static final long SQES = 512;
    public static final long CQES = SQES + 1;
    public static final long MAXCMD = CQES + 1;
    public static final long NN = MAXCMD + 2;
    public static final long ONCS = NN + 4;
    public static final long FUSES = ONCS + 2;
    public static final long VWC = 525;
    public static final long AWUN = VWC + 1;
    public static final long AWUPF = AWUN + 2;
    public static final long NWPC = 531;
    public static final long ACWU = NWPC + 1;
    public static final long OCFS = ACWU + 2;
    public static final long SGLS = OCFS + 2;
    public static final long MNAN = SGLS + 4;
    public static final long SUBNQN = 768;
    public static final int SUBNQN_BYTES = 256;
    public static final long IOCCSZ = 1792;
    public static final long IORCSZ = IOCCSZ + 4;
    public static final long ICDOFF = IORCSZ + 4;
    public static final long FCATT = ICDOFF + 2;
    public static final long MSDBD = FCATT + 1;
    public static final long OFCS = MSDBD + 1;
    public static final long DCTYPE = OFCS + 2;

    /** Power state descriptor 0: MP (2) at 0, ENLAT (4) at 4, EXLAT (4) at 8. */
    public static final long PSD0 = 2048;

    /** CMIC: more than one port. */
    public static final int CMIC_PORTS = 1;

    /** CMIC: more than one controller. */
    public static final int CMIC_CONTROLLERS = 1 << 1;

    /** CMIC: asymmetric namespace access is reported. */
    public static final int CMIC_ANA = 1 << 3;

    public static final int CTRATT_HOST_ID_128 = 1;

    /** CTRATT: any command restarts the keep-alive timer. */
    public static final int CTRATT_TBKAS = 1 << 6;

    /** CTRATT: Identify with CNS 16h is there. */
    public static final int CTRATT_NAMESPACE_GRANULARITY = 1 << 7;

    public static final int TYPE_IO = 1;
    public static final int TYPE_DISCOVERY = 2;

    /** DCTYPE: a discovery controller for the subsystems of its own target. */
    public static final int DCTYPE_DIRECT = 1;

    /** FRMW: slot 1 is read-only, and the only one. */
    public static final int FRMW_ONE_READ_ONLY_SLOT = 3;

    /** LPA: SMART for one namespace. */
    public static final int LPA_SMART_PER_NAMESPACE = 1;

    /** LPA: log page 05h is there. */
    public static final int LPA_EFFECTS = 1 << 1;

    /** LPA: 32 bits of length, and an offset. */
    public static final int LPA_EXTENDED = 1 << 2;

    /** LPA: log pages 00h, 12h and 13h are there, and log page 05h has scopes. */
    public static final int LPA_SUPPORT = 1 << 5;

    public static final int ONCS_COMPARE = 1;
    public static final int ONCS_WRITE_UNCORRECTABLE = 1 << 1;
    public static final int ONCS_DSM = 1 << 2;
    public static final int ONCS_WRITE_ZEROES = 1 << 3;

    /** ONCS: Get Features takes SEL, Set Features SV. */
    public static final int ONCS_SELECT = 1 << 4;

    public static final int ONCS_RESERVATIONS = 1 << 5;
    public static final int ONCS_VERIFY = 1 << 7;
    public static final int ONCS_COPY = 1 << 8;

    public static final int FUSES_COMPARE_AND_WRITE = 1;

    /** OCFS: Copy takes descriptor formats 0 and 1. */
    public static final int OCFS_FORMATS_0_AND_1 = 3;

    /** NWPC: namespaces may be write protected. */
    public static final int NWPC_WRITE_PROTECT = 1;

    /** NWPC: namespaces may be write protected until the next power cycle. */
    public static final int NWPC_UNTIL_POWER_CYCLE = 1 << 1;

    public static final int VWC_PRESENT = 1;

    /** VWC: a flush of all namespaces is taken. */
    public static final int VWC_BROADCAST_FLUSH = 3 << 1;

    public static final int SGLS_SUPPORTED = 1;
    public static final int SGLS_KEYED = 1 << 2;
    public static final int SGLS_OFFSET = 1 << 20;
    public static final int SGLS_TRANSPORT = 1 << 21;

    /** OFCS: I/O queues take Disconnect. */
    public static final int OFCS_DISCONNECT = 1;

    /** A power state that only says what it draws, in hundredths of a watt, and how long it takes in microseconds. */
    public static void encodePowerState(MemorySegment s, int centiwatts, int entryUs, int exitUs) {
        Wire.putU16(s, PSD0, centiwatts);
        Wire.putU32(s, PSD0 + 4, entryUs);
        Wire.putU32(s, PSD0 + 8, exitUs);
    }
}
