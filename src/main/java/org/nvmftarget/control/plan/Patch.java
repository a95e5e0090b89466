package org.nvmftarget.control.plan;

import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.nvmftarget.model.BdevSpec;
import org.nvmftarget.model.DiscoverySpec;
import org.nvmftarget.model.HostKeys;
import org.nvmftarget.model.ListenerSpec;
import org.nvmftarget.model.NamespaceSpec;
import org.nvmftarget.model.Nqn;
import org.nvmftarget.model.Nsid;
import org.nvmftarget.model.Referral;
import org.nvmftarget.model.SubsystemSpec;
import org.nvmftarget.model.TargetConfig;
import org.nvmftarget.model.TransportAddress;
import org.nvmftarget.model.TransportOptions;
import org.nvmftarget.model.TransportType;

/** The inverse of {@link Differ}: what a configuration is when some changes are made and others are not. */
public final class Patch {
    private final SortedMap<TransportType, TransportOptions> transports;
    private final SortedMap<String, BdevSpec> bdevs;
    private final SortedMap<Nqn, SubsystemSpec> subsystems;
    private final SortedSet<TransportAddress> discoveryListeners;
    private final SortedMap<TransportAddress, Referral> referrals;

    private Patch(TargetConfig config) {
        transports = new TreeMap<>(config.transports());
        bdevs = new TreeMap<>(config.bdevs());
        subsystems = new TreeMap<>(config.subsystems());
        discoveryListeners = new TreeSet<>(config.discovery().listeners());
        referrals = new TreeMap<>(config.discovery().referrals());
    }

    /** {@code config} with {@code changes} made; they are in the order that {@link Differ} gives. */
    public static TargetConfig apply(TargetConfig config, List<Change> changes) {
        Patch patch = new Patch(config);
        changes.forEach(patch::apply);
        return new TargetConfig(
                patch.transports,
                patch.bdevs,
                patch.subsystems,
                new DiscoverySpec(patch.discoveryListeners, patch.referrals));
    }

    private void apply(Change change) {
        switch (change) {
            case Change.Transport c -> put(transports, c.object().trtype(), c.after());
            case Change.Bdev c -> put(bdevs, c.object().name(), c.after());
            case Change.Subsystem c ->
                put(subsystems, c.object().nqn(), c.after().map(this::keepContents));
            case Change.Host c ->
                edit(c.nqn(), s -> include(s.hosts(), c.object().host(), c.added()));
            case Change.HostKeys c ->
                edit(c.nqn(), s -> put(s.hostKeys(), c.object().host(), c.after()));
            case Change.Namespace c ->
                edit(c.object().nqn(), s -> put(s.namespaces(), c.object().nsid(), c.after()));
            case Change.Listener c ->
                edit(c.object().nqn(), s -> put(s.listeners(), c.object().address(), c.after()));
            case Change.DiscoveryListener c ->
                include(discoveryListeners, c.object().address(), c.added());
            case Change.DiscoveryReferral c -> put(referrals, c.object().address(), c.after());
        }
    }

    /** The attributes of {@code after} with the contents that are there now: those have changes of their own. */
    private SubsystemSpec keepContents(SubsystemSpec after) {
        SubsystemSpec now = subsystems.getOrDefault(after.nqn(), Attributes.blank(after.nqn()));
        return with(after, now.hosts(), now.hostKeys(), now.namespaces(), now.listeners());
    }

    /** Contents of a removed subsystem have gone with it. */
    private void edit(Nqn nqn, Consumer<Contents> edit) {
        SubsystemSpec s = subsystems.get(nqn);
        if (s != null) {
            Contents contents = new Contents(
                    new TreeSet<>(s.hosts()),
                    new TreeMap<>(s.hostKeys()),
                    new TreeMap<>(s.namespaces()),
                    new TreeMap<>(s.listeners()));
            edit.accept(contents);
            subsystems.put(nqn, with(s, contents.hosts, contents.hostKeys, contents.namespaces, contents.listeners));
        }
    }

    private record Contents(
            SortedSet<Nqn> hosts,
            SortedMap<Nqn, HostKeys> hostKeys,
            SortedMap<Nsid, NamespaceSpec> namespaces,
            SortedMap<TransportAddress, ListenerSpec> listeners) {}

    static SubsystemSpec with(
            SubsystemSpec s,
            SortedSet<Nqn> hosts,
            SortedMap<Nqn, HostKeys> hostKeys,
            SortedMap<Nsid, NamespaceSpec> namespaces,
            SortedMap<TransportAddress, ListenerSpec> listeners) {
        return new SubsystemSpec(
                s.nqn(),
                s.serialNumber(),
                s.modelNumber(),
                s.maxNamespaces(),
                s.minCntlid(),
                s.maxCntlid(),
                s.allowAnyHost(),
                hosts,
                hostKeys,
                namespaces,
                listeners,
                s.protect());
    }

    private static <K, V> void put(SortedMap<K, V> map, K key, Optional<V> value) {
        value.ifPresentOrElse(v -> map.put(key, v), () -> map.remove(key));
    }

    private static <T> void include(SortedSet<T> set, T member, boolean in) {
        if (in) {
            set.add(member);
        } else {
            set.remove(member);
        }
    }
}
