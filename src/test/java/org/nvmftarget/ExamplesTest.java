package org.nvmftarget;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nvmftarget.control.config.SpecReader;
import org.nvmftarget.control.config.SpecResult;
import org.nvmftarget.control.config.SpecText;
import org.nvmftarget.control.plan.Plan;
import org.nvmftarget.control.plan.Planner;
import org.nvmftarget.control.render.SpecYaml;
import org.nvmftarget.model.LiveState;
import org.nvmftarget.model.SourceMap;
import org.nvmftarget.model.TargetConfig;

final class ExamplesTest {

    static Stream<Path> examples() throws IOException {
        try (Stream<Path> files = Files.list(Path.of("examples/configs"))) {
            return files.filter(p -> p.toString().endsWith(".yaml")).sorted().toList().stream();
        }
    }

    @ParameterizedTest
    @MethodSource("examples")
    void anExampleIsPlannedFromNothingAndItsExportNeedsNoPlan(Path example) throws IOException {
        SpecResult spec = read(Files.readString(example));
        TargetConfig desired = spec.state().orElseThrow().target();

        Plan plan = Planner.plan(LiveState.EMPTY, desired, spec.sources(), 1, Map.of());

        assertTrue(plan.hasChanges());
        assertEquals(List.of(), plan.pending());
        TargetConfig exported =
                read(SpecYaml.render(desired)).state().orElseThrow().target();
        LiveState live = new LiveState(desired, new TreeMap<>());
        assertFalse(Planner.plan(live, exported, SourceMap.EMPTY, 1, Map.of()).hasChanges());
    }

    private static SpecResult read(String text) {
        SpecResult result = SpecReader.read(List.of(new SpecText("example.yaml", text)));
        assertEquals(List.of(), result.problems());
        return result;
    }
}
