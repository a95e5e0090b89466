package org.nvmftarget.control.plan;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.nvmftarget.model.BdevSpec;
import org.nvmftarget.model.ByteSize;
import org.nvmftarget.model.DesiredState;
import org.nvmftarget.model.LiveState;
import org.nvmftarget.model.NamespaceSpec;
import org.nvmftarget.model.Nqn;
import org.nvmftarget.model.SubsystemSpec;
import org.nvmftarget.model.TargetConfig;

/**
 * The guards: they compare the accepted spec with a candidate. Of the live target they ask one thing: what is in use.
 */
public final class Guards {
    private static final String TWO_EDITS = "; to do it, first set its 'protect: false' in an edit of its own";

    private Guards() {}

    /**
     * Every refusal of {@code candidate}; empty if it may be accepted.
     *
     * @param thresholds the candidate's own
     * @param live who uses what
     */
    public static List<Refusal> check(
            TargetConfig accepted, TargetConfig candidate, DesiredState.Reconcile thresholds, LiveState live) {
        List<Refusal> refusals = new ArrayList<>(shrinking(accepted, candidate));
        return addOthers(refusals, Adopted.of(accepted, accepted), Adopted.of(accepted, candidate), thresholds, live);
    }

    private static List<Refusal> addOthers(
            List<Refusal> refusals,
            TargetConfig accepted,
            TargetConfig candidate,
            DesiredState.Reconcile thresholds,
            LiveState live) {
        empty(accepted, candidate)
                .or(() -> Deletions.check(accepted, candidate, thresholds.maxDeletionsPercent()))
                .ifPresent(refusals::add);
        if (thresholds.onActive() == DesiredState.OnActive.REFUSE) {
            refusals.addAll(ActiveUse.check(accepted, candidate, live));
        }
        for (SubsystemSpec before : accepted.subsystems().values()) {
            if (before.protect()) {
                for (String loss : losses(before, accepted, candidate)) {
                    refusals.add(new Refusal(
                            "protect", "subsystem " + before.nqn() + " is protected: " + loss + TWO_EDITS, false));
                }
            }
        }
        return List.copyOf(refusals);
    }

    /** Of files that would lose what lies beyond a smaller size. */
    private static List<Refusal> shrinking(TargetConfig accepted, TargetConfig candidate) {
        List<Refusal> refusals = new ArrayList<>();
        for (BdevSpec after : candidate.bdevs().values()) {
            BdevSpec before = accepted.bdevs().get(after.name());
            boolean shrinks = after instanceof BdevSpec.File file
                    && !file.allowShrink()
                    && before != null
                    && Attributes.immutableChanges(before, after).isEmpty()
                    && after.sizeBytes() < before.sizeBytes();
            if (shrinks) {
                refusals.add(new Refusal(
                        "allow_shrink",
                        "bdev " + after.name() + " would lose what " + after.path() + " has beyond "
                                + new ByteSize(after.sizeBytes())
                                + "; if that is meant, add 'allow_shrink: true' to it",
                        false));
            }
        }
        return refusals;
    }

    private static Optional<Refusal> empty(TargetConfig accepted, TargetConfig candidate) {
        int subsystems = accepted.subsystems().size();
        int bdevs = accepted.bdevs().size();
        boolean empties = candidate.subsystems().isEmpty() && candidate.bdevs().isEmpty() && subsystems + bdevs > 0;
        return empties
                ? Optional.of(new Refusal(
                        "empty",
                        "the candidate declares no subsystems and no bdevs: it would remove "
                                + counted(subsystems, "subsystem") + " and " + counted(bdevs, "bdev")
                                + "; if that is meant, approve this plan",
                        true))
                : Optional.empty();
    }

    private static String counted(int n, String noun) {
        return n + " " + noun + (n == 1 ? "" : "s");
    }

    private static List<String> losses(SubsystemSpec before, TargetConfig accepted, TargetConfig candidate) {
        SubsystemSpec after = candidate.subsystems().get(before.nqn());
        if (after == null) {
            return List.of("the candidate removes it");
        }
        List<String> losses = new ArrayList<>();
        List<String> immutable = Attributes.immutableChanges(before, after);
        if (!immutable.isEmpty()) {
            losses.add("the candidate changes " + String.join(", ", immutable) + ", which removes and re-creates it");
        }
        for (NamespaceSpec ns : before.namespaces().values()) {
            namespaceLoss(ns, after, accepted, candidate)
                    .or(() -> sightLoss(before, ns, after))
                    .ifPresent(losses::add);
        }
        losses.addAll(accessLosses(before, after));
        return losses;
    }

    private static Optional<String> namespaceLoss(
            NamespaceSpec before, SubsystemSpec after, TargetConfig accepted, TargetConfig candidate) {
        NamespaceSpec now = after.namespaces().get(before.nsid());
        String namespace = "namespace " + before.nsid();
        if (now == null) {
            return Optional.of("the candidate removes its " + namespace);
        }
        if (!Attributes.isSame(before, now)) {
            return Optional.of("the candidate replaces its " + namespace);
        }
        return BdevStack.of(accepted.bdevs(), before.bdev()).stream()
                .flatMap(was -> bdevLoss(was, candidate.bdevs().get(was.name()), namespace).stream())
                .findFirst();
    }

    private static Optional<String> bdevLoss(BdevSpec was, @Nullable BdevSpec is, String namespace) {
        String bdev = " bdev " + was.name() + " of its " + namespace;
        if (is == null) {
            return Optional.of("the candidate removes" + bdev);
        }
        if (!Attributes.immutableChanges(was, is).isEmpty()) {
            return Optional.of("the candidate replaces" + bdev);
        }
        return is.sizeBytes() < was.sizeBytes() ? Optional.of("the candidate shrinks" + bdev) : Optional.empty();
    }

    private static Optional<String> sightLoss(SubsystemSpec before, NamespaceSpec was, SubsystemSpec after) {
        NamespaceSpec is = after.namespaces().get(was.nsid());
        if (is == null || is.hosts().isEmpty()) {
            return Optional.empty();
        }
        String hidden = "the candidate hides its namespace " + was.nsid() + " from ";
        if (was.hosts().isEmpty() && before.allowAnyHost()) {
            return Optional.of(hidden + "every host that it does not list");
        }
        SortedSet<Nqn> blind = new TreeSet<>(was.hosts().orElse(before.hosts()));
        blind.removeAll(is.hosts().get());
        return blind.isEmpty()
                ? Optional.empty()
                : Optional.of(hidden
                        + String.join(", ", blind.stream().map(Nqn::value).toList()));
    }

    private static List<String> accessLosses(SubsystemSpec before, SubsystemSpec after) {
        List<String> losses = new ArrayList<>();
        if (before.allowAnyHost() && !after.allowAnyHost()) {
            losses.add(
                    "the candidate ends 'allow_any_host', and with it the access of every host that it does not list");
        }
        if (!after.allowAnyHost()) {
            before.hosts().stream()
                    .filter(host -> !after.hosts().contains(host))
                    .forEach(host -> losses.add("the candidate ends the access of host " + host));
        }
        if (!before.listeners().isEmpty()
                && Collections.disjoint(
                        before.listeners().keySet(), after.listeners().keySet())) {
            losses.add("the candidate removes every listener through which hosts reach it");
        }
        return losses;
    }
}
