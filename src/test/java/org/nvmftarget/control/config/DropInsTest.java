package org.nvmftarget.control.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.nvmftarget.control.config.Specs.lines;

import java.util.Set;
import org.junit.jupiter.api.Test;
import org.nvmftarget.model.ObjectRef;
import org.nvmftarget.model.SourceMap;

class DropInsTest {

    private static final String BASE = lines(
            "version: 1",
            "bdevs: { a: { type: malloc, size: 1MiB } }",
            "subsystems:",
            "  nqn.2026-11.org.example:a: { namespaces: { 1: { bdev: a } } }");

    @Test
    void mergesSectionsOfSeveralFiles() {
        String dropIn = "version: 1\nbdevs: { b: { type: malloc, size: 1MiB } }\n";

        assertEquals(
                Set.of("a", "b"), Specs.valid(BASE, dropIn).target().bdevs().keySet());
    }

    @Test
    void addsToASubsystemOfAnotherFile() {
        String dropIn = lines(
                "bdevs: { b: { type: malloc, size: 1MiB } }",
                "subsystems:",
                "  nqn.2026-11.org.example:a: { allow_any_host: true, namespaces: { 2: { bdev: b } } }");

        assertEquals(
                2,
                Specs.valid(BASE, dropIn)
                        .target()
                        .subsystems()
                        .firstEntry()
                        .getValue()
                        .namespaces()
                        .size());
    }

    @Test
    void namesTheFileThatDeclaresAnObject() {
        String dropIn = "bdevs:\n  b: { type: malloc, size: 1MiB }\n";

        assertEquals(
                new SourceMap.Position("b.yaml", 2),
                Specs.read(BASE, dropIn).sources().of(new ObjectRef.Bdev("b")).orElseThrow());
    }

    @Test
    void refusesAnObjectThatTwoFilesDeclareWithBothPlaces() {
        String dropIn = lines(
                "bdevs: { a: { size: 2MiB } }",
                "subsystems:",
                "  nqn.2026-11.org.example:a: { namespaces: { 1: { bdev: a } } }");

        assertEquals(
                lines(
                        "b.yaml:1:10: bdevs.a: declared a second time: it stands at a.yaml:2 already",
                        "b.yaml:3:46: subsystems.nqn.2026-11.org.example:a.namespaces.1: declared a second time:"
                                + " it stands at a.yaml:4 already"),
                Specs.report(BASE, dropIn));
    }

    @Test
    void refusesAnAttributeThatTwoFilesDeclare() {
        String log = "log: { level: info }\n";

        assertEquals(
                "b.yaml:1:8: log.level: declared a second time: it stands at a.yaml:2 already\n",
                Specs.report("version: 1\n" + log, log));
    }

    @Test
    void asksForAVersionInOneFileOnly() {
        assertEquals(
                lines("a.yaml:1:1: : `version` is missing"), Specs.report("transports: { tcp: }\n", "bdevs: {}\n"));
    }

    @Test
    void refusesAnEmptyDropIn() {
        assertEquals(
                lines(
                        "b.yaml:0:1: : the file holds nothing but comments",
                        "    the smallest spec is `version: 1`: a target with nothing in it"),
                Specs.report(BASE, "# disabled\n"));
    }

    @Test
    void reportsTheSyntaxErrorsOfAllFiles() {
        assertEquals(
                lines(
                        "a.yaml:2:1: : a tab cannot indent YAML",
                        "    use spaces",
                        "b.yaml:2:1: : a tab cannot indent YAML",
                        "    use spaces"),
                Specs.report("version: 1\n\tx\n", "version: 1\n\tx\n"));
    }
}
