package org.nvmftarget.control.rpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nvmftarget.model.IoLatencies;
import org.nvmftarget.model.LatencyHistogram;
import tools.jackson.databind.JsonNode;

/** What {@code docs/json-rpc.md} says of methods is what the code does. */
final class RpcDocsTest {

    private static final Pattern NAME = Pattern.compile("`([a-z_]+)`");
    private static final Pattern ROW = Pattern.compile("(?m)^\\| `([a-z_]+)` \\|([^|]*)\\|");
    private static final Pattern JSON = Pattern.compile("(?s)```json\n(.*?)\n```");

    private static final String BDEV = "b";

    private final FakeViews fake = new FakeViews();
    private final Map<String, Method> methods = RpcServer.methods("9.9", fake.views());
    private final String text;

    RpcDocsTest() throws IOException {
        text = Files.readString(Path.of("docs/json-rpc.md"));
    }

    @Test
    void everyMethodIsInTheTable() {
        Set<String> listed = new TreeSet<>();
        part(text, "## Methods\n", "\n\n", "|---|---|---|\n")
                .lines()
                .flatMap(row -> NAME.matcher(row.split("\\|")[1]).results())
                .forEach(name -> listed.add(name.group(1)));
        assertEquals(new TreeSet<>(methods.keySet()), listed);
    }

    @Test
    void theTableNamesEachParameter() throws RpcError {
        fake.latencies = Map.of(BDEV, new IoLatencies(Map.of(), LatencyHistogram.NONE));
        for (String row :
                part(text, "## Methods\n", "\n\n", "|---|---|---|\n").lines().toList()) {
            String[] cells = row.split("\\|");
            Set<String> named = new HashSet<>();
            NAME.matcher(cells[2]).results().forEach(name -> named.add(name.group(1)));
            named.remove("none");
            for (MatchResult method : NAME.matcher(cells[1]).results().toList()) {
                assertEquals(named, known(method.group(1)), method.group(1));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"nvmf_target_get_status", "nvmf_target_get_plan", "nvmf_target_get_history", "nvmf_target_export"
            })
    void anOwnMethodIsToldWhole(String method) throws RpcError {
        String section = part(text, "### " + method + "\n", "\n### ", "");
        Set<String> parameters = rows(part(section, "#### Parameters\n", "\n#### ", ""));
        assertEquals(known(method), parameters);
        List<JsonNode> example = new ArrayList<>();
        JSON.matcher(section).results().forEach(json -> example.add(Json.parse(json.group(1))));
        assertEquals(method, example.get(0).path("method").stringValue());
        JsonNode result = call(method, example.get(0).get("params"));
        Set<String> keys = new TreeSet<>(result.propertyNames());
        Set<String> told = rows(part(section, "#### Result\n", "\n#### ", ""));
        assertTrue(told.containsAll(keys), keys + " are in the result, " + told + " are told");
        assertTrue(told.containsAll(new TreeSet<>(example.get(1).path("result").propertyNames())), method);
        assertEquals(result.getNodeType(), example.get(1).path("result").getNodeType());
        assertTrue(section.contains("#### Errors\n"), method);
    }

    /** The parameters that the code takes. */
    private Set<String> known(String method) throws RpcError {
        Params params = new Params(null, false);
        Method offered = methods.get(method);
        if (offered == null) {
            throw new AssertionError(method);
        }
        try {
            offered.call(params);
        } catch (RpcError missing) {
            JsonNode needed = needed(method);
            if (needed == null) {
                throw missing;
            }
            Params given = new Params(needed, false);
            offered.call(given);
            return given.known();
        }
        return params.known();
    }

    /** Parameters without which a method looks no further. */
    private static @Nullable JsonNode needed(String method) {
        return switch (method) {
            case "framework_get_config" -> Json.object().put("name", "bdev");
            case "bdev_get_histogram" -> Json.object().put("name", BDEV);
            case "bdev_get_histogram_borders" ->
                Json.object().put("name", BDEV).set("borders", Json.array().add(1));
            default ->
                method.startsWith("nvmf_subsystem_get_")
                        ? Json.object().put("nqn", RecordedTarget.CNODE1.value())
                        : null;
        };
    }

    private JsonNode call(String method, @Nullable JsonNode params) throws RpcError {
        return FakeViews.call(methods, method, params);
    }

    private static Set<String> rows(String table) {
        Set<String> names = new TreeSet<>();
        ROW.matcher(table).results().forEach(row -> names.add(row.group(1)));
        return names;
    }

    /** From behind {@code begin} (and then behind {@code more}) to {@code end}, or the text's end. */
    private static String part(String text, String begin, String end, String more) {
        int from = text.indexOf(begin) + begin.length();
        assertTrue(from >= begin.length(), begin);
        from = text.indexOf(more, from) + more.length();
        int to = text.indexOf(end, from);
        return to < 0 ? text.substring(from) : text.substring(from, to);
    }
}
