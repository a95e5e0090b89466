package org.nvmftarget.data.target;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.nvmftarget.model.HostKeys;
import org.nvmftarget.model.ListenerSpec;
import org.nvmftarget.model.NamespaceSpec;
import org.nvmftarget.model.Nqn;
import org.nvmftarget.model.Nsid;
import org.nvmftarget.model.SubsystemSpec;
import org.nvmftarget.model.TransportAddress;

/**
 * Everything about a subsystem that its queues go by, immutable and numbered. A change makes a new view; each reactor
 * adopts it between two batches and acknowledges.
 */
final class SubsystemView {

    /** What a view holds back: nothing, or admin commands and Connect, and I/O to some namespaces. */
    record Hold(boolean admin, SortedSet<Nsid> namespaces) {
        static final Hold NOTHING = new Hold(false, new TreeSet<>());
    }

    final long generation;
    final SubsystemSpec spec;
    final boolean deactivating;
    final Hold hold;
    final AnaStates anaStates;

    /** Listeners that closed by themselves: not in {@link #spec}, but who came in through them may stay. */
    final SortedMap<TransportAddress, ListenerSpec> lostListeners;

    private final int[] nsids;
    private final Namespace[] namespaces;

    /** @param namespaces by ascending unsigned nsid */
    private SubsystemView(
            long generation,
            SubsystemSpec spec,
            boolean deactivating,
            Hold hold,
            AnaStates anaStates,
            SortedMap<TransportAddress, ListenerSpec> lostListeners,
            Namespace[] namespaces) {
        this.generation = generation;
        this.spec = spec;
        this.deactivating = deactivating;
        this.hold = hold;
        this.anaStates = anaStates;
        this.lostListeners = lostListeners;
        this.namespaces = namespaces;
        nsids = Arrays.stream(namespaces).mapToInt(n -> n.nsid).toArray();
    }

    /** Of a subsystem that was just created. */
    static SubsystemView first(SubsystemSpec spec) {
        AnaStates states = AnaStates.NONE.next(spec.listeners(), 1);
        return new SubsystemView(1, spec, false, Hold.NOTHING, states, new TreeMap<>(), new Namespace[0]);
    }

    SubsystemView withHold(Hold newHold) {
        return new SubsystemView(generation + 1, spec, deactivating, newHold, anaStates, lostListeners, namespaces);
    }

    SubsystemView forDeactivation() {
        return new SubsystemView(generation + 1, spec, true, Hold.NOTHING, AnaStates.NONE, lostListeners, namespaces);
    }

    SubsystemView withHosts(boolean allowAnyHost, SortedSet<Nqn> hosts, SortedMap<Nqn, HostKeys> keys) {
        return with(spec.withHosts(allowAnyHost, hosts, keys), namespaces);
    }

    /** The listener is open, with these ANA states. */
    SubsystemView withListener(ListenerSpec listener) {
        return withListeners(with(spec.listeners(), listener), without(lostListeners, listener.address()));
    }

    /** Nobody may come, or have come, in through {@code address}. */
    SubsystemView withoutListener(TransportAddress address) {
        return withListeners(without(spec.listeners(), address), without(lostListeners, address));
    }

    /** The listener has closed by itself. */
    SubsystemView withLostListener(ListenerSpec listener) {
        return withListeners(without(spec.listeners(), listener.address()), with(lostListeners, listener));
    }

    private SubsystemView withListeners(
            SortedMap<TransportAddress, ListenerSpec> listeners, SortedMap<TransportAddress, ListenerSpec> lost) {
        SubsystemSpec next = spec(spec.namespaces(), listeners);
        SortedMap<TransportAddress, ListenerSpec> all = new TreeMap<>(lost);
        all.putAll(listeners);
        AnaStates states = anaStates.next(all, generation + 1);
        return new SubsystemView(generation + 1, next, deactivating, hold, states, lost, namespaces);
    }

    private static SortedMap<TransportAddress, ListenerSpec> with(
            SortedMap<TransportAddress, ListenerSpec> map, ListenerSpec listener) {
        SortedMap<TransportAddress, ListenerSpec> copy = new TreeMap<>(map);
        copy.put(listener.address(), listener);
        return copy;
    }

