package org.nvmftarget.data.nvme;

import java.lang.foreign.MemorySegment;
import java.util.HexFormat;
import java.util.Optional;
import java.util.UUID;

/**
 * The pages about one namespace (NVM Command Set 1.0, section 4.1.5.1; NVMe Base specification 2.0, sections 5.17.2.3
 * and 5.17.2.8), 4096 bytes each. Offsets with their widths in bytes; what no one writes is zero:
 *
 * <pre>
 *  CNS 00h   0 NSZE 8      30 NMIC 1     36 NAWUPF 2    64 NPWG 2      74 MSSRL 2      99 NSATTR 1
 *            8 NCAP 8      31 RESCAP 1   38 NACWU 2     66 NPWA 2      76 MCL 4       104 NGUID 16
 *           16 NUSE 8      33 DLFEAT 1   48 NVMCAP 16   68 NPDG 2      80 MSRC 1      120 EUI64 8
 *           24 NSFEAT 1    34 NAWUN 2     40 NABSN 2    70 NPDA 2      92 ANAGRPID 4  128 LBAF0 4: bits 23:16 log2
 *                                         42 NABO 2     72 NOWS 2                             of the block size
 *                                         44 NABSPF 2
 *                                         46 NOIOB 2
 *
 *  CNS 08h   0 NSFEAT 1    1 NMIC 1      2 RESCAP 1     4 ANAGRPID 4    8 NSATTR 1     14 NSTAT 1
 * </pre>
 */
public final class IdentifyNamespace {
    private IdentifyNamespace() {}

    public static final long NSZE = 0;
    public static final long NCAP = NSZE + 8;
    public static final long NUSE = NCAP + 8;
    public static final long NSFEAT = NUSE + 8;
    public static final long NMIC = 30;
    public static final long RESCAP = NMIC + 1;
    public static final long DLFEAT = 33;
    public static final long NAWUN = DLFEAT + 1;
    public static final long NAWUPF = NAWUN + 2;
    public static final long NACWU = NAWUPF + 2;
    public static final long NABSN = NACWU + 2;
    public static final long NABO = NABSN + 2;
    public static final long NABSPF = NABO + 2;
    public static final long NOIOB = NABSPF + 2;
    public static final long NVMCAP = NOIOB + 2;
    public static final long NPWG = 64;
    public static final long NPWA = NPWG + 2;
    public static final long NPDG = NPWA + 2;
    public static final long NPDA = NPDG + 2;
    public static final long NOWS = NPDA + 2;
    public static final long MSSRL = NOWS + 2;
    public static final long MCL = MSSRL + 2;
    public static final long MSRC = MCL + 4;
    public static final long ANAGRPID = 92;
    public static final long NSATTR = 99;
    public static final long NGUID = 104;
    public static final long EUI64 = NGUID + 16;
    public static final long LBAF0 = EUI64 + 8;

    /** The page that is independent of the command set, CNS 08h. */
    public static final class Independent {
        private Independent() {}

        public static final long NSFEAT = 0;
        public static final long NMIC = NSFEAT + 1;
        public static final long RESCAP = NMIC + 1;
        public static final long ANAGRPID = 4;
        public static final long NSATTR = ANAGRPID + 4;
        public static final long NSTAT = 14;

        /** NSTAT: ready. */
        public static final int NSTAT_READY = 1;
    }

    /** RESCAP: reservations persist through power loss, if a host wants that. */
    public static final int RESCAP_PTPL = 1;

    /** RESCAP: all six types of reservations, and IEKEY as revision 1.3 has it. */
    public static final int RESCAP_ALL_TYPES = 0x3F << 1 | 1 << 7;

    /** NSATTR: write protected, now. */
    public static final int NSATTR_WRITE_PROTECTED = 1;

    /** NSFEAT: thin provisioned, NUSE says how much is in use. */
    public static final int NSFEAT_THINP = 1;

    /** NSFEAT: NAWUN, NAWUPF and NACWU hold for the namespace. */
    public static final int NSFEAT_NSABP = 1 << 1;

    /** NSFEAT: the error for deallocated blocks may be enabled. */
    public static final int NSFEAT_DAE = 1 << 2;

    /** NSFEAT: NPWG, NPWA, NPDG, NPDA and NOWS are defined. */
    public static final int NSFEAT_OPTPERF = 1 << 4;

    /** NSFEAT: NPWG, NPWA and NOWS are defined, and NPDGL and NPDAL of CNS 05h (NVM Command Set 1.1). */
    public static final int NSFEAT_OPTPERF_LARGE = 1 << 5;

    /** NMIC: several controllers may have it at a time. */
    public static final int NMIC_SHARED = 1;

    /** DLFEAT: deallocated blocks read as zeroes (bits 2:0 = 1), and Write Zeroes may deallocate (bit 3). */
    public static final int DLFEAT_ZEROES = 1 | 1 << 3;

    private static final int NIDT_EUI64 = 1;
    private static final int NIDT_NGUID = 2;
    private static final int NIDT_UUID = 3;
    private static final int NIDT_CSI = 4;

    /**
     * CNS 00h: sizes and the only format, without metadata.
     *
     * @param usedBlocks written and not deallocated since
     * @param reachable where the controller cannot reach the namespace, NUSE and NVMCAP are cleared (section 8.1)
     */
    public static void encodeSize(
            MemorySegment s, long blocks, long usedBlocks, int blockSizeBytes, boolean reachable) {
        Wire.putU64(s, NSZE, blocks);
        Wire.putU64(s, NCAP, blocks);
        Wire.putU64(s, NUSE, reachable ? usedBlocks : 0);
        Wire.putU64(s, NVMCAP, reachable ? blocks * blockSizeBytes : 0);
        Wire.putU32(s, LBAF0, Integer.numberOfTrailingZeros(blockSizeBytes) << 16);
    }

    /**
     * CNS 00h: identifiers.
     *
     * @param nguid 32 hexadecimal digits
     * @param eui64 16 hexadecimal digits
     */
    public static void encodeIdentifiers(MemorySegment s, String nguid, Optional<String> eui64) {
        putHex(s, NGUID, nguid);
        if (eui64.isPresent()) {
            putHex(s, EUI64, eui64.get());
        }
    }

    /**
     * CNS 03h over zeroed bytes: descriptors of NIDT, NIDL, two reserved bytes and the identifier; a zero NIDT ends
     * the list.
     */
    public static void encodeDescriptors(MemorySegment s, UUID uuid, String nguid, Optional<String> eui64) {
        long at = descriptor(s, 0, NIDT_UUID, 16);
        Wire.putBigEndian128(s, at - 16, uuid.getMostSignificantBits(), uuid.getLeastSignificantBits());
        at = descriptor(s, at, NIDT_NGUID, 16);
        putHex(s, at - 16, nguid);
        if (eui64.isPresent()) {
            at = descriptor(s, at, NIDT_EUI64, 8);
            putHex(s, at - 8, eui64.get());
        }
        descriptor(s, at, NIDT_CSI, 1);
    }

    private static long descriptor(MemorySegment s, long at, int type, int lengthBytes) {
        Wire.putU8(s, at, type);
        Wire.putU8(s, at + 1, lengthBytes);
        return at + 4 + lengthBytes;
    }

    private static void putHex(MemorySegment s, long at, String digits) {
        byte[] bytes = HexFormat.of().parseHex(digits);
        MemorySegment.copy(MemorySegment.ofArray(bytes), 0, s, at, bytes.length);
    }
}
