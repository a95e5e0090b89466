package org.nvmftarget.control.reconcile;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.nvmftarget.control.plan.Plan;
import org.nvmftarget.control.plan.PlanStep;
import org.nvmftarget.model.BdevSpec;
import org.nvmftarget.model.NamespaceSpec;
import org.nvmftarget.model.Nqn;
import org.nvmftarget.model.Nsid;
import org.nvmftarget.model.ObjectRef;
import org.nvmftarget.model.Step;
import org.nvmftarget.model.SubsystemSpec;
import org.nvmftarget.model.TargetConfig;
import org.nvmftarget.model.TransportAddress;

/**
 * The units of a plan: its steps joined where they are about the same subsystem, a bdev, or a listener address that one
 * of them begins to use. They fail together, and apart from all others. A transport is a unit of its own, and so are each
 * listener and each referral of the discovery subsystem.
 */
final class StepUnits {
    private final TargetConfig live;
    private final Map<Object, Object> parents = new HashMap<>();

    private StepUnits(TargetConfig live) {
        this.live = live;
    }

    static StepUnits of(Plan plan) {
        StepUnits units = new StepUnits(plan.live());
        Set<TransportAddress> added = new HashSet<>();
        List<Step> steps = plan.steps().stream().map(PlanStep::step).toList();
        for (Step step : steps) {
            if (step instanceof Step.AddListener add && !isOfDiscovery(add.nqn())) {
                added.add(add.address());
            }
        }
        steps.forEach(step -> units.join(step, added));
        return units;
    }

    /** What names the unit of {@code step}; equal for steps of one unit. */
    Object unit(Step step) {
        return root(key(step));
    }

    private void join(Step step, Set<TransportAddress> added) {
        if (step.object() instanceof ObjectRef.Listener listener && isOfDiscovery(listener.nqn())) {
            return;
        }
        switch (step) {
            case Step.AddListener s -> union(s.nqn(), s.address());
            case Step.RemoveListener s -> joinIfAdded(s.nqn(), s.address(), added);
            case Step.CreateBdev s -> joinBase(s.bdev());
            case Step.RemoveBdev s ->
                Optional.ofNullable(live.bdevs().get(s.name())).ifPresent(this::joinBase);
            case Step.AddNamespace s -> union(s.nqn(), s.namespace().bdev());
            case Step.RemoveNamespace s -> liveBdev(s.nqn(), s.nsid()).ifPresent(bdev -> union(s.nqn(), bdev));
            case Step.RemoveSubsystem s -> joinParts(s.nqn(), added);
            default -> root(key(step));
        }
    }

    private void joinBase(BdevSpec bdev) {
        if (!bdev.base().isEmpty()) {
            union(bdev.name(), bdev.base());
        }
    }

    private void joinParts(Nqn nqn, Set<TransportAddress> added) {
        SubsystemSpec before = live.subsystems().get(nqn);
        if (before != null) {
            before.namespaces().values().stream().map(NamespaceSpec::bdev).forEach(bdev -> union(nqn, bdev));
            before.listeners().keySet().forEach(address -> joinIfAdded(nqn, address, added));
        }
    }

    private void joinIfAdded(Nqn nqn, TransportAddress address, Set<TransportAddress> added) {
        if (added.contains(address)) {
            union(nqn, address);
        }
    }

    private Optional<String> liveBdev(Nqn nqn, Nsid nsid) {
        return Optional.ofNullable(live.subsystems().get(nqn))
                .map(s -> s.namespaces().get(nsid))
                .map(NamespaceSpec::bdev);
    }

    private static boolean isOfDiscovery(Nqn nqn) {
        return nqn.equals(Nqn.DISCOVERY);
    }

    /** A subsystem's name, a bdev's name (a String), a transport, or a listener or referral of discovery. */
    private static Object key(Step step) {
        return switch (step.object()) {
            case ObjectRef.Transport t -> t.trtype();
            case ObjectRef.Bdev b -> b.name();
            case ObjectRef.Subsystem s -> s.nqn();
            case ObjectRef.Namespace n -> n.nqn();
            case ObjectRef.Host h -> h.nqn();
            case ObjectRef.HostKeys k -> k.nqn();
            case ObjectRef.Listener l -> isOfDiscovery(l.nqn()) ? l : l.nqn();
            case ObjectRef.Referral r -> r;
        };
    }

    private void union(Object a, Object b) {
        parents.put(root(a), root(b));
    }

    private Object root(Object key) {
        Object at = key;
        Object parent = parents.getOrDefault(at, at);
        while (!parent.equals(at)) {
            Object grandparent = parents.getOrDefault(parent, parent);
            parents.put(at, grandparent);
            at = grandparent;
            parent = parents.getOrDefault(at, at);
        }
        return at;
    }
}
