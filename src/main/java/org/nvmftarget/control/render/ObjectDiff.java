package org.nvmftarget.control.render;

import com.github.difflib.DiffUtils;
import com.github.difflib.UnifiedDiffUtils;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import tools.jackson.databind.node.ObjectNode;

/** The unified YAML diff of one object. */
final class ObjectDiff {
    private static final int CONTEXT_LINES = 3;

    private ObjectDiff() {}

    /**
     * Adds the hunks of one object.
     *
     * @param diffs by path; in the order of the calls
     * @param path what names the object in each hunk
     * @param key its key in the YAML
     */
    static <T> void put(
            Map<String, List<String>> diffs,
            String path,
            String key,
            Optional<T> before,
            Optional<T> after,
            Function<T, ObjectNode> tree) {
        List<String> from = before.map(tree).map(node -> lines(key, node)).orElse(List.of());
        List<String> to = after.map(tree).map(node -> lines(key, node)).orElse(List.of());
        List<String> unified =
                UnifiedDiffUtils.generateUnifiedDiff("live", "desired", from, DiffUtils.diff(from, to), CONTEXT_LINES);
        List<String> hunks = new ArrayList<>();
        unified.stream().skip(2).forEach(line -> hunks.add(line.startsWith("@@") ? hunk(line) + " " + path : line));
        diffs.put(path, hunks);
    }

    /** In the unified format an empty side begins at line 0. */
    private static String hunk(String header) {
        return header.replace("-1,0 ", "-0,0 ").replace("+1,0 ", "+0,0 ");
    }

    private static List<String> lines(String key, ObjectNode node) {
        ObjectNode named = Formats.object();
        named.set(key, node);
        return Formats.yaml(named).lines().toList();
    }
}
