package org.nvmftarget.control.plan;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.nvmftarget.model.BdevSpec;
import org.nvmftarget.model.DiscoverySpec;
import org.nvmftarget.model.HostKeys;
import org.nvmftarget.model.KeyFile;
import org.nvmftarget.model.ListenerSpec;
import org.nvmftarget.model.NamespaceSpec;
import org.nvmftarget.model.Nqn;
import org.nvmftarget.model.Nsid;
import org.nvmftarget.model.ObjectRef;
import org.nvmftarget.model.Referral;
import org.nvmftarget.model.SubsystemSpec;
import org.nvmftarget.model.TargetConfig;
import org.nvmftarget.model.TransportAddress;
import org.nvmftarget.model.TransportOptions;
import org.nvmftarget.model.TransportType;

/**
 * What a plan can reach now: the desired configuration, in which every object that waits for something outside, or for
 * another object that does, is held as it is live (or absent). A plan then goes to the goal by the same rules as to any
 * configuration.
 *
 * <p>What a held object still uses is held too: a namespace that cannot move yet keeps its old bdev. A subsystem that
 * would be replaced while a part of it that serves now could not come back is held as a whole. A host whose keys wait is
 * held to those it has; if it has none, it is not let in.
 */
final class Goal {
    private final TargetConfig live;
    private final TargetConfig desired;
    private final Map<ObjectRef, String> held = new HashMap<>();
    private boolean grew;

    private Goal(TargetConfig live, TargetConfig desired) {
        this.live = live;
        this.desired = desired;
    }

    record Result(TargetConfig config, List<Pending> pending) {}

    static Result of(TargetConfig live, TargetConfig desired, Map<ObjectRef, String> pending) {
        Goal goal = new Goal(live, desired);
        pending.forEach((object, reason) -> {
            if (goal.isToDo(object)) {
                goal.hold(object, reason);
            }
        });
        if (goal.held.isEmpty()) {
            return new Result(desired, List.of());
        }
        do {
            goal.grew = false;
            goal.holdDependents();
        } while (goal.grew);
        return new Result(goal.config(), goal.pending());
    }

    private List<Pending> pending() {
        List<Pending> list = new ArrayList<>();
        held.forEach((object, reason) -> list.add(new Pending(object, reason)));
        list.sort(Comparator.comparing(p -> p.object().toString()));
        return list;
    }

    private void hold(ObjectRef object, String reason) {
        if (held.putIfAbsent(object, reason) == null) {
            grew = true;
        }
    }

    private void holdFor(ObjectRef object, ObjectRef cause) {
        hold(object, "waits for " + cause);
    }

    /** Whether {@code object} is declared and a plan would have to make or change it. */
    private boolean isToDo(ObjectRef object) {
        return switch (object) {
            case ObjectRef.Transport t -> differs(t.trtype(), live.transports(), desired.transports());
            case ObjectRef.Bdev b -> differs(b.name(), live.bdevs(), desired.bdevs());
            case ObjectRef.Subsystem s ->
                Optional.ofNullable(desired.subsystems().get(s.nqn()))
                        .map(after -> !isLiveAs(after))
                        .orElse(false);
            case ObjectRef.Namespace n ->
                of(desired, n.nqn())
                        .filter(after -> after.namespaces().containsKey(n.nsid()))
                        .map(after -> !Objects.equals(
                                after.namespaces().get(n.nsid()),
                                kept(after).namespaces().get(n.nsid())))
                        .orElse(false);
            case ObjectRef.Host h ->
                of(desired, h.nqn())
                        .filter(after -> after.hosts().contains(h.host()))
                        .map(after -> !kept(after).hosts().contains(h.host()))
                        .orElse(false);
            case ObjectRef.HostKeys k ->
                of(desired, k.nqn())
                        .map(after -> differs(k.host(), kept(after).hostKeys(), after.hostKeys()))
                        .orElse(false);
            case ObjectRef.Listener l ->
                l.nqn().equals(Nqn.DISCOVERY)
                        ? isToListen(l.address())
                        : of(desired, l.nqn())
                                .map(after -> differs(l.address(), kept(after).listeners(), after.listeners()))
                                .orElse(false);
            case ObjectRef.Referral r ->
                differs(
                        r.address(),
                        live.discovery().referrals(),
                        desired.discovery().referrals());
        };
    }

