package org.nvmftarget.data.nvme;

import java.lang.foreign.MemorySegment;

/**
 * The SMART / Health Information log page (NVMe Base specification 2.0, section 5.16.1.3), 512 bytes; the counters have
 * 16 bytes each:
 *
 * <pre>
 *  0 critical warning   1..2 composite temperature   3 available spare   4 its threshold   5 percentage used
 *  32 data units read   48 data units written   64 read commands   80 write commands   96 busy time in minutes
 *  112 power cycles   128 power on hours   144 unsafe shutdowns   160 media errors   176 entries of the error log
 * </pre>
 *
 * @param warnings as {@link LogPage#WARNING_TEMPERATURE}
 */
public record SmartLog(
        int warnings,
        int kelvin,
        Wear wear,
        long readBytes,
        long writeBytes,
        long reads,
        long writes,
        long busyMinutes,
        long powerOnHours,
        long mediaErrors,
        long errorEntries) {

    public static final int BYTES = 512;

    public static final long WARNINGS = 0;
    public static final long KELVIN = 1;
    public static final long SPARE = 3;
    public static final long SPARE_THRESHOLD = SPARE + 1;
    public static final long USED = SPARE_THRESHOLD + 1;
    public static final long MEDIA_ERRORS = 160;

    /**
     * How much of a medium is used up.
     *
     * @param sparePercent of its spare blocks that are left
     * @param thresholdPercent of them, below which there is a warning
     * @param usedPercent of the life that its maker expects; may be more than 100
     */
    public record Wear(int sparePercent, int thresholdPercent, int usedPercent) {
        /** Of what does not wear out. */
        public static final Wear NONE = new Wear(100, 10, 0);
    }

    private static final long DATA_UNIT_BYTES = 512_000;

    /** Since when everything is counted: since the target was started. */
    private static final int POWER_CYCLES = 1;

    /** Writes the page over zeroed bytes. */
    public void encode(MemorySegment s) {
        Wire.putU8(s, WARNINGS, warnings);
        Wire.putU16(s, KELVIN, kelvin);
        Wire.putU8(s, SPARE, wear.sparePercent());
        Wire.putU8(s, SPARE_THRESHOLD, wear.thresholdPercent());
        Wire.putU8(s, USED, wear.usedPercent());
        Wire.putU64(s, 32, Math.ceilDiv(readBytes, DATA_UNIT_BYTES));
        Wire.putU64(s, 48, Math.ceilDiv(writeBytes, DATA_UNIT_BYTES));
        Wire.putU64(s, 64, reads);
        Wire.putU64(s, 80, writes);
        Wire.putU64(s, 96, busyMinutes);
        Wire.putU64(s, 112, POWER_CYCLES);
        Wire.putU64(s, 128, powerOnHours);
        Wire.putU64(s, MEDIA_ERRORS, mediaErrors);
        Wire.putU64(s, 176, errorEntries);
    }
}
