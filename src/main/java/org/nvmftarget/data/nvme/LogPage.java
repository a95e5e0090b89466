package org.nvmftarget.data.nvme;

import java.lang.foreign.MemorySegment;

/**
 * Get Log Page (NVMe Base specification 2.0, section 5.16): CDW10 has LID 7:0, LSP 14:8, RAE 15, NUMDL 31:16; CDW11
 * NUMDU 15:0; CDW12 and CDW13 the offset; CDW14 CSI 31:24, OT 23. The small pages are here as well.
 */
public final class LogPage {
    private LogPage() {}

    public static final int SUPPORTED = 0x00;
    public static final int ERROR = 0x01;
    public static final int SMART = 0x02;
    public static final int FIRMWARE_SLOT = 0x03;
    public static final int CHANGED_NAMESPACES = 0x04;
    public static final int COMMAND_EFFECTS = 0x05;
    public static final int SELF_TEST = 0x06;
    public static final int ANA = 0x0C;
    public static final int FEATURE_EFFECTS = 0x12;
    public static final int MANAGEMENT_EFFECTS = 0x13;
    public static final int DISCOVERY = 0x70;
    public static final int RESERVATION_NOTIFICATION = 0x80;

    public static final int SUPPORTED_BYTES = 1024;
    public static final int FIRMWARE_SLOT_BYTES = 512;
    public static final int CHANGED_NAMESPACES_BYTES = 4096;
    public static final int COMMAND_EFFECTS_BYTES = 4096;
    public static final int SELF_TEST_BYTES = 564;
    public static final int FEATURE_EFFECTS_BYTES = 1024;
    public static final int MANAGEMENT_EFFECTS_BYTES = 4096;

    /** A critical warning of SMART: the temperature crossed a threshold. */
    public static final int WARNING_TEMPERATURE = 1 << 1;

    /** Log page identifiers: 0 to 255. */
    public static final int IDENTIFIERS = 256;

    // Fields of the command
    public static final long NUMDL = Sqe.CDW10 + 2;
    public static final long CSI = Sqe.CDW14 + 3;

    // Commands Supported and Effects: four bytes for each opcode
    public static final long EFFECTS_ADMIN = 0;
    public static final long EFFECTS_IO = 1024;

    // Bits of log pages 05h and 12h
    /** LBCC: what blocks hold may change. */
    public static final int CHANGES_BLOCKS = 1 << 1;

    public static final int SCOPE_NAMESPACE = 1 << 20;
    public static final int SCOPE_CONTROLLER = 1 << 21;

    public static int lid(MemorySegment sqe) {
        return Sqe.cdw10(sqe) & 0xFF;
    }

    /** Log Specific Field: what it means is the page's own affair. */
    public static int lsp(MemorySegment sqe) {
        return Sqe.cdw10(sqe) >>> 8 & 0x7F;
    }

    /** Retain Asynchronous Event: reading does not unmask the event. */
    public static boolean rae(MemorySegment sqe) {
        return (Sqe.cdw10(sqe) & 1 << 15) != 0;
    }

    /** Bytes asked for, at least 4 and at most 2^34. */
    public static long lengthBytes(MemorySegment sqe) {
        long numd = Sqe.cdw10(sqe) >>> 16 | (Sqe.cdw11(sqe) & 0xFFFFL) << 16;
        return (numd + 1) * 4;
    }

    /** Offset into the page in bytes, unsigned. */
    public static long offset(MemorySegment sqe) {
        return Wire.u64(sqe, Sqe.CDW12);
    }

    public static int csi(MemorySegment sqe) {
        return Sqe.cdw14(sqe) >>> 24;
    }

    /** Whether the offset counts entries (OT): {@link #offset} is an index. */
    public static boolean isIndexOffset(MemorySegment sqe) {
        return (Sqe.cdw14(sqe) & 1 << 23) != 0;
    }

    /**
     * Supported Log Pages: four bytes for each identifier, bit 0 it is there, bit 1 it takes an index offset, bits 31:16
     * its own parameters.
     */
    public static void encodeSupported(MemorySegment s, int lid, boolean indexed, int parameters) {
        Wire.putU32(s, lid * 4L, 1 | (indexed ? 1 << 1 : 0) | parameters << 16);
    }

    /** Firmware Slot Information: slot 1 is active. */
    public static void encodeFirmwareSlot(MemorySegment s, String revision) {
        Wire.putU8(s, 0, 1);
        Wire.putText(s, 8, 8, revision, ' ');
    }

    /** Device Self-test: none is under way, and of the 20 entries of 28 bytes none is in use. */
    public static void encodeSelfTest(MemorySegment s) {
        for (int i = 0; i < 20; i++) {
            Wire.putU8(s, 4 + i * 28L, 0xF);
        }
    }
}
