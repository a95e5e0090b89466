package org.nvmftarget.control.render;

import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import org.nvmftarget.control.plan.Change;
import org.nvmftarget.control.plan.Patch;
import org.nvmftarget.control.plan.Plan;
import org.nvmftarget.model.Nqn;
import org.nvmftarget.model.TargetConfig;

/**
 * The unified YAML diff of a plan. Each changed transport, bdev and subsystem (with its contents) is compared by itself,
 * since the time of a diff is quadratic in its length; its hunks name it, and count lines within it.
 */
final class ConfigDiff {
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
                    ObjectDiff.put(
                            diffs,
                            c.object().toString(),
                            c.object().trtype().key(),
                            c.before(),
                            c.after(),
                            SpecTree::transport);
                case Change.Bdev c ->
                    ObjectDiff.put(
                            diffs, c.object().toString(), c.object().name(), c.before(), c.after(), SpecTree::bdev);
                case Change.Subsystem c -> subsystems.add(c.object().nqn());
                case Change.Host c -> subsystems.add(c.nqn());
                case Change.HostKeys c -> subsystems.add(c.nqn());
                case Change.Namespace c -> subsystems.add(c.object().nqn());
                case Change.Listener c -> subsystems.add(c.object().nqn());
                case Change.DiscoveryListener _, Change.DiscoveryReferral _ -> discovery = true;
            }
        }
        for (Nqn nqn : subsystems) {
            ObjectDiff.put(
                    diffs,
                    "subsystems." + nqn,
                    nqn.value(),
                    find(live.subsystems(), nqn),
                    find(after.subsystems(), nqn),
                    SpecTree::subsystem);
        }
        if (discovery) {
            ObjectDiff.put(
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
}
