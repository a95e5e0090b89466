package org.nvmftarget.control.plan;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.nvmftarget.model.DiscoverySpec;
import org.nvmftarget.model.Nqn;
import org.nvmftarget.model.ObjectRef;
import org.nvmftarget.model.SubsystemSpec;
import org.nvmftarget.model.TargetConfig;

/**
 * Compares two configurations, object by object. One Differ serves plan, drift check and verification. Order: transports,
 * bdevs, subsystems, discovery, each by identity; within a subsystem its own attributes, hosts, keys, namespaces, listeners.
 * {@link SubsystemSpec#protect()} is no part of a target and never a difference; nor is what a spec leaves to files and
 * block devices.
 */
public final class Differ {
    private Differ() {}

    /** What would have to change in {@code live} for it to be {@code desired}; empty if nothing. */
    public static List<Change> diff(TargetConfig live, TargetConfig desired) {
        TargetConfig before = Adopted.of(live, live);
        return diffAdopted(before, Adopted.of(before, desired));
    }

    /** Where what is left to files and block devices has been filled in. */
    static List<Change> diffAdopted(TargetConfig live, TargetConfig desired) {
        List<Change> changes = new ArrayList<>();
        eachKey(live.transports(), desired.transports(), key -> (before, after) -> {
            if (!before.equals(after)) {
                changes.add(new Change.Transport(new ObjectRef.Transport(key), before, after));
            }
        });
        eachKey(live.bdevs(), desired.bdevs(), key -> (before, after) -> {
            if (!before.equals(after)) {
                changes.add(new Change.Bdev(new ObjectRef.Bdev(key), before, after));
            }
        });
        eachKey(
                live.subsystems(),
                desired.subsystems(),
                nqn -> (before, after) -> diffSubsystem(nqn, before, after, changes));
        diffDiscovery(live.discovery(), desired.discovery(), changes);
        return List.copyOf(changes);
    }

    private static void diffDiscovery(DiscoverySpec live, DiscoverySpec desired, List<Change> changes) {
        eachMember(
                live.listeners(),
                desired.listeners(),
                (address, added) -> changes.add(
                        new Change.DiscoveryListener(new ObjectRef.Listener(Nqn.DISCOVERY, address), added)));
        eachKey(live.referrals(), desired.referrals(), address -> (before, after) -> {
            if (!before.equals(after)) {
                changes.add(new Change.DiscoveryReferral(new ObjectRef.Referral(address), before, after));
            }
        });
    }

    private static void diffSubsystem(
            Nqn nqn, Optional<SubsystemSpec> before, Optional<SubsystemSpec> after, List<Change> changes) {
        if (!before.map(Attributes::of).equals(after.map(Attributes::of))) {
            changes.add(new Change.Subsystem(new ObjectRef.Subsystem(nqn), before, after));
        }
        SubsystemSpec was = before.orElse(Attributes.blank(nqn));
        SubsystemSpec is = after.orElse(Attributes.blank(nqn));
        eachMember(
                was.hosts(),
                is.hosts(),
                (host, added) -> changes.add(new Change.Host(new ObjectRef.Host(nqn, host), added)));
        eachKey(was.hostKeys(), is.hostKeys(), host -> (from, to) -> {
            if (!from.equals(to)) {
                changes.add(new Change.HostKeys(new ObjectRef.HostKeys(nqn, host), from, to));
            }
        });
        eachKey(was.namespaces(), is.namespaces(), nsid -> (from, to) -> {
            if (!from.equals(to)) {
                changes.add(new Change.Namespace(new ObjectRef.Namespace(nqn, nsid), from, to));
            }
        });
        eachKey(was.listeners(), is.listeners(), address -> (from, to) -> {
            if (!from.equals(to)) {
                changes.add(new Change.Listener(new ObjectRef.Listener(nqn, address), from, to));
            }
        });
    }

    private static <K extends Comparable<? super K>, V> void eachKey(
            Map<K, V> before, Map<K, V> after, Function<K, BiConsumer<Optional<V>, Optional<V>>> visit) {
        SortedSet<K> keys = new TreeSet<>(before.keySet());
        keys.addAll(after.keySet());
        for (K key : keys) {
            visit.apply(key).accept(Optional.ofNullable(before.get(key)), Optional.ofNullable(after.get(key)));
        }
    }

    private static <T extends Comparable<? super T>> void eachMember(
            Set<T> before, Set<T> after, BiConsumer<T, Boolean> visit) {
        SortedSet<T> all = new TreeSet<>(before);
        all.addAll(after);
        for (T member : all) {
            if (before.contains(member) != after.contains(member)) {
                visit.accept(member, after.contains(member));
            }
        }
    }
}
