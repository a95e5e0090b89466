package org.nvmftarget.control.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nvmftarget.model.BdevLimits;
import org.nvmftarget.model.BdevSpec;
import org.nvmftarget.model.Identity;

/** Bdevs of type nvme. */
class NvmeBdevsTest {

    private static String problems(String bdevs) {
        return Specs.read("version: 1\nbdevs:\n" + bdevs).problems().stream()
                .map(problem -> problem.path() + ": " + problem.message())
                .collect(Collectors.joining("; "));
    }

    @Test
    void areReadWithSizesOfTheirOwn() {
        BdevSpec read = Specs.read("version: 1\nbdevs:\n  n: { type: nvme, path: /dev/ng0n1 }\n")
                .state()
                .orElseThrow()
                .target()
                .bdevs()
                .get("n");
        assertEquals(
                new BdevSpec.Nvme(
                        "n", "/dev/ng0n1", 0, 0, Identity.bdevUuid("nvme", "n", "/dev/ng0n1"), BdevLimits.NONE),
                read);
    }

    @ParameterizedTest
    @ValueSource(strings = {"size: 1GiB", "allow_shrink: true", "base: x", "errors: []"})
    void haveNothingElse(String key) {
        String seen = problems("  n: { type: nvme, path: /dev/ng0n1, " + key + " }\n");
        assertTrue(seen.startsWith("bdevs.n." + key.substring(0, key.indexOf(':')) + ":"), seen);
    }

    @Test
    void needAPath() {
        assertEquals("bdevs.n: `path` is missing", problems("  n: { type: nvme }\n"));
    }

    @Test
    void areOfOnePathUnderBothNamesThatLinuxGives() {
        String seen = problems("""
              a: { type: block, path: /dev/nvme0n1 }
              b: { type: nvme, path: /dev/ng0n1 }
              c: { type: nvme, path: /dev/ng0n2 }
            """);
        assertTrue(seen.startsWith("bdevs.b.path: path /dev/nvme0n1 is that of bdevs.a"), seen);
        assertTrue(!seen.contains("bdevs.c"), seen);
    }
}
