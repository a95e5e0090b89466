package org.nvmftarget.control.plan;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
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
 */
record BdevDelta(
        Optional<BdevSpec> before,
        Optional<BdevSpec> after,
        Optional<ObjectRef.Namespace> liveUser,
        Optional<ObjectRef.Namespace> goalUser) {

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
                                Optional.ofNullable(goalUsers.get(n))));
            }
        }
        return deltas;
    }

    private static Map<String, ObjectRef.Namespace> users(TargetConfig config) {
        Map<String, ObjectRef.Namespace> users = new HashMap<>();
        for (SubsystemSpec s : config.subsystems().values()) {
            for (NamespaceSpec ns : s.namespaces().values()) {
                users.put(ns.bdev(), new ObjectRef.Namespace(s.nqn(), ns.nsid()));
            }
        }
        return users;
    }

    /** Limits aside: {@link #changesLimits}. */
    Fate fate() {
        if (before.map(BdevDelta::unlimited).equals(after.map(BdevDelta::unlimited))) {
            return Fate.UNTOUCHED;
        }
        if (before.isEmpty()) {
            return Fate.CREATED;
        }
        if (after.isEmpty()) {
            return Fate.REMOVED;
        }
        if (!Attributes.immutableChanges(before.get(), after.get()).isEmpty()) {
            return Fate.REPLACED;
        }
        return after.get().sizeBytes() > before.get().sizeBytes() ? Fate.GROWN : Fate.SHRUNK;
    }

    private static BdevSpec unlimited(BdevSpec bdev) {
        return bdev.withLimits(BdevLimits.NONE);
    }

    /** It stays, and gets other limits. */
    boolean changesLimits() {
        return before.isPresent()
                && after.isPresent()
                && !isReplaced()
                && !before.get().limits().equals(after.get().limits());
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
        return before.map(BdevSpec::path).filter(path -> !path.isEmpty());
    }

    /** Where its data are to be, if it takes that place in this plan. */
    Optional<String> newPath() {
        Fate fate = fate();
        return fate == Fate.CREATED || fate == Fate.REPLACED
                ? after.map(BdevSpec::path).filter(path -> !path.isEmpty())
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