    private static SortedMap<TransportAddress, ListenerSpec> without(
            SortedMap<TransportAddress, ListenerSpec> map, TransportAddress address) {
        SortedMap<TransportAddress, ListenerSpec> copy = new TreeMap<>(map);
        copy.remove(address);
        return copy;
    }

    /** Adds {@code added}, or puts it in the place of the one with its nsid. */
    SubsystemView withNamespace(Namespace added) {
        SubsystemView without = withoutNamespace(added.spec.nsid());
        Namespace[] list = Arrays.copyOf(without.namespaces, without.namespaces.length + 1);
        list[list.length - 1] = added;
        Arrays.sort(list, Comparator.comparing(n -> n.spec.nsid()));
        return with(specOf(list), list);
    }

    SubsystemView withoutNamespace(Nsid nsid) {
        Namespace[] list =
                Arrays.stream(namespaces).filter(n -> n.nsid != nsid.value()).toArray(Namespace[]::new);
        return with(specOf(list), list);
    }

    /** This view again, as a later one: takes back what came after it. */
    SubsystemView again(long newGeneration) {
        return new SubsystemView(newGeneration, spec, deactivating, hold, anaStates, lostListeners, namespaces);
    }

    /** This view, numbered anew, with every namespace in the state that hosts have brought it to last. */
    SubsystemView upToDate(long newGeneration) {
        Namespace[] list = Arrays.stream(namespaces).map(Namespace::upToDate).toArray(Namespace[]::new);
        return new SubsystemView(newGeneration, spec, deactivating, hold, anaStates, lostListeners, list);
    }

    private SubsystemView with(SubsystemSpec newSpec, Namespace[] list) {
        return new SubsystemView(generation + 1, newSpec, deactivating, hold, anaStates, lostListeners, list);
    }

    private SubsystemSpec specOf(Namespace[] list) {
        SortedMap<Nsid, NamespaceSpec> specs = new TreeMap<>();
        for (Namespace n : list) {
            specs.put(n.spec.nsid(), n.spec);
        }
        return spec(specs, spec.listeners());
    }

    private SubsystemSpec spec(
            SortedMap<Nsid, NamespaceSpec> specs, SortedMap<TransportAddress, ListenerSpec> listeners) {
        return new SubsystemSpec(
                spec.nqn(),
                spec.serialNumber(),
                spec.modelNumber(),
                spec.maxNamespaces(),
                spec.minCntlid(),
                spec.maxCntlid(),
                spec.allowAnyHost(),
                spec.hosts(),
                spec.hostKeys(),
                specs,
                listeners,
                false);
    }

    /** The active namespace with this nsid, or null. */
    @Nullable
    Namespace namespace(int nsid) {
        int guess = nsid - 1; // most subsystems number theirs from 1 without a gap
        if (guess >= 0 && guess < nsids.length && nsids[guess] == nsid) {
            return namespaces[guess];
        }
        for (int i = 0; i < nsids.length; i++) {
            if (nsids[i] == nsid) {
                return namespaces[i];
            }
        }
        return null;
    }

    List<Namespace> namespaces() {
        return List.of(namespaces);
    }

    boolean holdsAnything() {
        return hold.admin || !hold.namespaces.isEmpty();
    }

    boolean holds(Command command) {
        return switch (command.scope()) {
            case NEVER_HELD -> false;
            case ADMIN -> hold.admin;
            case NAMESPACE -> holdsIo(command.nsid());
        };
    }

    /** Whether I/O to {@code nsid}, perhaps the broadcast value, is held. */
    boolean holdsIo(int nsid) {
        if (hold.namespaces.isEmpty()) {
            return false;
        }
        return nsid == Nsid.BROADCAST || (nsid != 0 && hold.namespaces.contains(new Nsid(nsid)));
    }

    /** Whether controllers see the same: they differ in what is held, or in who is let in. */
    boolean isTheSameToHosts(SubsystemView other) {
        return anaStates == other.anaStates && Arrays.equals(namespaces, other.namespaces);
    }

    boolean isDiscovery() {
        return spec.nqn().equals(Nqn.DISCOVERY);
    }

    /** Whether who came in through {@code address} may use the subsystem. */
    boolean hasListener(TransportAddress address) {
        return isDiscovery() || spec.listeners().containsKey(address) || lostListeners.containsKey(address);
    }

    boolean allows(Nqn host) {
        return spec.allowAnyHost() || spec.hosts().contains(host);
    }
}
