package org.nvmftarget.control.render;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.nvmftarget.control.config.SpecReader;
import org.nvmftarget.control.config.SpecText;
import org.nvmftarget.model.DesiredState;

class SpecDiffTest {
    private static final String ONE = """
        version: 1
        bdevs: { m: { type: malloc, size: 1MiB } }
        subsystems:
          nqn.2026-11.org.example:a: { serial_number: A, namespaces: { 1: { bdev: m } } }
        """;

    private static DesiredState read(String text) {
        return SpecReader.read(List.of(new SpecText("t.yaml", text))).state().orElseThrow();
    }

    private static List<String> changed(String before, String after) {
        return SpecDiff.between(read(before), read(after), 1 << 20)
                .lines()
                .filter(line -> !line.startsWith(" "))
                .toList();
    }

    @Test
    void twoSpecsThatSayTheSameHaveNone() {
        assertEquals(List.of(), changed(ONE, ONE + "# comment\nreconcile: { settle: 2s }\n"));
    }

    @Test
    void whatATargetDoesNotKnowOfIsShownToo() {
        assertEquals(
                List.of(
                        "@@ -2,6 +2,7 @@ subsystems.nqn.2026-11.org.example:a",
                        "+  protect: true",
                        "@@ -0,0 +1,3 @@ settings",
                        "+settings:",
                        "+  reconcile:",
                        "+    settle: 5s"),
                changed(
                        ONE,
                        ONE.replace("serial_number: A,", "serial_number: A, protect: true,")
                                + "reconcile: { settle: 5s }\n"));
    }

    @Test
    void itIsCutBetweenObjects() {
        StringBuilder many = new StringBuilder("version: 1\nbdevs:\n");
        for (int i = 0; i < 100; i++) {
            many.append("  b").append(i).append(": { type: malloc, size: 1MiB }\n");
        }
        String diff = SpecDiff.between(read("version: 1\n"), read(many.toString()), 1000);

        assertTrue(diff.length() < 1300, diff);
        assertTrue(diff.endsWith(" more\n"), diff);
    }
}
