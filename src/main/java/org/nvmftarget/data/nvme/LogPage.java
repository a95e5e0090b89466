package org.nvmftarget.data.nvme;

import java.lang.foreign.MemorySegment;

/**
 * Get Log Page (NVMe Base specification 2.0, section 5.16): CDW10 has LID 7:0, LSP 14:8, RAE 15, NUMDL 31:16; CDW11
 * NUMDU 15:0; CDW12 and CDW13 the offset in bytes; CDW14 CSI 31:24. The small pages are here as well.
 */
public final class LogPage {
    private LogPage() {}

    public static final int SUPPORTED = 0x00;
    public static final int ERROR = 0x01;
    public static final int SMART = 0x02;
    public static final int FIRMWARE_SLOT = 0x03;
    public static final int CHANGED_NAMESPACES = 0x04;
    public static final int COMMAND_EFFECTS = 0x05;
    public static final int ANA = 0x0C;
    public static final int DISCOVERY = 0x70;
    public static final int RESERVATION_NOTIFICATION = 0x80;

    public static final int SUPPORTED_BYTES = 1024;
    public static final int SMART_BYTES = 512;
    public static final int FIRMWARE_SLOT_BYTES = 512;
    public static final int CHANGED_NAMESPACES_BYTES = 4096;
    public static final int COMMAND_EFFECTS_BYTES = 4096;

    private static final int EFFECT_SUPPORTED = 1;
    private static final int EFFECT_CHANGES_BLOCKS = 1 << 1;
    private static final long IO_COMMANDS = 1024;

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

    /** Supported Log Pages: four bytes for each identifier, bit 0 says that it is there. */
    public static void encodeSupported(MemorySegment s, int... lids) {
        for (int lid : lids) {
            Wire.putU32(s, lid * 4L, 1);
        }
    }

    /** Firmware Slot Information: slot 1 is active. */
    public static void encodeFirmwareSlot(MemorySegment s, String revision) {
        Wire.putU8(s, 0, 1);
        Wire.putText(s, 8, 8, revision, ' ');
    }

    /** Commands Supported and Effects: four bytes for each opcode, admin from 0, I/O from 1024. */
    public static void encodeEffects(MemorySegment s) {
        int[] admin = {
            Opcode.GET_LOG_PAGE,
            Opcode.IDENTIFY,
            Opcode.ABORT,
            Opcode.SET_FEATURES,
            Opcode.GET_FEATURES,
            Opcode.ASYNC_EVENT_REQUEST,
            Opcode.KEEP_ALIVE
        };
        for (int opcode : admin) {
            Wire.putU32(s, opcode * 4L, EFFECT_SUPPORTED);
        }
        int[] reads = {Opcode.FLUSH, Opcode.READ};
        for (int opcode : reads) {
            Wire.putU32(s, IO_COMMANDS + opcode * 4L, EFFECT_SUPPORTED);
        }
        int[] writes = {Opcode.WRITE, Opcode.WRITE_ZEROES, Opcode.DATASET_MANAGEMENT};
        for (int opcode : writes) {
            Wire.putU32(s, IO_COMMANDS + opcode * 4L, EFFECT_SUPPORTED | EFFECT_CHANGES_BLOCKS);
        }
    }

    /**
     * SMART / Health Information: 1 composite temperature (2, Kelvin), 3 available spare, 4 its threshold, 32 data
     * units read (16, in thousands of 512 bytes), 48 written, 64 read commands, 80 write commands, 176 entries of the
     * error log.
     */
    public static void encodeSmart(
            MemorySegment s, long readBytes, long writeBytes, long reads, long writes, long errorEntries) {
        Wire.putU16(s, 1, 273 + 30);
        Wire.putU8(s, 3, 100);
        Wire.putU8(s, 4, 10);
        Wire.putU64(s, 32, units(readBytes));
        Wire.putU64(s, 48, units(writeBytes));
        Wire.putU64(s, 64, reads);
        Wire.putU64(s, 80, writes);
        Wire.putU64(s, 176, errorEntries);
    }

    private static long units(long bytes) {
        return Math.ceilDiv(bytes, 512_000L);
    }
}