    private boolean isToListen(TransportAddress address) {
        return desired.discovery().listeners().contains(address)
                && !live.discovery().listeners().contains(address);
    }

    private static <K, V> boolean differs(K key, Map<K, V> live, Map<K, V> desired) {
        return desired.containsKey(key) && !Objects.equals(live.get(key), desired.get(key));
    }

    private static Optional<SubsystemSpec> of(TargetConfig config, Nqn nqn) {
        return Optional.ofNullable(config.subsystems().get(nqn));
    }

    private boolean isLiveAs(SubsystemSpec after) {
        return of(live, after.nqn())
                .filter(before -> Attributes.of(before).equals(Attributes.of(after)))
                .isPresent();
    }

    private boolean isReplaced(SubsystemSpec after) {
        return of(live, after.nqn())
                .filter(before -> !Attributes.immutableChanges(before, after).isEmpty())
                .isPresent();
    }

    /** The live subsystem whose contents {@code after} takes over; a blank one if it is new or replaced. */
    private SubsystemSpec kept(SubsystemSpec after) {
        Nqn nqn = after.nqn();
        SubsystemSpec before = live.subsystems().getOrDefault(nqn, Attributes.blank(nqn));
        return isReplaced(after) && !isHeld(nqn) ? Attributes.blank(nqn) : before;
    }

    private boolean isHeld(Nqn nqn) {
        return held.containsKey(new ObjectRef.Subsystem(nqn));
    }

    private void holdDependents() {
        desired.subsystems().values().forEach(this::holdContents);
        desired.discovery().listeners().forEach(this::holdDiscoveryListener);
        Map<String, ObjectRef> users = users(config());
        desired.bdevs().values().forEach(bdev -> holdOver(bdev, users));
        for (SubsystemSpec after : desired.subsystems().values()) {
            for (NamespaceSpec ns : after.namespaces().values()) {
                ObjectRef.Namespace self = new ObjectRef.Namespace(after.nqn(), ns.nsid());
                ObjectRef user = users.getOrDefault(ns.bdev(), self);
                if (!user.equals(self) && isToDo(self)) {
                    holdFor(self, user);
                }
            }
        }
        holdWhatIsUsed();
        holdWhatPathsWaitFor();
    }

    /** A bdev that is made of another waits for it, and for whoever keeps that one. */
    private void holdOver(BdevSpec bdev, Map<String, ObjectRef> users) {
        ObjectRef.Bdev self = new ObjectRef.Bdev(bdev.name());
        if (bdev.base().isEmpty() || !isToDo(self)) {
            return;
        }
        ObjectRef.Bdev base = new ObjectRef.Bdev(bdev.base());
        ObjectRef user = users.getOrDefault(bdev.base(), self);
        if (held.containsKey(base)) {
            holdFor(self, base);
        } else if (!user.equals(self)) {
            holdFor(self, user);
        }
    }

    /** A bdev cannot take a file or block device that another one keeps. */
    private void holdWhatPathsWaitFor() {
        Map<String, String> kept = new HashMap<>();
        for (BdevSpec bdev : config().bdevs().values()) {
            if (held.containsKey(new ObjectRef.Bdev(bdev.name()))
                    && !bdev.path().isEmpty()) {
                kept.put(bdev.place(), bdev.name());
            }
        }
        for (BdevSpec bdev : desired.bdevs().values()) {
            ObjectRef.Bdev self = new ObjectRef.Bdev(bdev.name());
            String holder = kept.getOrDefault(bdev.place(), bdev.name());
            if (!holder.equals(bdev.name()) && isToDo(self)) {
                holdFor(self, new ObjectRef.Bdev(holder));
            }
        }
    }

