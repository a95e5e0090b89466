package org.nvmftarget.control.plan;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.nvmftarget.model.BdevSpec;
import org.nvmftarget.model.DiscoverySpec;
import org.nvmftarget.model.HostKeys;
import org.nvmftarget.model.ListenerSpec;
import org.nvmftarget.model.NamespaceSpec;
import org.nvmftarget.model.Nqn;
import org.nvmftarget.model.Nsid;
import org.nvmftarget.model.Referral;
import org.nvmftarget.model.Step;
import org.nvmftarget.model.SubsystemSpec;
import org.nvmftarget.model.TargetConfig;
import org.nvmftarget.model.TransportAddress;
import org.nvmftarget.model.TransportOptions;
import org.nvmftarget.model.TransportType;

/**
 * A naive target that carries out steps one by one and refuses, with an exception, each that a real one could not or
 * should not do at that moment.
 */
final class ModelTarget {
    private final Map<TransportType, TransportOptions> transports = new HashMap<>();
    private final Map<String, BdevSpec> bdevs = new HashMap<>();
    private final Map<Nqn, Sub> subsystems = new HashMap<>();
    private final Set<TransportAddress> discoveryListeners = new HashSet<>();
    private final Map<TransportAddress, Referral> referrals = new HashMap<>();
    private final List<String> pauses = new ArrayList<>();

    private static final long DEVICE_BYTES = 96L << 20;

    private static final class Sub {
        final SubsystemSpec attributes;
        boolean allowAnyHost;
        boolean paused;
        final Set<Nqn> hosts = new HashSet<>();
        final Map<Nqn, HostKeys> keys = new HashMap<>();
        final Map<Nsid, NamespaceSpec> namespaces = new HashMap<>();
        final Map<TransportAddress, ListenerSpec> listeners = new HashMap<>();
        final Set<Nsid> drained = new HashSet<>();

        Sub(SubsystemSpec attributes) {
            this.attributes = attributes;
        }
    }

    ModelTarget(TargetConfig config) {
        transports.putAll(config.transports());
        config.bdevs().forEach((name, bdev) -> bdevs.put(name, opened(bdev)));
        discoveryListeners.addAll(config.discovery().listeners());
        referrals.putAll(config.discovery().referrals());
        for (SubsystemSpec spec : config.subsystems().values()) {
            Sub s = new Sub(spec);
            s.allowAnyHost = spec.allowAnyHost();
            s.hosts.addAll(spec.hosts());
            s.keys.putAll(spec.hostKeys());
            s.namespaces.putAll(spec.namespaces());
            s.listeners.putAll(spec.listeners());
            subsystems.put(spec.nqn(), s);
        }
    }

    /** A device has a size and a block size of its own. */
    private static BdevSpec opened(BdevSpec bdev) {
        return bdev instanceof BdevSpec.Device device
                ? device.withShape(DEVICE_BYTES, Configs.DRIVE_BLOCK_BYTES)
                : bdev;
    }

    static ModelTarget afterwards(Plan plan) {
        ModelTarget target = new ModelTarget(plan.live());
        plan.steps().forEach(step -> target.apply(step.step()));
        target.check(target.subsystems.values().stream().noneMatch(s -> s.paused), "a pause is left behind");
        return target;
    }

    TargetConfig config() {
        TreeMap<Nqn, SubsystemSpec> specs = new TreeMap<>();
        subsystems.forEach((nqn, s) -> specs.put(
                nqn,
                new SubsystemSpec(
                        nqn,
                        s.attributes.serialNumber(),
                        s.attributes.modelNumber(),
                        s.attributes.maxNamespaces(),
                        s.attributes.minCntlid(),
                        s.attributes.maxCntlid(),
                        s.allowAnyHost,
                        new TreeSet<>(s.hosts),
                        new TreeMap<>(s.keys),
                        new TreeMap<>(s.namespaces),
                        new TreeMap<>(s.listeners),
                        false)));
        return new TargetConfig(
                new TreeMap<>(transports),
                new TreeMap<>(bdevs),
                specs,
                new DiscoverySpec(new TreeSet<>(discoveryListeners), new TreeMap<>(referrals)));
    }

