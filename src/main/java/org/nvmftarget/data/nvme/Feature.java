package org.nvmftarget.data.nvme;

import java.lang.foreign.MemorySegment;

/**
 * Feature identifiers and their fields (NVMe Base specification 2.0, section 5.27.1). Set Features has in CDW10 the
 * identifier 7:0 and SV 31; Get Features has the identifier 7:0 and SEL 10:8. The value is in CDW11 or in data.
 */
public final class Feature {
    private Feature() {}

    public static final int ARBITRATION = 0x01;
    public static final int POWER_MANAGEMENT = 0x02;
    public static final int TEMPERATURE_THRESHOLD = 0x04;
    public static final int ERROR_RECOVERY = 0x05;
    public static final int VOLATILE_WRITE_CACHE = 0x06;
    public static final int NUMBER_OF_QUEUES = 0x07;
    public static final int WRITE_ATOMICITY = 0x0A;
    public static final int ASYNC_EVENT_CONFIGURATION = 0x0B;
    public static final int KEEP_ALIVE_TIMER = 0x0F;
    public static final int HOST_BEHAVIOR_SUPPORT = 0x16;
    public static final int HOST_IDENTIFIER = 0x81;
    public static final int RESERVATION_NOTIFICATION_MASK = 0x82;
    public static final int RESERVATION_PERSISTENCE = 0x83;
    public static final int NAMESPACE_WRITE_PROTECTION = 0x84;

    /** CDW10 bit 31 of Set Features: keep the value over a reset. */
    public static final int SAVE = 1 << 31;

    // SEL of Get Features
    public static final int SELECT_CURRENT = 0;
    public static final int SELECT_DEFAULT = 1;
    public static final int SELECT_SAVED = 2;
    public static final int SELECT_CAPABILITIES = 3;

    /** Arbitration: burst 2:0, weights 15:8, 23:16 and 31:24. */
    public static final int ARBITRATION_BITS = 0xFFFF_FF07;

    /** Power Management: the power state is in bits 4:0. */
    public static final int POWER_STATE_MASK = 0x1F;

    /** Power Management: the power state in bits 4:0, a hint on the workload in 7:5. */
    public static final int POWER_BITS = 0xFF;

    /** Error Recovery: the time limit in bits 15:0, and {@link #DULBE}. */
    public static final int ERROR_RECOVERY_BITS = 0x1_FFFF;

    /** Error Recovery: reading a deallocated block is an error. */
    public static final int DULBE = 1 << 16;

    public static final int HOST_BEHAVIOR_BYTES = 512;
    public static final long HOST_BEHAVIOR_ACRE = 0;
    public static final long HOST_BEHAVIOR_ETDAS = HOST_BEHAVIOR_ACRE + 1;
    public static final long HOST_BEHAVIOR_LBAFEE = HOST_BEHAVIOR_ETDAS + 1;

    /** Keep Alive Timer: what holds if no one has set it, in milliseconds. */
    public static final int DEFAULT_KATO_MS = 120_000;

    /** Write Atomicity, bit 0: AWUN does not bind. */
    public static final int WRITE_ATOMICITY_DISABLE_NORMAL = 1;

    /** Volatile Write Cache, bit 0. */
    public static final int WRITE_CACHE_ENABLE = 1;

    /** CDW11 bit 0 of feature 81h: 128 bits. */
    public static final int EXTENDED_HOST_IDENTIFIER = 1;

    public static final int HOST_IDENTIFIER_BYTES = 16;

    public static int fid(MemorySegment sqe) {
        return Sqe.cdw10(sqe) & 0xFF;
    }

    /** Feature Identifiers Supported and Effects, log page 12h: four bytes for each; bit 0 it is there, 31:20 scope. */
    public static void encodeEffects(MemorySegment s, int fid, boolean perNamespace) {
        Wire.putU32(s, fid * 4L, 1 | (perNamespace ? LogPage.SCOPE_NAMESPACE : LogPage.SCOPE_CONTROLLER));
    }

    /** SEL of Get Features. */
    public static int select(MemorySegment sqe) {
        return Sqe.cdw10(sqe) >>> 8 & 7;
    }

    /** Temperature Threshold: in Kelvin. */
    public static int threshold(int cdw11) {
        return cdw11 & 0xFFFF;
    }

    /** Temperature Threshold: 0 the composite temperature, 1 to 8 a sensor, 15 all of them. */
    public static int thresholdSensor(int cdw11) {
        return cdw11 >>> 16 & 0xF;
    }

    /** Temperature Threshold: 0 over, 1 under. */
    public static int thresholdType(int cdw11) {
        return cdw11 >>> 20 & 3;
    }
}
