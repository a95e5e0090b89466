package org.nvmftarget.control.plan;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import org.nvmftarget.model.HostKeys;
import org.nvmftarget.model.KeyFile;
import org.nvmftarget.model.Nqn;
import org.nvmftarget.model.Nsid;
import org.nvmftarget.model.SubsystemSpec;

/**
 * What becomes of one subsystem and its contents. For a new or replaced one everything of {@code after} is added to a
 * blank one; with a removed one everything goes at once.
 *
 * @param start what additions start from: {@code before}, or a blank subsystem
 */
record SubsystemDelta(
        Nqn nqn,
        Fate fate,
        SubsystemSpec start,
        SubsystemSpec end,
        List<String> immutableChanges,
        NamespaceDelta namespaces,
        ListenerDelta listeners,
        List<Nqn> removedHosts,
        List<Nqn> addedHosts,
        SortedMap<Nqn, Rekeyed> rekeyed) {

    /**
     * A host that will authenticate otherwise.
     *
     * @param before how it does now; for one that is added: by keys that nobody has read yet
     */
    record Rekeyed(Optional<HostKeys> before, Optional<HostKeys> after) {}

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
        return new SubsystemDelta(
                nqn,
                fate,
                start,
                end,
                immutable,
                NamespaceDelta.of(start, end, bdevs),
                ListenerDelta.of(was, fate == Fate.KEPT, end),
                without(start.hosts(), end.hosts()),
                without(end.hosts(), start.hosts()),
                rekeyed(start, end));
    }

    private static <T> List<T> without(SortedSet<T> set, SortedSet<T> minus) {
        return set.stream().filter(member -> !minus.contains(member)).toList();
    }

    private static SortedMap<Nqn, Rekeyed> rekeyed(SubsystemSpec start, SubsystemSpec end) {
        SortedMap<Nqn, Rekeyed> rekeyed = new TreeMap<>();
        for (Nqn host : end.hosts()) {
            Optional<HostKeys> after = end.keysOf(host);
            Optional<HostKeys> before =
                    start.hosts().contains(host) ? start.keysOf(host) : after.map(k -> k.in(KeyFile.State.UNREAD));
            if (!before.equals(after)) {
                rekeyed.put(host, new Rekeyed(before, after));
            }
        }
        return rekeyed;
    }

    /** Only for what depends on a field: never on who is connected. */
    boolean needsPause() {
        return fate == Fate.KEPT && !(namespaces.isEmpty() && listeners.isEmpty());
    }

    boolean isTouched() {
        return fate != Fate.KEPT
                || needsPause()
                || changesAllowAnyHost()
                || !removedHosts.isEmpty()
                || !addedHosts.isEmpty()
                || !rekeyed.isEmpty();
    }

    boolean changesAllowAnyHost() {
        return start.allowAnyHost() != end.allowAnyHost();
    }

    /**
     * Hosts that gain access must not see, even for a moment, a namespace that this plan takes away or hides: they are
     * let in after that.
     */
    boolean admitsAfterRemovals() {
        return fate == Fate.KEPT
                && !namespaces.lost().isEmpty()
                && !start.allowAnyHost()
                && (end.allowAnyHost() || !addedHosts.isEmpty());
    }

    /** The namespaces whose I/O must be held and drained. */
    SortedSet<Nsid> pauseScope() {
        SortedSet<Nsid> scope = namespaces.lost();
        scope.addAll(namespaces.shrunk());
        return scope;
    }

    boolean readdsNamespace(Nsid nsid) {
        return fate == Fate.KEPT && end.namespaces().containsKey(nsid);
    }
}
