package org.nvmftarget.control.render;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.Predicate;
import org.nvmftarget.model.DesiredState;
import org.nvmftarget.model.TargetConfig;
import tools.jackson.databind.node.ObjectNode;

/**
 * The unified YAML diff of two whole specs, with what a target does not know of: {@code protect} and the settings of the
 * program. Each object is compared by itself.
 */
public final class SpecDiff {
    private SpecDiff() {}

    /**
     * Lines that each end with a newline; empty if both say the same.
     *
     * @param mostChars where it is cut, at the end of an object; how many objects are left out is its last line
     */
    public static String between(DesiredState before, DesiredState after, int mostChars) {
        Map<String, List<String>> diffs = new LinkedHashMap<>();
        TargetConfig was = before.target();
        TargetConfig is = after.target();
        each(
                diffs,
                "transports.",
                keyed(was.transports(), t -> t.key()),
                keyed(is.transports(), t -> t.key()),
                SpecTree::transport);
        each(diffs, "bdevs.", was.bdevs(), is.bdevs(), SpecTree::bdev);
        each(
                diffs,
                "subsystems.",
                keyed(was.subsystems(), nqn -> nqn.value()),
                keyed(is.subsystems(), nqn -> nqn.value()),
                SpecTree::subsystem);
        one(diffs, "discovery", was.discovery(), is.discovery(), d -> d.isEmpty(), SpecTree::discovery);
        one(diffs, "settings", settings(before), settings(after), ObjectNode::isEmpty, Function.identity());
        return text(diffs, mostChars);
    }

    private static ObjectNode settings(DesiredState state) {
        ObjectNode node = Formats.object();
        SpecYaml.addSettings(node, state);
        return node;
    }

    private static <K, V> SortedMap<String, V> keyed(SortedMap<K, V> map, Function<K, String> key) {
        SortedMap<String, V> keyed = new TreeMap<>();
        map.forEach((k, v) -> keyed.put(key.apply(k), v));
        return keyed;
    }

    private static <V> void each(
            Map<String, List<String>> diffs,
            String prefix,
            SortedMap<String, V> before,
            SortedMap<String, V> after,
            Function<V, ObjectNode> tree) {
        TreeSet<String> keys = new TreeSet<>(before.keySet());
        keys.addAll(after.keySet());
        for (String key : keys) {
            Optional<V> was = Optional.ofNullable(before.get(key));
            Optional<V> is = Optional.ofNullable(after.get(key));
            if (!was.equals(is)) {
                ObjectDiff.put(diffs, prefix + key, key, was, is, tree);
            }
        }
    }

    private static <V> void one(
            Map<String, List<String>> diffs,
            String key,
            V before,
            V after,
            Predicate<V> isEmpty,
            Function<V, ObjectNode> tree) {
        if (!before.equals(after)) {
            ObjectDiff.put(
                    diffs,
                    key,
                    key,
                    Optional.of(before).filter(isEmpty.negate()),
                    Optional.of(after).filter(isEmpty.negate()),
                    tree);
        }
    }

    private static String text(Map<String, List<String>> diffs, int mostChars) {
        StringBuilder text = new StringBuilder();
        int left = diffs.size();
        for (List<String> hunks : diffs.values()) {
            if (text.length() >= mostChars) {
                return text.append("... and ").append(left).append(" more\n").toString();
            }
            hunks.forEach(line -> text.append(line).append('\n'));
            left--;
        }
        return text.toString();
    }
}