    private void holdContents(SubsystemSpec after) {
        Nqn nqn = after.nqn();
        ObjectRef.Subsystem subsystem = new ObjectRef.Subsystem(nqn);
        SubsystemSpec before = live.subsystems().getOrDefault(nqn, Attributes.blank(nqn));
        boolean frozen = isHeld(nqn);
        for (NamespaceSpec ns : after.namespaces().values()) {
            ObjectRef.Namespace object = new ObjectRef.Namespace(nqn, ns.nsid());
            holdIf(object, new ObjectRef.Bdev(ns.bdev()), subsystem, frozen);
            freezeIf(subsystem, object, before.namespaces().containsKey(ns.nsid()) && isReplaced(after));
        }
        for (Nqn host : after.hosts()) {
            ObjectRef.Host object = new ObjectRef.Host(nqn, host);
            holdIf(object, subsystem, subsystem, frozen);
            freezeIf(subsystem, object, before.hosts().contains(host) && isReplaced(after));
        }
        for (Nqn host : after.hostKeys().keySet()) {
            ObjectRef.HostKeys object = new ObjectRef.HostKeys(nqn, host);
            holdIf(object, new ObjectRef.Host(nqn, host), subsystem, frozen);
            freezeIf(subsystem, object, before.hostKeys().containsKey(host) && isReplaced(after));
        }
        for (TransportAddress address : after.listeners().keySet()) {
            ObjectRef.Listener object = new ObjectRef.Listener(nqn, address);
            holdIf(object, new ObjectRef.Transport(address.trtype()), subsystem, frozen);
            freezeIf(subsystem, object, before.listeners().containsKey(address) && isReplaced(after));
        }
    }

    private void holdDiscoveryListener(TransportAddress address) {
        ObjectRef.Listener object = new ObjectRef.Listener(Nqn.DISCOVERY, address);
        ObjectRef.Transport transport = new ObjectRef.Transport(address.trtype());
        if (held.containsKey(transport) && isToDo(object)) {
            holdFor(object, transport);
        }
    }

    private void holdIf(ObjectRef object, ObjectRef used, ObjectRef subsystem, boolean frozen) {
        if ((frozen || held.containsKey(used)) && isToDo(object)) {
            holdFor(object, held.containsKey(used) ? used : subsystem);
        }
    }

    private void freezeIf(ObjectRef subsystem, ObjectRef part, boolean wouldBeLost) {
        if (wouldBeLost && held.containsKey(part)) {
            holdFor(subsystem, part);
        }
    }

    /** A held namespace or listener keeps what it stands on. */
    private void holdWhatIsUsed() {
        for (BdevSpec bdev : config().bdevs().values()) {
            ObjectRef.Bdev self = new ObjectRef.Bdev(bdev.name());
            if (held.containsKey(self) && live.bdevs().containsKey(bdev.name())) {
                holdStack(bdev.base(), self);
            }
        }
        for (SubsystemSpec s : config().subsystems().values()) {
            for (NamespaceSpec ns : s.namespaces().values()) {
                ObjectRef.Namespace user = new ObjectRef.Namespace(s.nqn(), ns.nsid());
                if (held.containsKey(user) || isHeld(s.nqn())) {
                    holdStack(ns.bdev(), user);
                }
            }
            for (TransportAddress address : s.listeners().keySet()) {
                if (isHeld(s.nqn()) && !desired.transports().containsKey(address.trtype())) {
                    holdFor(new ObjectRef.Transport(address.trtype()), new ObjectRef.Subsystem(s.nqn()));
                }
            }
        }
    }

    /** What it stands on stays, with what that is made of. */
    private void holdStack(String bdev, ObjectRef user) {
        for (BdevSpec before : BdevStack.of(live.bdevs(), bdev)) {
            BdevSpec after = desired.bdevs().get(before.name());
            if (after == null || !sameButSize(before, after)) {
                holdFor(new ObjectRef.Bdev(before.name()), user);
            }
        }
    }

    private static boolean sameButSize(BdevSpec before, BdevSpec after) {
        return Attributes.immutableChanges(before, after).isEmpty();
    }

    /** The namespaces, and the bdevs, that use a bdev and wait: nobody else can have it. */
    private Map<String, ObjectRef> users(TargetConfig config) {
        Map<String, ObjectRef> users = new HashMap<>();
        for (BdevSpec bdev : config.bdevs().values()) {
            ObjectRef.Bdev user = new ObjectRef.Bdev(bdev.name());
            if (!bdev.base().isEmpty() && held.containsKey(user)) {
                users.put(bdev.base(), user);
            }
        }
        for (SubsystemSpec s : config.subsystems().values()) {
            for (NamespaceSpec ns : s.namespaces().values()) {
                ObjectRef.Namespace user = new ObjectRef.Namespace(s.nqn(), ns.nsid());
                if (held.containsKey(user) || isHeld(s.nqn())) {
                    users.put(ns.bdev(), user);
                }
            }
        }
        return users;
    }

