package org.nvmftarget.control.reconcile;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.nvmftarget.model.BdevSpec;
import org.nvmftarget.model.DiscoverySpec;
import org.nvmftarget.model.HostKeys;
import org.nvmftarget.model.KeyFile;
import org.nvmftarget.model.ListenerSpec;
import org.nvmftarget.model.LiveState;
import org.nvmftarget.model.LiveState.SubsystemState;
import org.nvmftarget.model.NamespaceSpec;
import org.nvmftarget.model.Nqn;
import org.nvmftarget.model.Nsid;
import org.nvmftarget.model.Referral;
import org.nvmftarget.model.Step;
import org.nvmftarget.model.StepResult;
import org.nvmftarget.model.SubsystemSpec;
import org.nvmftarget.model.TargetConfig;
import org.nvmftarget.model.TargetControl;
import org.nvmftarget.model.TransportAddress;
import org.nvmftarget.model.TransportOptions;
import org.nvmftarget.model.TransportType;

/** A target in memory that carries out steps, remembers them, and fails where it is told to. */
final class FakeTarget implements TargetControl {
    private static final StepResult FINE = StepResult.DONE;

    private final TreeMap<TransportType, TransportOptions> transports = new TreeMap<>();
    private final TreeMap<String, BdevSpec> bdevs = new TreeMap<>();
    private final TreeMap<Nqn, Sub> subsystems = new TreeMap<>();
    private final TreeSet<TransportAddress> discoveryListeners = new TreeSet<>();
    private final TreeMap<TransportAddress, Referral> referrals = new TreeMap<>();
    private final List<Step> applied = new ArrayList<>();
    private final List<Runnable> outside = new ArrayList<>();

    /** Asked before each step; what it answers other than null is the result. It may throw. */
    Function<Step, @Nullable StepResult> fault = step -> null;

    /** Asked by each probe. */
    Function<Step, StepResult.@Nullable Waiting> probe = step -> null;

    /** Asked after each step that was carried out; what it answers other than null is the result all the same. */
    Function<Step, @Nullable StepResult> afterwards = step -> null;

    /** Who is connected to a subsystem. */
    Function<Nqn, List<LiveState.Controller>> controllers = nqn -> List.of();

    /** Steps that say that they are done, and are not. */
    Function<Step, Boolean> lies = step -> false;

    private static final class Sub {
        final Step.CreateSubsystem attributes;
        boolean allowAnyHost;
        boolean paused;
        final TreeSet<Nqn> hosts = new TreeSet<>();
        final TreeMap<Nqn, HostKeys> hostKeys = new TreeMap<>();
        final TreeMap<Nsid, NamespaceSpec> namespaces = new TreeMap<>();
        final TreeMap<TransportAddress, ListenerSpec> listeners = new TreeMap<>();

        Sub(Step.CreateSubsystem attributes) {
            this.attributes = attributes;
        }

        boolean alter(Nsid nsid, UnaryOperator<NamespaceSpec> change) {
            return namespaces.computeIfPresent(nsid, (n, spec) -> change.apply(spec)) != null;
        }

        boolean turnsPaused(boolean to) {
            boolean turns = paused != to;
            paused = to;
            return turns;
        }
    }

    /** Each step that was carried out, as {@code action object}, since the last call. */
    synchronized List<String> drain() {
        List<String> steps = applied.stream()
                .map(step -> step.action() + " " + step.object())
                .toList();
        applied.clear();
        return steps;
    }

    synchronized boolean isAnyPaused() {
        return subsystems.values().stream().anyMatch(s -> s.paused);
    }

    synchronized void fireOutsideEvent() {
        outside.forEach(Runnable::run);
    }

    synchronized TargetConfig config() {
        TreeMap<Nqn, SubsystemSpec> specs = new TreeMap<>();
        for (Sub s : subsystems.values()) {
            Step.CreateSubsystem a = s.attributes;
            specs.put(
                    a.nqn(),
                    new SubsystemSpec(
                            a.nqn(),
                            a.serialNumber(),
                            a.modelNumber(),
                            a.maxNamespaces(),
                            a.minCntlid(),
                            a.maxCntlid(),
                            s.allowAnyHost,
                            s.hosts,
                            s.hostKeys,
                            s.namespaces,
                            s.listeners,
                            false));
        }
        return new TargetConfig(transports, bdevs, specs, new DiscoverySpec(discoveryListeners, referrals));
    }

    @Override
    public synchronized LiveState snapshot() {
        TreeMap<Nqn, LiveState.Subsystem> facts = new TreeMap<>();
        subsystems.forEach((nqn, s) -> facts.put(
                nqn,
                new LiveState.Subsystem(
                        s.paused ? SubsystemState.PAUSED : SubsystemState.ACTIVE, controllers.apply(nqn))));
        return new LiveState(config(), facts);
    }

    @Override
    public synchronized Optional<StepResult.Waiting> probe(Step step) {
        return Optional.ofNullable(probe.apply(step));
    }

    @Override
    public void onOutsideEvent(Runnable onEvent) {
        outside.add(onEvent);
    }

    @Override
    public synchronized StepResult apply(Step step, Duration timeout) {
        StepResult injected = fault.apply(step);
        if (injected != null) {
            return injected;
        }
        applied.add(step);
        if (lies.apply(step)) {
            return FINE;
        }
        StepResult result = carryOut(step);
        StepResult instead = afterwards.apply(step);
        return instead == null ? result : instead;
    }

    /** Somebody does something behind the back of whoever else uses this target. */
    synchronized void meddle(Step step) {
        carryOut(step);
    }

