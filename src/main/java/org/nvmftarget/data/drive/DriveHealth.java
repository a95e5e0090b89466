package org.nvmftarget.data.drive;

import java.lang.foreign.MemorySegment;
import org.nvmftarget.data.nvme.SmartLog;
import org.nvmftarget.data.nvme.Wire;

/**
 * What a drive says of its health (SMART / Health Information, log page 02h).
 *
 * @param drive which drive: namespaces of one have the same
 * @param warnings the bits of its critical warning
 * @param kelvin its composite temperature
 * @param mediaErrors how often it lost data, or could not keep them
 */
public record DriveHealth(String drive, int warnings, int kelvin, SmartLog.Wear wear, long mediaErrors) {

    static DriveHealth of(String drive, MemorySegment page) {
        long errors = Wire.u64(page, SmartLog.MEDIA_ERRORS);
        boolean more = errors < 0 || Wire.u64(page, SmartLog.MEDIA_ERRORS + Long.BYTES) != 0;
        return new DriveHealth(
                drive,
                Wire.u8(page, SmartLog.WARNINGS),
                Wire.u16(page, SmartLog.KELVIN),
                new SmartLog.Wear(
                        Wire.u8(page, SmartLog.SPARE),
                        Wire.u8(page, SmartLog.SPARE_THRESHOLD),
                        Wire.u8(page, SmartLog.USED)),
                more ? Long.MAX_VALUE : errors);
    }
}