    private TargetConfig config() {
        SortedMap<TransportType, TransportOptions> transports = new TreeMap<>(desired.transports());
        SortedMap<String, BdevSpec> bdevs = new TreeMap<>(desired.bdevs());
        SortedMap<Nqn, SubsystemSpec> subsystems = new TreeMap<>();
        desired.subsystems().values().forEach(after -> subsystems.put(after.nqn(), withHeldContents(after)));
        for (ObjectRef object : held.keySet()) {
            switch (object) {
                case ObjectRef.Transport t -> restore(transports, live.transports(), t.trtype());
                case ObjectRef.Bdev b -> restore(bdevs, live.bdevs(), b.name());
                case ObjectRef.Subsystem s -> restore(subsystems, live.subsystems(), s.nqn());
                case ObjectRef.Namespace _,
                        ObjectRef.Host _,
                        ObjectRef.HostKeys _,
                        ObjectRef.Listener _,
                        ObjectRef.Referral _ -> {}
            }
        }
        return new TargetConfig(transports, bdevs, subsystems, discovery());
    }

    private DiscoverySpec discovery() {
        DiscoverySpec after = desired.discovery();
        SortedSet<TransportAddress> listeners = new TreeSet<>(after.listeners());
        listeners.removeIf(address -> held.containsKey(new ObjectRef.Listener(Nqn.DISCOVERY, address)));
        SortedMap<TransportAddress, Referral> referrals = new TreeMap<>(after.referrals());
        after.referrals().keySet().stream()
                .filter(address -> held.containsKey(new ObjectRef.Referral(address)))
                .forEach(address -> restore(referrals, live.discovery().referrals(), address));
        return new DiscoverySpec(listeners, referrals);
    }

    private SubsystemSpec withHeldContents(SubsystemSpec after) {
        SubsystemSpec before = kept(after);
        Nqn nqn = after.nqn();
        SortedMap<Nsid, NamespaceSpec> namespaces = new TreeMap<>(after.namespaces());
        after.namespaces().keySet().stream()
                .filter(nsid -> held.containsKey(new ObjectRef.Namespace(nqn, nsid)))
                .forEach(nsid -> restore(namespaces, before.namespaces(), nsid));
        SortedSet<Nqn> hosts = new TreeSet<>(after.hosts());
        hosts.removeIf(host -> held.containsKey(new ObjectRef.Host(nqn, host)));
        SortedMap<TransportAddress, ListenerSpec> listeners = new TreeMap<>(after.listeners());
        after.listeners().keySet().stream()
                .filter(address -> held.containsKey(new ObjectRef.Listener(nqn, address)))
                .forEach(address -> restore(listeners, before.listeners(), address));
        SubsystemSpec held = Patch.with(after, hosts, hostKeys(before, after, hosts), namespaces, listeners);
        return held.withHosts(isOpen(before, after, hosts), held.hosts(), held.hostKeys());
    }

    /** A host that must authenticate and cannot be listed yet must not come in as any other does. */
    private static boolean isOpen(SubsystemSpec before, SubsystemSpec after, SortedSet<Nqn> hosts) {
        return after.allowAnyHost()
                && (before.allowAnyHost() || hosts.containsAll(after.hostKeys().keySet()));
    }

    /** @param hosts the listed ones */
    private SortedMap<Nqn, HostKeys> hostKeys(SubsystemSpec before, SubsystemSpec after, SortedSet<Nqn> hosts) {
        SortedMap<Nqn, HostKeys> hostKeys = new TreeMap<>(after.hostKeys());
        hostKeys.keySet().retainAll(hosts);
        hostKeys.replaceAll((host, keys) -> held.containsKey(new ObjectRef.HostKeys(after.nqn(), host))
                ? before.keysOf(host).orElse(keys.in(KeyFile.State.UNREAD))
                : keys);
        return hostKeys;
    }

    private static <K, V> void restore(SortedMap<K, V> map, SortedMap<K, V> live, K key) {
        V before = live.get(key);
        if (before == null) {
            map.remove(key);
        } else {
            map.put(key, before);
        }
    }
}
