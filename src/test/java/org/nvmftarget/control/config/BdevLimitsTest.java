package org.nvmftarget.control.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nvmftarget.model.BdevLimits;
import org.nvmftarget.model.BdevSpec;

class BdevLimitsTest {

    private static String spec(String limits) {
        return "version: 1\nbdevs: { a: { type: malloc, size: 1MiB, limits: " + limits + " } }\n";
    }

    private static BdevLimits read(String limits) {
        BdevSpec bdev =
                Specs.read(spec(limits)).state().orElseThrow().target().bdevs().get("a");
        if (bdev == null) {
            throw new AssertionError("there is no bdev");
        }
        return bdev.limits();
    }

    @Test
    void eachLimitByItsKey() {
        assertEquals(
                new BdevLimits(100, 200, 300, 1 << 20, 2 << 20, 64L << 30),
                read("{ iops: 100, read_iops: 200, write_iops: 300, bandwidth: 1MiB, read_bandwidth: 2MiB,"
                        + " write_bandwidth: 64GiB }"));
    }

    @Test
    void whatIsNotSaidIsNotLimited() {
        assertEquals(new BdevLimits(0, 0, 0, 1 << 20, 0, 0), read("{ bandwidth: 1048576 }"));
        assertEquals(BdevLimits.NONE, read("{}"));
        assertEquals(BdevLimits.NONE, read(""));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "iops: 99 | 99 is too small: the least is 100",
                "iops: 0 | 0 is too small: the least is 100",
                "write_iops: 10000001 | 10000001 is too large: the most is 10000000",
                "bandwidth: 1 | 1 is too small: the least is 1MiB",
                "read_bandwidth: 65GiB | 65GiB is too large: the most is 64GiB",
                "bandwidth: 1536KiB | a bandwidth is a multiple of 1MiB in a second",
                "bandwidth: 1536KiB | write 1MiB or 2MiB",
                "rw_mbytes_per_sec: 5 | did you mean `bandwidth`?"
            })
    void whatCannotBeHonouredIsAnErrorThatTellsTheLimit(String limit, String message) {
        String report = Specs.report(spec("{ " + limit + " }"));

        assertTrue(report.contains(message), report);
        assertTrue(report.contains("bdevs.a.limits"), report);
    }
}
