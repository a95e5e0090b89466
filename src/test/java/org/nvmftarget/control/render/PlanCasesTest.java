package org.nvmftarget.control.render;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.networknt.schema.Schema;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.nvmftarget.control.plan.DataEffect;
import org.nvmftarget.control.plan.Disruption;
import org.nvmftarget.control.plan.PlanStep;
import org.nvmftarget.model.Step;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What an operator reads for each kind of edit: a folder each in {@code src/test/resources/plan}. {@link #main} writes
 * the plans anew, to be read before they are committed.
 */
class PlanCasesTest {
    private static final JsonNode SCHEMA_TEXT = new JsonMapper().readTree(read(Path.of("schema/plan.schema.json")));
    private static final Schema SCHEMA = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
            .getSchema(SCHEMA_TEXT);

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new AssertionError(file.toString(), e);
        }
    }

    @TestFactory
    Stream<DynamicTest> thePlanIsAsItsFolderSays() throws IOException {
        return PlanCase.all().stream().map(c -> DynamicTest.dynamicTest(c.name(), () -> check(c)));
    }

    private static void check(PlanCase c) throws IOException {
        Path folder = PlanCase.folder(c.name());
        assertEquals(Files.readString(folder.resolve("plan.txt")), PlanText.render(c.plan(), false));
        String json = PlanJson.render(c.plan());
        assertEquals(Files.readString(folder.resolve("plan.json")), json);
        assertEquals(List.of(), SCHEMA.validate(new JsonMapper().readTree(json)));
    }

    @Test
    void thereAreCasesForEveryStepDisruptionFateAndGuard() throws IOException {
        Set<String> seen = new HashSet<>();
        for (PlanCase c : PlanCase.all()) {
            for (PlanStep step : c.plan().steps()) {
                seen.add(step.step().getClass().getSimpleName());
                seen.add(step.disruption().name());
                seen.add("data " + step.data().name());
            }
            c.plan().refused().forEach(refusal -> seen.add(refusal.guard()));
        }
        Set<String> wanted = new HashSet<>(Set.of("empty", "protect", "max_deletions", "on_active", "allow_shrink"));
        Stream.of(Step.class.getPermittedSubclasses()).map(Class::getSimpleName).forEach(wanted::add);
        Stream.of(Disruption.values()).map(Enum::name).forEach(wanted::add);
        Stream.of(DataEffect.values()).map(fate -> "data " + fate.name()).forEach(wanted::add);
        wanted.removeAll(seen);
        assertEquals(Set.of(), wanted);
        assertTrue(PlanCase.all().size() >= 40);
    }

    @Test
    void theSchemaIsAValidSchemaThatKnowsEveryAction() {
        Schema meta = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
                .getSchema(SchemaLocation.of("https://json-schema.org/draft/2020-12/schema"));
        assertEquals(List.of(), meta.validate(SCHEMA_TEXT));
        assertEquals(
                Step.class.getPermittedSubclasses().length,
                SCHEMA_TEXT.at("/properties/steps/items/oneOf").size());
    }

    @Test
    void theSchemaRefusesWhatIsNoPlan() throws IOException {
        JsonNode plan =
                new JsonMapper().readTree(read(PlanCase.folder("add-listener").resolve("plan.json")));
        for (String broken : List.of(
                plan.toString().replace("\"add_listener\"", "\"open_listener\""),
                plan.toString().replace("\"traddr\"", "\"address\""),
                plan.toString().replace("\"data\":\"kept\"", "\"data\":\"none\""),
                plan.toString().replace("\"format_version\":\"1\"", "\"format_version\":\"2\""),
                plan.toString().replace("\"plan_id\":\"sha256:", "\"plan_id\":\"sha1:"))) {
            assertTrue(!SCHEMA.validate(new JsonMapper().readTree(broken)).isEmpty(), broken);
        }
    }

    static void main() throws IOException {
        for (PlanCase c : PlanCase.all()) {
            Path folder = PlanCase.folder(c.name());
            Files.writeString(folder.resolve("plan.txt"), PlanText.render(c.plan(), false));
            Files.writeString(folder.resolve("plan.json"), PlanJson.render(c.plan()));
        }
    }
}