    void apply(Step step) {
        switch (step) {
            case Step.CreateTransport t ->
                check(transports.put(t.options().trtype(), t.options()) == null, step + ": exists");
            case Step.SetTransportOptions t ->
                check(transports.put(t.options().trtype(), t.options()) != null, step + ": no such transport");
            case Step.RemoveTransport t -> removeTransport(t);
            case Step.CreateBdev b -> {
                String place = b.bdev().place();
                boolean taken = !place.isEmpty()
                        && bdevs.values().stream()
                                .anyMatch(other -> other.place().equals(place));
                check(!taken, step + ": another bdev has the file or device");
                String base = b.bdev().base();
                check(base.isEmpty() || bdevs.containsKey(base), step + ": no such base");
                check(base.isEmpty() || isFree(base), step + ": its base is in use");
                check(bdevs.put(b.bdev().name(), opened(b.bdev())) == null, step + ": exists");
            }
            case Step.ResizeBdev b -> resize(b);
            case Step.SetBdevLimits b -> {
                BdevSpec before = bdevs.get(b.name());
                check(before != null, step + ": no such bdev");
                if (before != null) {
                    check(!before.limits().equals(b.limits()), step + ": has them already");
                    bdevs.put(b.name(), before.withLimits(b.limits()));
                }
            }
            case Step.SetBdevLatencies b -> {
                BdevSpec before = bdevs.get(b.name());
                check(
                        before instanceof BdevSpec.Delay was && !was.latencies().equals(b.latencies()),
                        step + ": no such bdev, or has them already");
                if (before instanceof BdevSpec.Delay was) {
                    bdevs.put(b.name(), was.withLatencies(b.latencies()));
                }
            }
            case Step.SetBdevErrors b -> {
                BdevSpec before = bdevs.get(b.name());
                check(
                        before instanceof BdevSpec.Failing was && !was.errors().equals(b.errors()),
                        step + ": no such bdev, or has them already");
                if (before instanceof BdevSpec.Failing was) {
                    bdevs.put(b.name(), was.withErrors(b.errors()));
                }
            }
            case Step.RemoveBdev b -> {
                check(isFree(b.name()), step + ": in use");
                check(bdevs.remove(b.name()) != null, step + ": no such bdev");
            }
            case Step.CreateSubsystem s -> create(s);
            case Step.RemoveSubsystem s -> {
                check(!sub(s.nqn()).paused, step + ": paused");
                subsystems.remove(s.nqn());
            }
            case Step.PauseSubsystem p -> pause(p);
            case Step.ResumeSubsystem p -> {
                check(sub(p.nqn()).paused, step + ": not paused");
                sub(p.nqn()).paused = false;
                sub(p.nqn()).drained.clear();
            }
            case Step.AddNamespace n -> addNamespace(n);
            case Step.RemoveNamespace n -> {
                check(sub(n.nqn()).drained.contains(n.nsid()), step + ": not drained");
                check(sub(n.nqn()).namespaces.remove(n.nsid()) != null, step + ": no such namespace");
            }
            case Step.AddHost h -> {
                check(sub(h.nqn()).hosts.add(h.host()), step + ": is listed");
                h.keys().ifPresent(keys -> {
                    check(!keys.isUsable(), step + ": reads keys");
                    sub(h.nqn()).keys.put(h.host(), keys);
                });
            }
            case Step.SetHostKeys h -> setHostKeys(h);
            case Step.RemoveHost h -> {
                check(sub(h.nqn()).hosts.remove(h.host()), step + ": is not listed");
                sub(h.nqn()).keys.remove(h.host());
            }
            case Step.SetAllowAnyHost h -> {
                check(sub(h.nqn()).allowAnyHost != h.allow(), step + ": is so already");
                sub(h.nqn()).allowAnyHost = h.allow();
            }
            case Step.SetAnaGroup n -> {
                NamespaceSpec before = paused(n.nqn(), step).namespaces.get(n.nsid());
                alter(n.nqn(), step, before, before == null ? null : before.withAnaGroup(n.anaGroup()));
            }
            case Step.SetNamespaceHosts n -> setNamespaceHosts(n);
            case Step.AddListener l -> addListener(l);
            case Step.SetAnaState l -> {
                ListenerSpec before =
                        paused(l.nqn(), step).listeners.replace(l.listener().address(), l.listener());
                check(before != null && !before.equals(l.listener()), step + ": is so already, or is not there");
            }
            case Step.RemoveListener l -> {
                if (l.nqn().equals(Nqn.DISCOVERY)) {
                    check(discoveryListeners.remove(l.address()), step + ": does not listen");
                } else {
                    check(paused(l.nqn(), step).listeners.remove(l.address()) != null, step + ": does not listen");
                }
            }
            case Step.AddReferral r ->
                check(referrals.putIfAbsent(r.referral().address(), r.referral()) == null, step + ": is there already");
            case Step.RemoveReferral r -> check(referrals.remove(r.address()) != null, step + ": no such referral");
        }
    }

    /** No namespace has it, and nothing is made of it. */
    private boolean isFree(String bdev) {
        return users(bdev).isEmpty()
                && bdevs.values().stream().noneMatch(other -> other.base().equals(bdev));
    }

    private Sub paused(Nqn nqn, Step step) {
        check(sub(nqn).paused, step + ": not paused");
        return sub(nqn);
    }

    private void addListener(Step.AddListener l) {
        check(transports.containsKey(l.address().trtype()), l + ": no transport");
        if (l.nqn().equals(Nqn.DISCOVERY)) {
            check(discoveryListeners.add(l.address()), l + ": listens already");
            return;
        }
        Sub s = sub(l.nqn());
        check(s.paused || isNew(s), l + ": neither paused nor new");
        check(s.listeners.putIfAbsent(l.address(), l.listener()) == null, l + ": listens already");
    }