    private StepResult carryOut(Step step) {
        return switch (step) {
            case Step.CreateTransport t ->
                isNew(transports.putIfAbsent(t.options().trtype(), t.options()));
            case Step.SetTransportOptions t ->
                isKnown(transports.replace(t.options().trtype(), t.options()));
            case Step.RemoveTransport t ->
                isUsed(t.trtype()) ? no("has listeners") : isKnown(transports.remove(t.trtype()));
            case Step.CreateBdev b -> isNew(bdevs.putIfAbsent(b.bdev().name(), b.bdev()));
            case Step.ResizeBdev b ->
                isKnown(bdevs.computeIfPresent(b.name(), (name, before) -> before.withSizeBytes(b.sizeBytes())));
            case Step.SetBdevLimits b ->
                isKnown(bdevs.computeIfPresent(b.name(), (name, before) -> before.withLimits(b.limits())));
            case Step.SetBdevLatencies b ->
                isKnown(bdevs.computeIfPresent(
                        b.name(),
                        (name, before) ->
                                before instanceof BdevSpec.Delay d ? d.withLatencies(b.latencies()) : before));
            case Step.SetBdevErrors b ->
                isKnown(bdevs.computeIfPresent(
                        b.name(),
                        (name, before) -> before instanceof BdevSpec.Failing e ? e.withErrors(b.errors()) : before));
            case Step.RemoveBdev b -> isUsed(b.name()) ? no("is in use") : isKnown(bdevs.remove(b.name()));
            case Step.CreateSubsystem s -> isNew(subsystems.putIfAbsent(s.nqn(), new Sub(s)));
            case Step.RemoveSubsystem s -> isKnown(subsystems.remove(s.nqn()));
            case Step.PauseSubsystem s -> in(s.nqn(), sub -> sub.turnsPaused(true));
            case Step.ResumeSubsystem s -> in(s.nqn(), sub -> sub.turnsPaused(false));
            case Step.AddNamespace s -> {
                if (!bdevs.containsKey(s.namespace().bdev())
                        || isUsed(s.namespace().bdev())) {
                    yield no("bdev is absent or in use");
                }
                yield in(
                        s.nqn(), sub -> sub.namespaces.putIfAbsent(s.namespace().nsid(), s.namespace()) == null);
            }
            case Step.RemoveNamespace s -> in(s.nqn(), sub -> sub.namespaces.remove(s.nsid()) != null);
            case Step.AddHost s ->
                in(s.nqn(), sub -> {
                    if (!sub.hosts.add(s.host())) {
                        return false;
                    }
                    s.keys().ifPresent(keys -> sub.hostKeys.put(s.host(), keys.in(KeyFile.State.UNREAD)));
                    return true;
                });
            case Step.SetHostKeys s ->
                in(s.nqn(), sub -> {
                    if (!sub.hosts.contains(s.host())) {
                        return false;
                    }
                    sub.hostKeys.remove(s.host());
                    s.keys().ifPresent(keys -> sub.hostKeys.put(s.host(), keys));
                    return true;
                });
            case Step.RemoveHost s ->
                in(s.nqn(), sub -> {
                    sub.hostKeys.remove(s.host());
                    return sub.hosts.remove(s.host());
                });
            case Step.SetAllowAnyHost s ->
                in(s.nqn(), sub -> {
                    sub.allowAnyHost = s.allow();
                    return true;
                });
            case Step.AddListener s ->
                transports.containsKey(s.address().trtype())
                        ? s.nqn().equals(Nqn.DISCOVERY)
                                ? is(discoveryListeners.add(s.address()))
                                : in(s.nqn(), sub -> sub.listeners.putIfAbsent(s.address(), s.listener()) == null)
                        : no("no such transport");
            case Step.SetAnaState s ->
                in(s.nqn(), sub -> sub.listeners.replace(s.listener().address(), s.listener()) != null);
            case Step.SetAnaGroup s -> in(s.nqn(), sub -> sub.alter(s.nsid(), spec -> spec.withAnaGroup(s.anaGroup())));
            case Step.SetNamespaceHosts s -> in(s.nqn(), sub -> sub.alter(s.nsid(), spec -> spec.withHosts(s.hosts())));
            case Step.RemoveListener s ->
                s.nqn().equals(Nqn.DISCOVERY)
                        ? is(discoveryListeners.remove(s.address()))
                        : in(s.nqn(), sub -> sub.listeners.remove(s.address()) != null);
            case Step.AddReferral s -> isNew(referrals.putIfAbsent(s.referral().address(), s.referral()));
            case Step.RemoveReferral s -> isKnown(referrals.remove(s.address()));
        };
    }

    private StepResult in(Nqn nqn, Function<Sub, Boolean> change) {
        Sub sub = subsystems.get(nqn);
        return sub == null ? no("no such subsystem") : is(change.apply(sub));
    }

    private static StepResult is(boolean possible) {
        return possible ? FINE : no("not possible now");
    }

    private boolean isUsed(TransportType trtype) {
        return Stream.concat(
                        discoveryListeners.stream(),
                        subsystems.values().stream().flatMap(s -> s.listeners.keySet().stream()))
                .anyMatch(address -> address.trtype() == trtype);
    }

    private boolean isUsed(String bdev) {
        return subsystems.values().stream()
                .anyMatch(s ->
                        s.namespaces.values().stream().anyMatch(ns -> ns.bdev().equals(bdev)));
    }

    private static StepResult isNew(@Nullable Object before) {
        return before == null ? FINE : no("exists already");
    }

    private static StepResult isKnown(@Nullable Object before) {
        return before != null ? FINE : no("does not exist");
    }

    private static StepResult no(String message) {
        return new StepResult.Failed(message);
    }

    /** What the target would be asked about by a map of facts, for messages of failed assertions. */
    @Override
    public synchronized String toString() {
        return Map.of("config", config(), "paused", isAnyPaused()).toString();
    }
}
