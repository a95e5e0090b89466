package org.nvmftarget.control.imports;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.nvmftarget.control.config.SpecReader;
import org.nvmftarget.control.config.SpecResult;
import org.nvmftarget.control.config.SpecText;
import org.nvmftarget.control.render.SpecYaml;
import org.nvmftarget.model.Problem;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * A spec in the making: a map, a list or a text, each of which knows where in the source it comes from. What the spec's
 * own reader finds wrong in it is taken out and left behind, so that what remains is valid.
 */
final class Draft {
    static final String NOTHING = "nothing in a spec says this";

    /** Of blocks of either size. */
    private static final String LEAST_FILE = "4096";

    private final String origin;
    private final @Nullable String text;
    private final Map<String, Draft> fields = new LinkedHashMap<>();
    private final List<Draft> items = new ArrayList<>();
    private final boolean list;

    private Draft(String origin, @Nullable String text, boolean list) {
        this.origin = origin;
        this.text = text;
        this.list = list;
    }

    static Draft spec() {
        Draft spec = new Draft("$", null, false);
        spec.put("version", "1", "$");
        return spec;
    }

    void put(String key, String value, String from) {
        fields.put(key, new Draft(from, value, false));
    }

    /**
     * A bdev of a file or a block device. The source does not say which it is: below {@code /dev} there are devices, and
     * NVMe's character devices are {@code ng}. Of a
     * file it does not say the size; the least there is takes it over as it is.
     */
    void disk(String path, String from) {
        boolean device = path.startsWith("/dev/") && !path.startsWith("/dev/shm/");
        put("type", device ? path.startsWith("/dev/ng") ? "nvme" : "block" : "file", from);
        put("path", path, from);
        if (!device) {
            put("size", LEAST_FILE, from);
        }
    }

    boolean has(String key) {
        return fields.containsKey(key);
    }

    Optional<Draft> get(String key) {
        return Optional.ofNullable(fields.get(key));
    }

    Optional<String> text() {
        return Optional.ofNullable(text);
    }

    /** The map under {@code key}, made if it is not there. */
    Draft map(String key, String from) {
        return fields.computeIfAbsent(key, absent -> new Draft(from, null, false));
    }

    /** A new map at the end of the list under {@code key}. */
    Draft item(String key, String from) {
        Draft holder = fields.computeIfAbsent(key, absent -> new Draft(from, null, true));
        Draft item = new Draft(from, null, false);
        holder.items.add(item);
        return item;
    }

    /** The list under {@code key}: of scalars. */
    void putAll(String key, List<Given> scalars) {
        Draft holder = fields.computeIfAbsent(
                key,
                absent -> new Draft(scalars.isEmpty() ? "$" : scalars.getFirst().path(), null, true));
        scalars.forEach(item -> item.text().ifPresent(value -> holder.items.add(new Draft(item.path(), value, false))));
    }

    /** The items of the list under {@code key}. */
    List<Draft> items(String key) {
        Draft holder = fields.get(key);
        return holder == null ? List.of() : List.copyOf(holder.items);
    }

    private JsonNode json() {
        if (text != null) {
            return JsonNodeFactory.instance.stringNode(text);
        }
        if (list) {
            ArrayNode array = JsonNodeFactory.instance.arrayNode();
            items.forEach(item -> array.add(item.json()));
            return array;
        }
        ObjectNode object = JsonNodeFactory.instance.objectNode();
        fields.forEach((key, value) -> object.set(key, value.json()));
        return object;
    }

    /** The spec as canonical YAML; what is not valid in it is in {@code ledger} then. */
    String settle(Ledger ledger) {
        while (true) {
            // JSON is YAML.
            SpecResult read = SpecReader.read(List.of(new SpecText("import", json().toString())));
            if (read.state().isPresent()) {
                return SpecYaml.render(read.state().get());
            }
            if (!takeOut(read.problems(), ledger)) {
                Problem first = read.problems().getFirst();
                throw new IllegalStateException("an import made " + first.path() + ": " + first.message());
            }
        }
    }

    private record Spot(Draft draft, Runnable remove) {}

    private boolean takeOut(List<Problem> problems, Ledger ledger) {
        Map<String, Spot> spots = new HashMap<>();
        index("", spots);
        boolean any = false;
        for (Problem problem : problems) {
            Spot spot = nearest(problem.path(), spots);
            if (spot != null) {
                spot.remove().run();
                ledger.left(spot.draft().origin, words(problem));
                any = true;
            }
        }
        return any;
    }

    private static String words(Problem problem) {
        return (problem.message().startsWith("unknown key") ? NOTHING : problem.message())
                + problem.hint()
                        .filter(hint -> hint.startsWith("leave it out: "))
                        .map(hint -> hint.replaceFirst("leave it out", ""))
                        .orElse("");
    }

    /** By the paths that problems have. */
    private void index(String path, Map<String, Spot> spots) {
        fields.forEach((key, value) -> {
            String at = path.isEmpty() ? key : path + "." + key;
            spots.put(at, new Spot(value, () -> fields.remove(key, value)));
            value.index(at, spots);
        });
        for (int i = 0; i < items.size(); i++) {
            Draft item = items.get(i);
            spots.put(path + "[" + i + "]", new Spot(item, () -> items.remove(item)));
            item.index(path + "[" + i + "]", spots);
        }
    }

    private static @Nullable Spot nearest(String path, Map<String, Spot> spots) {
        String at = path;
        while (!at.isEmpty()) {
            Spot spot = spots.get(at);
            if (spot != null) {
                return spot;
            }
            at = at.substring(0, Math.max(0, Math.max(at.lastIndexOf('.'), at.lastIndexOf('['))));
        }
        return null;
    }
}
