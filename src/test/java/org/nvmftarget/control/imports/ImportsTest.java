package org.nvmftarget.control.imports;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nvmftarget.control.config.SpecReader;
import org.nvmftarget.control.config.SpecText;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Each sample of {@code imports} beside the spec that it becomes, and what is left behind. */
class ImportsTest {

    private static String resource(String name) throws IOException {
        try {
            return Files.readString(
                    Path.of(Objects.requireNonNull(ImportsTest.class.getResource("/imports/" + name), name)
                            .toURI()));
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String left(Imported imported) {
        return imported.left().stream().map(entry -> entry + "\n").collect(Collectors.joining());
    }

    @ParameterizedTest
    @CsvSource({"SPDK,spdk-save_config", "SPDK,spdk-rich", "NVMETCLI,nvmetcli"})
    void becomesTheSpecBesideIt(ImportFormat format, String sample) throws IOException {
        Imported imported = format.read(resource(sample + ".json"));

        assertEquals(resource(sample + ".yaml"), imported.yaml());
        assertEquals(resource(sample + ".left"), left(imported));
    }

    @ParameterizedTest
    @CsvSource({"SPDK,spdk-save_config", "SPDK,spdk-rich", "NVMETCLI,nvmetcli"})
    void isAValidSpecAndItsOwnCanonicalForm(ImportFormat format, String sample) throws IOException {
        String yaml = format.read(resource(sample + ".json")).yaml();

        assertTrue(
                SpecReader.read(List.of(new SpecText("a.yaml", yaml))).state().isPresent(), yaml);
    }

    /** A scalar is either the value of some key of the spec, or it is listed, or something that it is in is listed. */
    @ParameterizedTest
    @CsvSource({"SPDK,spdk-rich", "NVMETCLI,nvmetcli"})
    void dropsNothingInSilence(ImportFormat format, String sample) throws IOException {
        JsonNode root = new JsonMapper().readTree(resource(sample + ".json"));
        List<String> listed = format.read(root.toString()).left().stream()
                .map(Imported.Left::path)
                .toList();
        for (String path : scalars(root, "$")) {
            boolean isListed = listed.stream()
                    .anyMatch(l -> path.equals(l) || path.startsWith(l + ".") || path.startsWith(l + "["));
            // Names of parts of SPDK, and of hosts that no subsystem lets in: they say nothing of the target.
            boolean isLabel = path.matches("\\$\\.subsystems\\[\\d+]\\.subsystem|\\$\\.hosts\\[\\d+]\\.nqn");
            if (!isListed && !isLabel) {
                // Changed to something that no spec has, it must come up: so it was read.
                JsonNode changed = root.deepCopy();
                replace(changed, path);
                assertTrue(comesUp(format, root, changed), path + " has no effect, and is not listed");
            }
        }
    }

    private static boolean comesUp(ImportFormat format, JsonNode root, JsonNode changed) {
        Imported before = format.read(root.toString());
        Imported after = format.read(changed.toString());
        return !before.yaml().equals(after.yaml()) || !before.left().equals(after.left());
    }

    private static List<String> scalars(JsonNode node, String path) {
        List<String> all = new ArrayList<>();
        for (Map.Entry<String, JsonNode> member : node.properties()) {
            all.addAll(scalars(member.getValue(), path + "." + member.getKey()));
        }
        for (int i = 0; node.isArray() && i < node.size(); i++) {
            all.addAll(scalars(node.get(i), path + "[" + i + "]"));
        }
        if (node.isValueNode()) {
            all.add(path);
        }
        return all;
    }

    private static void replace(JsonNode root, String path) {
        String pointer = path.substring(1).replaceAll("\\[(\\d+)\\]", "/$1").replace('.', '/');
        int last = pointer.lastIndexOf('/');
        JsonNode parent = root.at(pointer.substring(0, last));
        String key = pointer.substring(last + 1);
        if (parent.isArray()) {
            ((tools.jackson.databind.node.ArrayNode) parent).set(Integer.parseInt(key), "\u0007changed");
        } else {
            ((tools.jackson.databind.node.ObjectNode) parent).put(key, "\u0007changed");
        }
    }

    @Test
    void saysWhereTextIsNoJson() {
        IllegalArgumentException e =
                assertThrows(IllegalArgumentException.class, () -> ImportFormat.SPDK.read("{\n  \"subsystems\": [,]}"));

        assertTrue(String.valueOf(e.getMessage()).startsWith("is not JSON: "), e::toString);
        assertTrue(String.valueOf(e.getMessage()).contains("line 2, column"), e::toString);
    }

    @Test
    void knowsOneFormatFromTheOther() throws IOException {
        String spdk = resource("spdk-save_config.json");
        IllegalArgumentException e =
                assertThrows(IllegalArgumentException.class, () -> ImportFormat.SPDK.read("{\"ports\": []}"));
        assertEquals(
                "is not what rpc.py save_config prints: `subsystems`, a list, is missing",
                String.valueOf(e.getMessage()));

        String left = left(ImportFormat.NVMETCLI.read(spdk));
        assertTrue(left.contains("$.subsystems[0]: it has no nqn"), left);
        assertThrows(IllegalArgumentException.class, () -> ImportFormat.NVMETCLI.read("[]"));
        assertThrows(IllegalArgumentException.class, () -> ImportFormat.NVMETCLI.read("7"));
        assertThrows(IllegalArgumentException.class, () -> ImportFormat.SPDK.read(""));
    }
}
