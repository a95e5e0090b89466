package org.nvmftarget.control.plan;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.stream.Stream;
import org.nvmftarget.model.Nqn;
import org.nvmftarget.model.ObjectRef;

/**
 * Bdevs that take a file or block device over from one another: renamed, or with their paths exchanged; and bdevs that are
 * made of others, with those others and with who else is made of them, where they come or go. All of a group let go before
 * any of them takes.
 *
 * @param groups those that are joined, each by ascending name
 */
record PathMoves(List<List<BdevDelta>> groups) {

    static PathMoves of(SortedMap<String, BdevDelta> bdevs) {
        Map<String, String> holders = new HashMap<>();
        bdevs.forEach((name, bdev) -> bdev.livePath().ifPresent(path -> holders.put(path, name)));
        Map<String, List<BdevDelta>> groups = new LinkedHashMap<>();
        bdevs.forEach((name, bdev) -> {
            String holder = bdev.newPath().map(holders::get).orElse(name);
            BdevDelta held = bdevs.get(holder);
            if (held != null && !holder.equals(name) && held.letsGo()) {
                join(groups, name, bdev, holder, held);
            }
        });
        joinBases(groups, bdevs);
        List<List<BdevDelta>> all = new ArrayList<>();
        for (List<BdevDelta> group : groups.values()) {
            if (!all.contains(group)) {
                all.add(group);
            }
        }
        return new PathMoves(all);
    }

    private static void joinBases(Map<String, List<BdevDelta>> groups, SortedMap<String, BdevDelta> bdevs) {
        Map<String, String> firstOn = new HashMap<>();
        bdevs.forEach((name, bdev) -> {
            for (String base : bdev.changingBases()) {
                join(groups, name, bdev, name, bdev);
                BdevDelta below = bdevs.get(base);
                if (below != null && below.comesOrGoes()) {
                    join(groups, name, bdev, base, below);
                }
                String other = firstOn.putIfAbsent(base, name);
                if (other != null) {
                    join(groups, name, bdev, other, Objects.requireNonNull(bdevs.get(other)));
                }
            }
        });
    }

    private static void join(
            Map<String, List<BdevDelta>> groups, String name, BdevDelta bdev, String holder, BdevDelta held) {
        List<BdevDelta> joined = new ArrayList<>(groups.getOrDefault(name, List.of(bdev)));
        for (BdevDelta other : groups.getOrDefault(holder, List.of(held))) {
            if (!joined.contains(other)) {
                joined.add(other);
            }
        }
        joined.sort(Comparator.comparing(BdevDelta::name));
        joined.forEach(member -> groups.put(member.name(), joined));
    }

    boolean contains(BdevDelta bdev) {
        return groups.stream().anyMatch(group -> group.contains(bdev));
    }

    /** The groups that nobody uses now. */
    List<List<BdevDelta>> unused() {
        return groups.stream().filter(group -> user(group).isEmpty()).toList();
    }

    /** The groups in use, by the first subsystem that uses one of its bdevs now. */
    Map<Nqn, List<List<BdevDelta>>> byUser() {
        Map<Nqn, List<List<BdevDelta>>> byUser = new HashMap<>();
        for (List<BdevDelta> group : groups) {
            user(group)
                    .ifPresent(nqn ->
                            byUser.computeIfAbsent(nqn, _ -> new ArrayList<>()).add(group));
        }
        return byUser;
    }

    private static Optional<Nqn> user(List<BdevDelta> group) {
        return group.stream()
                .flatMap(bdev -> Stream.concat(bdev.liveUser().stream(), bdev.takesFrom().stream()))
                .map(ObjectRef.Namespace::nqn)
                .min(Nqn::compareTo);
    }
}
