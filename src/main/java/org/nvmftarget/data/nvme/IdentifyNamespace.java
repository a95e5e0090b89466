package org.nvmftarget.data.nvme;

import java.lang.foreign.MemorySegment;
import java.util.HexFormat;
import java.util.Optional;
import java.util.UUID;

/**
 * The pages about one namespace (NVM Command Set 1.0, section 4.1.5.1; NVMe Base specification 2.0, sections 5.17.2.3
 * and 5.17.2.8). CNS 00h, what is not in the table is zero:
 *
 * <pre>
 *  0 NSZE (8)   8 NCAP (8)   16 NUSE (8)   24 NSFEAT   30 NMIC   33 DLFEAT   48 NVMCAP (16)   92 ANAGRPID (4)
 *  104 NGUID (16)   120 EUI64 (8)   128 LBAF0 (4): bits 23:16 log2 of the block size
 * </pre>
 *
 * @param nguid 32 hexadecimal digits
 * @param eui64 16 hexadecimal digits
 * @param anaGroup the namespace's ANA group
 */
public record IdentifyNamespace(
        long blocks, int blockSizeBytes, UUID uuid, String nguid, Optional<String> eui64, int anaGroup) {

    private static final int NMIC_SHARED = 1;

    /** Deallocated blocks read as zeroes (bits 2:0 = 1), and Write Zeroes may deallocate (bit 3). */
    private static final int DLFEAT_ZEROES = 1 | 1 << 3;

    private static final int NSTAT_READY = 1;

    private static final int NIDT_EUI64 = 1;
    private static final int NIDT_NGUID = 2;
    private static final int NIDT_UUID = 3;
    private static final int NIDT_CSI = 4;

    /**
     * CNS 00h: the whole page.
     *
     * @param accessible where the controller cannot reach the namespace, NUSE and NVMCAP are cleared (section 8.1)
     */
    public void encode(MemorySegment s, boolean accessible) {
        s.asSlice(0, Identify.BYTES).fill((byte) 0);
        Wire.putU64(s, 0, blocks);
        Wire.putU64(s, 8, blocks);
        Wire.putU64(s, 16, accessible ? blocks : 0);
        Wire.putU8(s, 30, NMIC_SHARED);
        Wire.putU8(s, 33, DLFEAT_ZEROES);
        Wire.putU64(s, 48, accessible ? blocks * blockSizeBytes : 0);
        Wire.putU32(s, 92, anaGroup);
        putHex(s, 104, nguid);
        if (eui64.isPresent()) {
            putHex(s, 120, eui64.get());
        }
        Wire.putU32(s, 128, Integer.numberOfTrailingZeros(blockSizeBytes) << 16);
    }

    /** CNS 08h, independent of the command set: 1 NMIC, 4..7 ANAGRPID, 14 NSTAT. */
    public void encodeIndependent(MemorySegment s) {
        s.asSlice(0, Identify.BYTES).fill((byte) 0);
        Wire.putU8(s, 1, NMIC_SHARED);
        Wire.putU32(s, 4, anaGroup);
        Wire.putU8(s, 14, NSTAT_READY);
    }

    /** CNS 03h: descriptors of NIDT, NIDL, two reserved bytes and the identifier; a zero NIDT ends the list. */
    public void encodeDescriptors(MemorySegment s) {
        s.asSlice(0, Identify.BYTES).fill((byte) 0);
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
