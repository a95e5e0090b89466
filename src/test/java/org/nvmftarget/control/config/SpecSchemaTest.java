package org.nvmftarget.control.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.networknt.schema.Error;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.dataformat.yaml.YAMLMapper;

/** The schema and the reader are two descriptions of one thing: these tests hold them together. */
class SpecSchemaTest {

    private static final JsonNode JSON = new JsonMapper().readTree(SpecSchema.json());
    private static final Schema SCHEMA = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
            .getSchema(JSON);
    private static final YAMLMapper YAML = new YAMLMapper();

    static Stream<Path> structurallyBadSpecs() throws IOException {
        return Specs.files("bad/structure");
    }

    private static List<Error> errors(String yaml) {
        return SCHEMA.validate(YAML.readTree(yaml));
    }

    @Test
    void isPackagedAsItStandsInTheTree() throws IOException {
        assertEquals(Files.readString(Path.of("schema/target.schema.json")), SpecSchema.json());
    }

    @Test
    void isAValidSchemaItself() {
        Schema meta = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
                .getSchema(SchemaLocation.of("https://json-schema.org/draft/2020-12/schema"));

        assertEquals(List.of(), meta.validate(JSON));
    }

    @ParameterizedTest
    @MethodSource("org.nvmftarget.control.config.Specs#examples")
    void acceptsTheExamples(Path example) throws IOException {
        assertEquals(List.of(), errors(Files.readString(example)));
    }

    @ParameterizedTest
    @MethodSource("org.nvmftarget.control.config.Specs#examples")
    void isNamedByTheExamples(Path example) throws IOException {
        assertEquals(
                "# yaml-language-server: $schema=../../schema/target.schema.json",
                Files.readAllLines(example).getFirst());
    }

    @ParameterizedTest
    @MethodSource("structurallyBadSpecs")
    void refusesWhatTheReaderRefuses(Path file) throws IOException {
        assertNotEquals(List.of(), Specs.read(file).problems());
        assertNotEquals(List.of(), errors(Files.readString(file)));
    }

    @Test
    void refusesEachBadValueByItself() {
        BadValues.all().forEach((path, yaml) -> {
            assertFalse(Specs.read(yaml).problems().isEmpty(), () -> "the reader accepts " + path + "\n" + yaml);
            assertFalse(errors(yaml).isEmpty(), () -> "the schema accepts " + path + "\n" + yaml);
        });
    }

    @Test
    void reportsABadValueOfEachKeyAtItsPath() {
        BadValues.all()
                .forEach((path, yaml) -> assertTrue(
                        Specs.read(yaml).problems().stream()
                                .anyMatch(p -> p.path().equals(path)),
                        () -> path + " is not read: " + Specs.report(yaml)));
    }

    @Test
    void hasTheSameKeysAsTheReader() {
        Map<String, Set<String>> ofReader = new TreeMap<>();
        Section.ALL.forEach(section -> ofReader.put(section.where(), new TreeSet<>(section.keys())));
        Map<String, Set<String>> ofSchema = new TreeMap<>();
        collect(JSON, "", ofSchema);

        assertEquals(ofReader, ofSchema);
    }

    @Test
    void hasTheSameRequiredKeysAsTheReader() {
        assertEquals(List.of("bdev"), required("subsystems.*.namespaces.*"));
        assertEquals(List.of("trtype", "traddr", "trsvcid"), required("subsystems.*.listeners[]"));
        assertEquals(List.of("trtype", "traddr", "trsvcid"), required("discovery.listeners[]"));
        assertEquals(List.of("trtype", "traddr", "trsvcid"), required("discovery.referrals[]"));
        assertEquals(List.of("type"), required("bdevs.*"), "what else is required hangs on the type");
        assertEquals(List.of("version"), required(""));
    }

    private static List<String> required(String where) {
        Map<String, JsonNode> objects = new TreeMap<>();
        objects(JSON, "", objects);
        return Objects.requireNonNull(objects.get(where))
                .path("required")
                .valueStream()
                .map(JsonNode::asString)
                .toList();
    }

    private static void collect(JsonNode schema, String where, Map<String, Set<String>> keys) {
        Map<String, JsonNode> objects = new TreeMap<>();
        objects(schema, where, objects);
        objects.forEach((path, object) -> {
            assertFalse(object.get("additionalProperties").asBoolean(true), () -> path + " admits any key");
            keys.put(path, new TreeSet<>(object.get("properties").propertyNames()));
        });
    }

    /** Every schema with fixed properties, by its path. */
    private static void objects(JsonNode schema, String where, Map<String, JsonNode> found) {
        String prefix = where.isEmpty() ? "" : where + ".";
        if (schema.has("properties")) {
            found.put(where, schema);
            schema.get("properties").propertyStream().forEach(p -> objects(p.getValue(), prefix + p.getKey(), found));
        }
        if (schema.path("additionalProperties").isObject()) {
            objects(schema.get("additionalProperties"), prefix + "*", found);
        }
        if (schema.has("items")) {
            objects(schema.get("items"), where + "[]", found);
        }
    }
}
