package org.nvmftarget.control.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nvmftarget.model.BdevError;
import org.nvmftarget.model.BdevLatencies;
import org.nvmftarget.model.BdevSpec;

/** Bdevs that are made of others. */
class WrappedBdevsTest {

    private static final String SPEC = """
        version: 1
        bdevs:
          a: { type: error, base: m, errors: [ { io_type: read, status: gone, lba: 8, blocks: 4, every: 10, num: 3 }, {} ] }
          m: { type: delay, base: z, avg_read_latency: 100us, p99_read_latency: 5ms, p99_write_latency: 1s }
          z: { type: malloc, size: 1MiB }
        """;

    private static Map<String, BdevSpec> read(String spec) {
        return Specs.read(spec).state().orElseThrow().target().bdevs();
    }

    @Test
    void areReadWithWhatTheySay() {
        Map<String, BdevSpec> bdevs = read(SPEC);
        assertTrue(bdevs.get("m") instanceof BdevSpec.Delay delay
                && delay.base().equals("z")
                && delay.latencies().equals(new BdevLatencies(100, 5000, 0, 1_000_000)));
        assertTrue(bdevs.get("a") instanceof BdevSpec.Failing error
                && error.base().equals("m")
                && error.errors()
                        .equals(List.of(
                                new BdevError(BdevError.IoType.READ, BdevError.Status.GONE, 8, 4, 10, 3),
                                new BdevError(BdevError.IoType.ALL, BdevError.Status.IO_ERROR, 0, 0, 1, 0))));
    }

    @Test
    void theirUuidHangsOnThatOfTheirBase() {
        BdevSpec before = read(SPEC).get("a");
        BdevSpec after = read(SPEC.replace("size: 1MiB", "size: 1MiB, uuid: 00000000-0000-0000-0000-000000000001"))
                .get("a");
        assertTrue(before != null && after != null && !before.uuid().equals(after.uuid()));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "base: z, | base: y, | 4:27: bdevs.m.base: there is no bdev 'y'",
                "base: z, | base: m, | 4:27: bdevs.m.base: bdev 'm' would be made of itself",
                "base: z, | base: a, | 4:27: bdevs.m.base: bdev 'm' would be made of itself",
                "base: m, | base: z, | 4:27: bdevs.m.base: bdev 'z' is the base of bdevs.a already",
                "base: m, | '' | 3:3: bdevs.a: `base` is missing",
                "100us | 100 | give a unit: 100us or 100ms",
                "5ms | 61s | 61s is too large: the most is 60s",
                "every: 10 | every: 0 | bdevs.a.errors[0].every: 0 is too small: the least is 1",
                "status: gone | status: lost | 'lost' is not one of",
                "type: malloc, | type: malloc, base: m, | bdevs.z.base: means nothing for malloc",
                "type: malloc, | type: malloc, errors: [], | bdevs.z.errors: means nothing for malloc",
                "base: z, | base: z, size: 1MiB, | bdevs.m.size: a bdev of type delay has that of its base",
                "base: z, | base: z, path: /a, | bdevs.m.path: means nothing for delay",
                "type: delay | type: error | bdevs.m.avg_read_latency: means nothing for error"
            })
    void whatIsWrongIsTold(String find, String with, String message) {
        String spec = SPEC.replaceFirst(find, with == null ? "" : with);

        String report = Specs.report(spec);
        assertTrue(report.contains(message), report);
    }

    @Test
    void aNamespaceDoesNotUseTheBaseOfAnother() {
        String report = Specs.report(SPEC + """
            subsystems:
              nqn.2026-11.org.example:s: { namespaces: { 1: { bdev: z }, 2: { bdev: a } } }
            """);
        assertTrue(
                report.contains("7:57: subsystems.nqn.2026-11.org.example:s.namespaces.1.bdev: bdev 'z' is the base of"
                        + " bdevs.m"),
                report);
        assertEquals(1, report.lines().filter(line -> line.contains("bdevs.m")).count(), report);
    }
}
