package org.nvmftarget.control.render;

import com.github.difflib.DiffUtils;
import com.github.difflib.UnifiedDiffUtils;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.function.Function;
import org.nvmftarget.control.plan.Change;
import org.nvmftarget.control.plan.Patch;
import org.nvmftarget.control.plan.Plan;
import org.nvmftarget.model.Nqn;
import org.nvmftarget.model.TargetConfig;
import tools.jackson.databind.node.ObjectNode;

/**
 * The unified YAML diff of a plan. Each changed transport, bdev and subsystem (with its contents) is compared by itself,
 * since the time of a diff is quadratic in its length; its hunks name it, and count lines within it.
 */
final class ConfigDiff {
    private static final int CONTEXT_LINES = 3;
    private static final String HEADER = "--- live\n+++ desired\n";

    private ConfigDiff() {}

    /** Lines that each end with a newline; empty if nothing changes. */
    static String of(Plan plan) {
        if (plan.changes().isEmpty()) {
            return "";
        }
        // What waits is no change: only what this plan reaches is shown.
        TargetConfig after = Patch.apply(plan.live(), plan.changes());
        StringBuilder text = new StringBuilder(HEADER);
        diffs(plan.live(), after, plan)
                .values()
                .forEach(lines -> lines.forEach(line -> text.append(line).append('\n')));
        return text.toString();
    }

    private static Map<String, List<String>> diffs(TargetConfig live, TargetConfig after, Plan plan) {
        Map<String, List<String>> diffs = new LinkedHashMap<>();
        Set<Nqn> subsystems = new LinkedHashSet<>();
        boolean discovery = false;
        for (Change change : plan.changes()) {
            switch (change) {
                case Change.Transport c ->
                    put(
                            diffs,
                            c.object().toString(),
                            c.object().trtype().key(),
                            c.before(),
                            c.after(),
                            SpecTree::transport);
                case Change.Bdev c ->
                    put(diffs, c.object().toString(), c.object().name(), c.before(), c.after(), SpecTree::bdev);
                case Change.Subsystem c -> subsystems.add(c.object().nqn());
                case Change.Host c -> subsystems.add(c.nqn());
                case Change.Namespace c -> subsystems.add(c.object().nqn());
                case Change.Listener c -> subsystems.add(c.object().nqn());
                case Change.DiscoveryListener _, Change.DiscoveryReferral _ -> discovery = true;
            }
        }
        for (Nqn nqn : subsystems) {
            put(
                    diffs,
                    "subsystems." + nqn,
                    nqn.value(),
                    find(live.subsystems(), nqn),
                    find(after.subsystems(), nqn),
                    SpecTree::subsystem);
        }
        if (discovery) {
            put(
                    diffs,
                    "discovery",
                    "discovery",
                    Optional.of(live.discovery()).filter(d -> !d.isEmpty()),
                    Optional.of(after.discovery()).filter(d -> !d.isEmpty()),
                    SpecTree::discovery);
        }
        return diffs;
    }

    private static <K, V> Optional<V> find(SortedMap<K, V> map, K key) {
        return Optional.ofNullable(map.get(key));
    }

    private static <T> void put(
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
