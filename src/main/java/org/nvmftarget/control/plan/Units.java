package org.nvmftarget.control.plan;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.nvmftarget.model.ListenerSpec;
import org.nvmftarget.model.Nqn;
import org.nvmftarget.model.ObjectRef;
import org.nvmftarget.model.TransportAddress;

/**
 * Sorts the touched subsystems into units: those joined by a bdev that moves between them, by bdevs that take over from one
 * another, or by a listener address that one of them begins to use. What is not joined is planned apart, so that no subsystem waits in its pause for another,
 * and failures stay apart.
 */
final class Units {
    private final Map<Nqn, Nqn> parents = new HashMap<>();

    private Units() {}

    /** The units, each sorted, in the order of their first subsystem. */
    static List<List<SubsystemDelta>> of(
            Collection<SubsystemDelta> touched, Collection<BdevDelta> bdevs, PathMoves moves) {
        Units units = new Units();
        touched.forEach(s -> units.parents.put(s.nqn(), s.nqn()));
        bdevs.forEach(units::joinByMove);
        moves.groups().forEach(units::joinByExchange);
        units.joinByAddress(touched);
        SortedMap<Nqn, List<SubsystemDelta>> byRoot = new TreeMap<>();
        for (SubsystemDelta s : touched) {
            byRoot.computeIfAbsent(units.root(s.nqn()), _ -> new ArrayList<>()).add(s);
        }
        return List.copyOf(byRoot.values());
    }

    private void joinByMove(BdevDelta bdev) {
        if (bdev.liveUser().isPresent() && bdev.goalUser().isPresent()) {
            Nqn from = bdev.liveUser().get().nqn();
            Nqn to = bdev.goalUser().get().nqn();
            if (!from.equals(to)) {
                join(from, to);
            }
        }
    }

    private void joinByExchange(List<BdevDelta> group) {
        List<Nqn> users = group.stream()
                .flatMap(bdev -> Stream.of(
                                bdev.liveUser().stream(),
                                bdev.goalUser().stream(),
                                bdev.takesFrom().stream(),
                                bdev.givesTo().stream())
                        .flatMap(each -> each))
                .map(ObjectRef.Namespace::nqn)
                .toList();
        users.forEach(user -> join(users.getFirst(), user));
    }

    private void joinByAddress(Collection<SubsystemDelta> touched) {
        Map<TransportAddress, Nqn> firstAdder = new HashMap<>();
        for (SubsystemDelta s : touched) {
            for (ListenerSpec listener : s.listeners().added()) {
                TransportAddress address = listener.address();
                join(firstAdder.computeIfAbsent(address, _ -> s.nqn()), s.nqn());
            }
        }
        for (SubsystemDelta s : touched) {
            for (TransportAddress address : s.listeners().removed()) {
                join(firstAdder.getOrDefault(address, s.nqn()), s.nqn());
            }
        }
    }

    /** The lesser name stays the root, which keeps the order of units independent of the order of joins. */
    private void join(Nqn a, Nqn b) {
        Nqn rootA = root(a);
        Nqn rootB = root(b);
        if (rootA.compareTo(rootB) <= 0) {
            parents.put(rootB, rootA);
        } else {
            parents.put(rootA, rootB);
        }
    }

    private Nqn root(Nqn nqn) {
        Nqn at = nqn;
        Nqn parent = parents.getOrDefault(at, at);
        while (!parent.equals(at)) {
            Nqn grandparent = parents.getOrDefault(parent, parent);
            parents.put(at, grandparent);
            at = grandparent;
            parent = parents.getOrDefault(at, at);
        }
        return at;
    }
}
