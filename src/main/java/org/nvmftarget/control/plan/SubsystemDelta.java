package org.nvmftarget.control.plan;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import org.nvmftarget.model.NamespaceSpec;
import org.nvmftarget.model.Nqn;
import org.nvmftarget.model.Nsid;
import org.nvmftarget.model.SubsystemSpec;
import org.nvmftarget.model.TransportAddress;

/**
 * What becomes of one subsystem and its contents. For a new or replaced one everything of {@code after} is added to a
 * blank one; with a removed one everything goes at once.
 *
 * @param start what additions start from: {@code before}, or a blank subsystem
 * @param shrunk namespaces that stay while their bdev loses blocks
 */
record SubsystemDelta(
        Nqn nqn,
        Fate fate,
        SubsystemSpec start,
        SubsystemSpec end,
        List<String> immutableChanges,
        List<NamespaceSpec> removedNamespaces,
        List<NamespaceSpec> addedNamespaces,
        List<TransportAddress> removedListeners,
        List<TransportAddress> addedListeners,
        List<Nqn> removedHosts,
        List<Nqn> addedHosts,
        SortedSet<Nsid> shrunk) {

    enum Fate {
        NEW,
        KEPT,
        REPLACED,
        REMOVED
    }

    static SubsystemDelta of(
            Nqn nqn, Optional<SubsystemSpec> before, Optional<SubsystemSpec> after, Map<String, BdevDelta> bdevs) {
        SubsystemSpec blank = Attributes.blank(nqn);
        List<String> immutable = before.isPresent() && after.isPresent()
                ? Attributes.immutableChanges(before.get(), after.get())
                : List.of();
        Fate fate = before.isEmpty()
                ? Fate.NEW
                : after.isEmpty() ? Fate.REMOVED : immutable.isEmpty() ? Fate.KEPT : Fate.REPLACED;
        SubsystemSpec start = fate == Fate.KEPT ? before.orElse(blank) : blank;
        SubsystemSpec end = after.orElse(blank);
        SubsystemSpec was = before.orElse(blank);
        SortedSet<Nsid> shrunk = new TreeSet<>();
        List<NamespaceSpec> removed = new ArrayList<>();
        List<NamespaceSpec> added = new ArrayList<>(end.namespaces().values());
        for (NamespaceSpec ns : start.namespaces().values()) {
            BdevDelta bdev = bdevs.get(ns.bdev());
            if (ns.equals(end.namespaces().get(ns.nsid())) && (bdev == null || !bdev.isReplaced())) {
                added.remove(ns);
                if (bdev != null && bdev.fate() == BdevDelta.Fate.SHRUNK) {
                    shrunk.add(ns.nsid());
                }
            } else {
                removed.add(ns);
            }
        }
        return new SubsystemDelta(
                nqn,
                fate,
                start,
                end,
                immutable,
                removed,
                added,
                fate == Fate.KEPT ? without(was.listeners(), end.listeners()) : List.copyOf(was.listeners()),
                without(end.listeners(), start.listeners()),
                without(start.hosts(), end.hosts()),
                without(end.hosts(), start.hosts()),
                shrunk);
    }

    private static <T> List<T> without(SortedSet<T> set, SortedSet<T> minus) {
        return set.stream().filter(member -> !minus.contains(member)).toList();
    }

    /** Only for what depends on a field: never on who is connected. */
    boolean needsPause() {
        return fate == Fate.KEPT
                && !(removedNamespaces.isEmpty()
                        && addedNamespaces.isEmpty()
                        && removedListeners.isEmpty()
                        && addedListeners.isEmpty()
                        && shrunk.isEmpty());
    }

    boolean isTouched() {
        return fate != Fate.KEPT
                || needsPause()
                || changesAllowAnyHost()
                || !removedHosts.isEmpty()
                || !addedHosts.isEmpty();
    }

    boolean changesAllowAnyHost() {
        return start.allowAnyHost() != end.allowAnyHost();
    }

    /**
     * Hosts that gain access must not see, even for a moment, a namespace that this plan takes away: they are let in
     * after the removals.
     */
    boolean admitsAfterRemovals() {
        return fate == Fate.KEPT
                && !removedNamespaces.isEmpty()
                && !start.allowAnyHost()
                && (end.allowAnyHost() || !addedHosts.isEmpty());
    }

    /** The namespaces whose I/O must be held and drained. */
    SortedSet<Nsid> pauseScope() {
        SortedSet<Nsid> scope = new TreeSet<>(shrunk);
        removedNamespaces.forEach(ns -> scope.add(ns.nsid()));
        return scope;
    }

    boolean readdsNamespace(Nsid nsid) {
        return fate == Fate.KEPT && end.namespaces().containsKey(nsid);
    }
}
