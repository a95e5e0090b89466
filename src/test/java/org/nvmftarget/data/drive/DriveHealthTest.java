package org.nvmftarget.data.drive;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.foreign.MemorySegment;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.nvmftarget.data.nvme.SmartLog;

/** The bytes of a SMART log page (NVMe Base specification 2.0, section 5.16.1.3). */
class DriveHealthTest {

    private final byte[] page = new byte[SmartLog.BYTES];

    private void put(int offset, String hex) {
        byte[] bytes = HexFormat.of().parseHex(hex);
        System.arraycopy(bytes, 0, page, offset, bytes.length);
    }

    @Test
    void shouldReadWhatHostsAreTold() {
        put(0, "094301620a7d");
        put(160, "0501");
        assertEquals(
                new DriveHealth("d", 9, 323, new SmartLog.Wear(98, 10, 125), 261),
                DriveHealth.of("d", MemorySegment.ofArray(page)));
    }

    @Test
    void shouldNotWrapCountersOfSixteenBytes() {
        put(168, "01");
        assertEquals(
                Long.MAX_VALUE, DriveHealth.of("d", MemorySegment.ofArray(page)).mediaErrors());
        put(160, "0000000000000080");
        put(168, "00");
        assertEquals(
                Long.MAX_VALUE, DriveHealth.of("d", MemorySegment.ofArray(page)).mediaErrors());
    }
}