    private void setHostKeys(Step.SetHostKeys h) {
        Sub s = sub(h.nqn());
        check(s.hosts.contains(h.host()), h + ": is not listed");
        check(!Optional.ofNullable(s.keys.get(h.host())).equals(h.keys()), h + ": has them already");
        s.keys.remove(h.host());
        h.keys().ifPresent(keys -> s.keys.put(h.host(), keys));
    }

    /** Who loses the namespace must have nothing under way. */
    private void setNamespaceHosts(Step.SetNamespaceHosts n) {
        Sub s = paused(n.nqn(), n);
        NamespaceSpec before = s.namespaces.get(n.nsid());
        NamespaceSpec after = before == null ? null : before.withHosts(n.hosts());
        boolean hides = before != null
                && after != null
                && Stream.of("host0", "host1", "host2", "other")
                        .map(name -> new Nqn("nqn.2026-11.org.example:" + name))
                        .anyMatch(host -> before.isVisibleTo(host) && !after.isVisibleTo(host));
        check(!hides || s.drained.contains(n.nsid()), n + ": not drained");
        alter(n.nqn(), n, before, after);
    }

    private void alter(Nqn nqn, Step step, @Nullable NamespaceSpec before, @Nullable NamespaceSpec after) {
        check(before != null, step + ": no such namespace");
        check(!Objects.equals(before, after), step + ": is so already");
        if (after != null) {
            sub(nqn).namespaces.put(after.nsid(), after);
        }
    }

    /** Made by the plan: nobody depends on it before the plan's end. */
    private boolean isNew(Sub s) {
        return created.contains(s);
    }

    private final Set<Sub> created = new HashSet<>();

    private void removeTransport(Step.RemoveTransport t) {
        boolean used = Stream.concat(
                        discoveryListeners.stream(),
                        subsystems.values().stream().flatMap(s -> s.listeners.keySet().stream()))
                .anyMatch(address -> address.trtype() == t.trtype());
        check(!used, t + ": has listeners");
        check(transports.remove(t.trtype()) != null, t + ": no such transport");
    }

    /** What is made of it in the end. */
    private String top(String bdev) {
        return bdevs.values().stream()
                .filter(other -> other.base().equals(bdev))
                .findFirst()
                .map(other -> top(other.name()))
                .orElse(bdev);
    }

    private void resize(Step.ResizeBdev b) {
        BdevSpec bdev = bdevs.get(b.name());
        check(bdev != null, b + ": no such bdev");
        if (bdev != null) {
            boolean shrinks = b.sizeBytes() < bdev.sizeBytes();
            for (Sub s : users(top(b.name()))) {
                check(
                        !shrinks
                                || s.namespaces.values().stream()
                                        .filter(ns -> ns.bdev().equals(top(b.name())))
                                        .allMatch(ns -> s.drained.contains(ns.nsid())),
                        b + ": shrinks under I/O");
            }
            bdevs.put(b.name(), bdev.withSizeBytes(b.sizeBytes()));
        }
    }

    private void create(Step.CreateSubsystem c) {
        Sub s = new Sub(new SubsystemSpec(
                c.nqn(),
                c.serialNumber(),
                c.modelNumber(),
                c.maxNamespaces(),
                c.minCntlid(),
                c.maxCntlid(),
                false,
                new TreeSet<>(),
                new TreeMap<>(),
                new TreeMap<>(),
                false));
        created.add(s);
        check(subsystems.put(c.nqn(), s) == null, c + ": exists");
    }

    private void pause(Step.PauseSubsystem p) {
        Sub s = sub(p.nqn());
        check(!pauses.contains(p.nqn().value()), p + ": paused twice in one plan");
        check(!created.contains(s), p + ": a new subsystem needs no pause");
        check(s.namespaces.keySet().containsAll(p.namespaces()), p + ": drains what is not there");
        pauses.add(p.nqn().value());
        s.paused = true;
        s.drained.addAll(p.namespaces());
    }

    private void addNamespace(Step.AddNamespace n) {
        Sub s = sub(n.nqn());
        check(bdevs.containsKey(n.namespace().bdev()), n + ": no such bdev");
        check(isFree(n.namespace().bdev()), n + ": the bdev is in use");
        check(s.paused || created.contains(s), n + ": neither paused nor new");
        check(s.paused || s.listeners.isEmpty(), n + ": is reachable without it");
        check(s.namespaces.put(n.namespace().nsid(), n.namespace()) == null, n + ": exists");
    }

    private List<Sub> users(String bdev) {
        return subsystems.values().stream()
                .filter(s ->
                        s.namespaces.values().stream().anyMatch(ns -> ns.bdev().equals(bdev)))
                .toList();
    }

    private Sub sub(Nqn nqn) {
        Sub s = subsystems.get(nqn);
        if (s == null) {
            throw new AssertionError("no subsystem " + nqn);
        }
        return s;
    }

    private void check(boolean holds, String message) {
        if (!holds) {
            throw new AssertionError(message);
        }
    }
}
