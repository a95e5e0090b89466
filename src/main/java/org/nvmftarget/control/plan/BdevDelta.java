package org.nvmftarget.control.plan;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.nvmftarget.model.BdevLatencies;
import org.nvmftarget.model.BdevLimits;
import org.nvmftarget.model.BdevSpec;
import org.nvmftarget.model.NamespaceSpec;
import org.nvmftarget.model.ObjectRef;
import org.nvmftarget.model.SubsystemSpec;
import org.nvmftarget.model.TargetConfig;

/**
 * What becomes of one bdev.
 *
 * @param before live
 * @param after in the goal
 * @param liveUser the namespace that has it now
 * @param goalUser the namespace that is to have it
 * @param takesFrom the namespaces that have now what it is to be made of
 * @param givesTo the namespaces that are to have what it is made of now
 * @param liveDepth how many others it is made of now
 * @param goalDepth how many it is to be made of
 * @param baseReplaced something that it is made of is replaced, and so it is, too
 */
record BdevDelta(
        Optional<BdevSpec> before,
        Optional<BdevSpec> after,
        Optional<ObjectRef.Namespace> liveUser,
        Optional<ObjectRef.Namespace> goalUser,
        List<ObjectRef.Namespace> takesFrom,
        List<ObjectRef.Namespace> givesTo,
        int liveDepth,
        int goalDepth,
        boolean baseReplaced) {

    enum Fate {
        UNTOUCHED,
        CREATED,
        REMOVED,
        GROWN,
        SHRUNK,
        REPLACED
    }

    static SortedMap<String, BdevDelta> of(TargetConfig live, TargetConfig goal) {
        Map<String, ObjectRef.Namespace> liveUsers = users(live);
        Map<String, ObjectRef.Namespace> goalUsers = users(goal);
        SortedMap<String, BdevDelta> deltas = new TreeMap<>();
        for (SortedMap<String, BdevSpec> side : List.of(live.bdevs(), goal.bdevs())) {
            for (String name : side.keySet()) {
                deltas.computeIfAbsent(
                        name,
                        n -> new BdevDelta(
                                Optional.ofNullable(live.bdevs().get(n)),
                                Optional.ofNullable(goal.bdevs().get(n)),
                                Optional.ofNullable(liveUsers.get(n)),
                                Optional.ofNullable(goalUsers.get(n)),
                                users(goal, n, liveUsers),
                                users(live, n, goalUsers),
                                BdevStack.depth(live.bdevs(), n),
                                BdevStack.depth(goal.bdevs(), n),
                                BdevStack.isReplaced(live.bdevs(), goal.bdevs(), n)));
            }
        }
        return deltas;
    }

    /** Of what it is made of. */
    private static List<ObjectRef.Namespace> users(
            TargetConfig config, String name, Map<String, ObjectRef.Namespace> users) {
        return BdevStack.of(config.bdevs(), name).stream()
                .skip(1)
                .flatMap(bdev -> Optional.ofNullable(users.get(bdev.name())).stream())
                .toList();
    }

    private static Map<String, ObjectRef.Namespace> users(TargetConfig config) {
        Map<String, ObjectRef.Namespace> users = new HashMap<>();
        for (SubsystemSpec s : config.subsystems().values()) {
            for (NamespaceSpec ns : s.namespaces().values()) {
                ObjectRef.Namespace user = new ObjectRef.Namespace(s.nqn(), ns.nsid());
                users.put(ns.bdev(), user);
                BdevStack.of(config.bdevs(), ns.bdev()).forEach(bdev -> users.put(bdev.name(), user));
            }
        }
        return users;
    }

    /** Limits, latencies and errors aside: {@link #isAltered}. */
    Fate fate() {
        if (!isBaseReplaced() && before.map(BdevDelta::plain).equals(after.map(BdevDelta::plain))) {
            return Fate.UNTOUCHED;
        }
        if (before.isEmpty()) {
            return Fate.CREATED;
        }
        if (after.isEmpty()) {
            return Fate.REMOVED;
        }
        if (isBaseReplaced()
                || !Attributes.immutableChanges(before.get(), after.get()).isEmpty()) {
            return Fate.REPLACED;
        }
        return after.get().sizeBytes() > before.get().sizeBytes() ? Fate.GROWN : Fate.SHRUNK;
    }

    private boolean isBaseReplaced() {
        return baseReplaced && before.isPresent() && after.isPresent();
    }

    private static BdevSpec plain(BdevSpec bdev) {
        return switch (bdev.withLimits(BdevLimits.NONE)) {
            case BdevSpec.Delay delay -> delay.withLatencies(BdevLatencies.NONE);
            case BdevSpec.Failing error -> error.withErrors(List.of());
            case BdevSpec other -> other;
        };
    }

    /** It stays what it is, and something changes that hosts need not let go of it for. */
    boolean isAltered() {
        return before.isPresent() && after.isPresent() && !isReplaced();
    }

    /** It, or what it is made of now, loses blocks. */
    static boolean shrinks(Map<String, BdevDelta> deltas, String name) {
        BdevDelta bdev = deltas.get(name);
        return bdev != null
                && (bdev.fate() == Fate.SHRUNK
                        || bdev.before
                                .filter(was -> shrinks(deltas, was.base()))
                                .isPresent());
    }

    /** What it is made of now, if that is given up, and what it is to be made of, if that is taken. */
    List<String> changingBases() {
        List<String> bases = new ArrayList<>();
        if (comesOrGoes()) {
            before.map(BdevSpec::base).filter(base -> !base.isEmpty()).ifPresent(bases::add);
            after.map(BdevSpec::base).filter(base -> !base.isEmpty()).ifPresent(bases::add);
        }
        return bases;
    }

    boolean comesOrGoes() {
        return letsGo() || fate() == Fate.CREATED;
    }

    /** A namespace on it must let go of it before it changes. */
    boolean isReplaced() {
        return fate() == Fate.REPLACED;
    }

    String name() {
        return before.or(() -> after).map(BdevSpec::name).orElseThrow();
    }

    /** Where its data are now. */
    Optional<String> livePath() {
        return before.map(BdevSpec::place).filter(path -> !path.isEmpty());
    }

    /** Where its data are to be, if it takes that place in this plan. */
    Optional<String> newPath() {
        Fate fate = fate();
        return fate == Fate.CREATED || fate == Fate.REPLACED
                ? after.map(BdevSpec::place).filter(path -> !path.isEmpty())
                : Optional.empty();
    }

    /** What it has is free in the course of the plan. */
    boolean letsGo() {
        Fate fate = fate();
        return fate == Fate.REMOVED || fate == Fate.REPLACED;
    }

    /** What is done between the removals and the additions of its live user's subsystem. */
    boolean changesUnderUser() {
        return liveUser.isPresent() && (fate() == Fate.REPLACED || fate() == Fate.SHRUNK);
    }
}
