package org.nvmftarget.data.target;

import java.util.Collection;
import java.util.HashSet;
import java.util.Set;
import org.nvmftarget.data.drive.DriveHealth;
import org.nvmftarget.data.nvme.SmartLog;

/**
 * The health of the drives among some namespaces, taken together: the warmest, the most worn, and the sum of what was lost.
 * Memory and plain disks have none to tell, so without drives it is that of a medium which stays as it is.
 *
 * @param warnings bits of the critical warning
 * @param mediaErrors of the drives themselves; each drive counts once
 */
record Health(int warnings, int kelvin, SmartLog.Wear wear, long mediaErrors) {

    /** Spare, temperature, reliability, read-only, backup of the write cache. There is no persistent memory region. */
    private static final int WARNINGS = 0x1F;

    static Health of(Collection<Namespace> namespaces) {
        Health all = new Health(0, 0, SmartLog.Wear.NONE, 0);
        Set<String> seen = new HashSet<>();
        for (Namespace ns : namespaces) {
            DriveHealth one = ns.bdev.health();
            if (one != null && seen.add(one.drive())) {
                all = all.with(one);
            }
        }
        return all.kelvin == 0
                ? new Health(all.warnings, TemperatureThresholds.NOMINAL_KELVIN, all.wear, all.mediaErrors)
                : all;
    }

    private Health with(DriveHealth one) {
        boolean sparesLess = one.wear().sparePercent() - one.wear().thresholdPercent()
                < wear.sparePercent() - wear.thresholdPercent();
        SmartLog.Wear least = sparesLess ? one.wear() : wear;
        int used = Math.max(wear.usedPercent(), one.wear().usedPercent());
        long errors = mediaErrors + one.mediaErrors();
        return new Health(
                warnings | (one.warnings() & WARNINGS),
                Math.max(kelvin, one.kelvin()),
                new SmartLog.Wear(least.sparePercent(), least.thresholdPercent(), used),
                errors < 0 ? Long.MAX_VALUE : errors);
    }
}
