package org.nvmftarget.control.config;

import java.util.Optional;
import org.nvmftarget.model.BdevLimits;
import org.nvmftarget.model.ByteSize;

/** {@code limits:} of a bdev. */
final class BdevLimitsBinder {
    private BdevLimitsBinder() {}

    /** Nothing is limited where there is no section, nor by what is wrong. */
    static BdevLimits bind(Optional<Value> section) {
        return section.flatMap(limits -> limits.fields(Section.LIMITS))
                .map(f -> new BdevLimits(
                        iops(f, "iops"),
                        iops(f, "read_iops"),
                        iops(f, "write_iops"),
                        bandwidth(f, "bandwidth"),
                        bandwidth(f, "read_bandwidth"),
                        bandwidth(f, "write_bandwidth")))
                .orElse(BdevLimits.NONE);
    }

    private static long iops(Fields f, String key) {
        return f.get(key)
                .flatMap(v -> v.integer(BdevLimits.LEAST_IOPS, BdevLimits.MOST_IOPS))
                .orElse(0L);
    }

    private static long bandwidth(Fields f, String key) {
        long unit = BdevLimits.BANDWIDTH_UNIT_BYTES;
        return f.get(key)
                .flatMap(v -> v.size(unit, BdevLimits.MOST_BANDWIDTH_BYTES).filter(bytes -> {
                    if (bytes % unit != 0) {
                        v.problem(
                                "a bandwidth is a multiple of " + new ByteSize(unit) + " in a second",
                                "write " + new ByteSize(bytes - bytes % unit) + " or "
                                        + new ByteSize(bytes - bytes % unit + unit));
                    }
                    return bytes % unit == 0;
                }))
                .orElse(0L);
    }
}
