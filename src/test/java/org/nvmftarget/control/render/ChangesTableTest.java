package org.nvmftarget.control.render;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.nvmftarget.control.config.SpecSchema;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class ChangesTableTest {
    private static final Path DOCUMENT = Path.of("docs/changes.md");
    private static final JsonNode SCHEMA = new JsonMapper().readTree(SpecSchema.json());

    @Test
    void theDocumentIsWhatThePlannerDoes() throws IOException {
        assertEquals(
                ChangesTable.render(),
                Files.readString(DOCUMENT),
                "docs/changes.md is not what the planner does any more: run ChangesTableTest's main method to write it"
                        + " anew, and read what has changed");
    }

    @Test
    void noFieldOfTheSchemaIsMissing() {
        Set<String> fields = new TreeSet<>();
        collect(SCHEMA, "", fields);
        Set<String> explained = new TreeSet<>();
        Edits.all().forEach(edit -> explained.add(edit.field()));
        Set<String> missing = new TreeSet<>(fields);
        missing.removeAll(explained);
        assertEquals(Set.of(), missing);
        explained.removeAll(fields);
        explained.removeIf(field -> fields.stream().anyMatch(leaf -> leaf.startsWith(field + ".")));
        assertEquals(Set.of(), explained, "there are no such fields");
    }

    /** The paths of all values that are no maps or lists with fixed keys themselves. */
    private static void collect(JsonNode node, String path, Set<String> fields) {
        JsonNode schema = resolved(node);
        String prefix = path.isEmpty() ? "" : path + ".";
        boolean leaf = true;
        for (String key : schema.path("properties").propertyNames()) {
            collect(schema.path("properties").path(key), prefix + key, fields);
            leaf = false;
        }
        if (schema.path("additionalProperties").isObject()) {
            collect(schema.path("additionalProperties"), prefix + "*", fields);
            leaf = false;
        }
        if (schema.path("items").isObject()) {
            collect(schema.path("items"), prefix + "[]", fields);
            leaf = false;
        }
        if (leaf) {
            fields.add(path);
        }
    }

    private static JsonNode resolved(JsonNode node) {
        return node.has("$ref") ? SCHEMA.at(node.path("$ref").asString().substring(1)) : node;
    }

    static void main() throws IOException {
        Files.writeString(DOCUMENT, ChangesTable.render());
    }
}
