package org.nvmftarget.control.plan;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.nvmftarget.model.LiveState;
import org.nvmftarget.model.NamespaceSpec;
import org.nvmftarget.model.Nqn;
import org.nvmftarget.model.SubsystemSpec;
import org.nvmftarget.model.TargetConfig;

/**
 * The guard {@code on_active}: an edit that takes a namespace away while it is in use. In use is one that is reserved, or
 * to which a host that is still connected has written.
 */
final class ActiveUse {
    private static final int SHOWN = 3;

    private final TargetConfig accepted;
    private final TargetConfig candidate;
    private final LiveState live;

    private ActiveUse(TargetConfig accepted, TargetConfig candidate, LiveState live) {
        this.accepted = accepted;
        this.candidate = candidate;
        this.live = live;
    }

    /** One refusal for each subsystem that loses something in use. */
    static List<Refusal> check(TargetConfig accepted, TargetConfig candidate, LiveState live) {
        ActiveUse use = new ActiveUse(accepted, candidate, live);
        return accepted.subsystems().values().stream()
                .map(use::losses)
                .flatMap(Optional::stream)
                .toList();
    }

    private Optional<Refusal> losses(SubsystemSpec before) {
        LiveState.Subsystem facts = live.subsystems().get(before.nqn());
        if (facts == null) {
            return Optional.empty();
        }
        List<String> losses = new ArrayList<>();
        for (NamespaceSpec ns : before.namespaces().values()) {
            String what = taken(before, ns);
            if (what.isEmpty()) {
                use(ns, facts, c -> losesSight(c.host(), before, ns))
                        .ifPresent(use -> losses.add("takes namespace " + ns.nsid() + " from a host" + use));
            } else {
                use(ns, facts, c -> true).or(() -> reserved(ns, facts)).ifPresent(use -> losses.add(what + use));
            }
        }
        if (losses.isEmpty()) {
            return Optional.empty();
        }
        String more = losses.size() > SHOWN ? "; and " + (losses.size() - SHOWN) + " more" : "";
        return Optional.of(new Refusal(
                "on_active",
                "subsystem " + before.nqn() + " is in use: the candidate "
                        + String.join("; ", losses.subList(0, Math.min(SHOWN, losses.size()))) + more
                        + "; disconnect the hosts first or, if it is meant, approve this plan",
                true));
    }

    /** What becomes of the namespace for every host; empty if it stays. */
    private String taken(SubsystemSpec before, NamespaceSpec ns) {
        SubsystemSpec after = candidate.subsystems().get(before.nqn());
        String namespace = " namespace " + ns.nsid();
        if (after == null) {
            return "removes the subsystem with" + namespace;
        }
        if (!Attributes.immutableChanges(before, after).isEmpty()) {
            return "replaces the subsystem with" + namespace;
        }
        NamespaceSpec now = after.namespaces().get(ns.nsid());
        if (now == null) {
            return "removes" + namespace;
        }
        if (!Attributes.isSame(ns, now) || BdevStack.isReplaced(accepted.bdevs(), candidate.bdevs(), ns.bdev())) {
            return "replaces" + namespace;
        }
        return BdevStack.isShrunk(accepted.bdevs(), candidate.bdevs(), ns.bdev()) ? "shrinks" + namespace : "";
    }

    private boolean losesSight(Nqn host, SubsystemSpec before, NamespaceSpec was) {
        return sees(host, before, was)
                && Optional.ofNullable(candidate.subsystems().get(before.nqn()))
                        .filter(after -> sees(host, after, after.namespaces().get(was.nsid())))
                        .isEmpty();
    }

    private static boolean sees(Nqn host, SubsystemSpec s, @Nullable NamespaceSpec ns) {
        return ns != null && (s.allowAnyHost() || s.hosts().contains(host)) && ns.isVisibleTo(host);
    }

    /** How one of the connected hosts that count uses the namespace, as the end of a sentence; empty if none does. */
    private static Optional<String> use(
            NamespaceSpec ns, LiveState.Subsystem facts, Predicate<LiveState.Controller> counts) {
        LiveState.Reservation held = facts.reservations().get(ns.nsid());
        return facts.controllers().stream()
                .filter(counts)
                .flatMap(c -> c.writtenTo().contains(ns.nsid())
                        ? Stream.of(", to which host " + c.host() + " has written")
                        : held != null && held.holders().contains(c.hostId())
                                ? Stream.of(", which host " + c.host() + " has reserved")
                                : Stream.empty())
                .min(Comparator.naturalOrder());
    }

    /** Whoever holds it need not be connected. */
    private static Optional<String> reserved(NamespaceSpec ns, LiveState.Subsystem facts) {
        return Optional.ofNullable(facts.reservations().get(ns.nsid()))
                .map(held -> ", which host id " + String.join(", ", held.holders()) + " has reserved");
    }
}
