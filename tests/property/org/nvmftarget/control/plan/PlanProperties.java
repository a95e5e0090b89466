package org.nvmftarget.control.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.nvmftarget.model.AnaState;
import org.nvmftarget.model.HostKeys;
import org.nvmftarget.model.ListenerSpec;
import org.nvmftarget.model.LiveState;
import org.nvmftarget.model.Nqn;
import org.nvmftarget.model.ObjectRef;
import org.nvmftarget.model.SourceMap;
import org.nvmftarget.model.Step;
import org.nvmftarget.model.SubsystemSpec;
import org.nvmftarget.model.TargetConfig;
import org.nvmftarget.model.TransportAddress;

/** The rules that hold for every plan, by random pairs of configurations (a seed each). */
class PlanProperties {

    private static Plan plan(TargetConfig live, TargetConfig desired, Map<ObjectRef, String> pending) {
        return Planner.plan(new LiveState(live, new TreeMap<>()), desired, SourceMap.EMPTY, 1, pending);
    }

    private static Plan plan(long live, long desired) {
        return plan(live(live), Configs.of(desired), Map.of());
    }

    /** What a target can be: it knows no protection. */
    private static TargetConfig live(long seed) {
        return new ModelTarget(Configs.of(seed)).config();
    }

    @Property
    void thePlanReachesWhatIsDesiredByStepsThatATargetCanDo(@ForAll long live, @ForAll long desired) {
        Plan plan = plan(live, desired);
        TargetConfig result = ModelTarget.afterwards(plan).config();
        assertEquals(live(desired), result);
        assertEquals(List.of(), Differ.diff(result, Configs.of(desired)));
        assertEquals(List.of(), plan(result, Configs.of(desired), Map.of()).steps());
    }

    @Property
    void nothingIsPlannedForWhatIsAsDesired(@ForAll long seed) {
        Plan plan = plan(seed, seed);
        assertEquals(List.of(), plan.steps());
        assertEquals(List.of(), plan.changes());
    }

    @Property
    void changesAppliedToTheLiveConfigurationGiveTheDesiredOne(@ForAll long live, @ForAll long desired) {
        List<Change> changes = Differ.diff(live(live), live(desired));
        assertEquals(live(desired), Patch.apply(live(live), changes));
    }

    @Property
    void aSubsystemIsPausedAndResumedAtMostOnce(@ForAll long live, @ForAll long desired) {
        Set<Nqn> open = new HashSet<>();
        Set<Nqn> ever = new HashSet<>();
        for (PlanStep step : plan(live, desired).steps()) {
            if (step.step() instanceof Step.PauseSubsystem pause) {
                assertTrue(ever.add(pause.nqn()), "paused twice");
                open.add(pause.nqn());
            } else if (step.step() instanceof Step.ResumeSubsystem resume) {
                assertTrue(open.remove(resume.nqn()), "resumed without a pause");
            }
        }
        assertEquals(Set.of(), open);
    }

    @Property
    void aStepBelongsToAnObjectThatChangesOrToOneThatIsReplacedUnderIt(@ForAll long live, @ForAll long desired) {
        Plan plan = plan(live, desired);
        Set<ObjectRef> changed = new HashSet<>();
        plan.changes().forEach(c -> changed.add(c.object()));
        for (PlanStep step : plan.steps()) {
            ObjectRef object = step.step().object();
            boolean pause = step.step() instanceof Step.PauseSubsystem || step.step() instanceof Step.ResumeSubsystem;
            if (!pause && !changed.contains(object)) {
                assertTrue(isReplacedUnder(object, plan), step + " touches what is equal");
            }
        }
    }

    private static boolean isReplacedUnder(ObjectRef object, Plan plan) {
        Set<Step> steps = new HashSet<>();
        plan.steps().forEach(step -> steps.add(step.step()));
        return switch (object) {
            case ObjectRef.Namespace n ->
                steps.contains(new Step.RemoveSubsystem(n.nqn()))
                        || spec(plan.desired(), n.nqn())
                                .map(s -> s.namespaces().get(n.nsid()))
                                .filter(ns -> steps.contains(new Step.RemoveBdev(ns.bdev())))
                                .isPresent();
            case ObjectRef.Host h -> steps.contains(new Step.RemoveSubsystem(h.nqn()));
            case ObjectRef.HostKeys k -> steps.contains(new Step.RemoveSubsystem(k.nqn()));
            case ObjectRef.Listener l -> steps.contains(new Step.RemoveSubsystem(l.nqn()));
            case ObjectRef.Subsystem s ->
                steps.contains(new Step.RemoveSubsystem(s.nqn()))
                        && spec(plan.desired(), s.nqn()).isPresent();
            case ObjectRef.Bdev b ->
                Optional.ofNullable(plan.desired().bdevs().get(b.name()))
                        .filter(bdev -> steps.contains(new Step.RemoveBdev(bdev.base())))
                        .isPresent();
            case ObjectRef.Transport _, ObjectRef.Referral _ -> false;
        };
    }

    private static Optional<SubsystemSpec> spec(TargetConfig config, Nqn nqn) {
        return Optional.ofNullable(config.subsystems().get(nqn));
    }

    /** The discovery subsystem is on each listener anyway: it lets go of an address that another gets after that. */
    @Property
    void anAddressIsTakenAwayBeforeItIsGivenToAnother(@ForAll long live, @ForAll long desired) {
        Set<TransportAddress> added = new HashSet<>();
        for (PlanStep step : plan(live, desired).steps()) {
            switch (step.step()) {
                case Step.AddListener l -> added.add(l.address());
                case Step.RemoveListener l ->
                    assertTrue(l.nqn().equals(Nqn.DISCOVERY) || !added.contains(l.address()), "added before removed");
                case Step.RemoveSubsystem s ->
                    spec(live(live), s.nqn())
                            .orElseThrow()
                            .listeners()
                            .keySet()
                            .forEach(address -> assertTrue(!added.contains(address), "added before removed"));
                default -> {}
            }
        }
    }

    @Property
    void anAddressOpensWhenEverySubsystemThatBeginsToUseItIsWhole(@ForAll long live, @ForAll long desired) {
        Plan plan = plan(live, desired);
        ModelTarget target = new ModelTarget(plan.live());
        for (PlanStep step : plan.steps()) {
            target.apply(step.step());
            if (step.step() instanceof Step.AddListener listener) {
                TargetConfig now = target.config();
                plan.desired().subsystems().values().stream()
                        .filter(s -> s.listeners().containsKey(listener.address()))
                        .filter(s -> spec(plan.live(), s.nqn())
                                .filter(was -> was.listeners().containsKey(listener.address()))
                                .isEmpty())
                        .forEach(s -> {
                            SubsystemSpec is = spec(now, s.nqn()).orElseThrow();
                            assertEquals(s.namespaces(), is.namespaces());
                            assertEquals(s.hosts(), is.hosts());
                            assertEquals(s.allowAnyHost(), is.allowAnyHost());
                        });
            }
        }
    }

    @Property
    void noHostEverSeesANamespaceThatItSeesNeitherBeforeNorAfter(@ForAll long live, @ForAll long desired) {
        Plan plan = plan(live, desired);
        Set<String> allowed = Sight.of(plan.live());
        allowed.addAll(Sight.of(plan.desired()));
        eachState(plan, (step, now) -> {
            Set<String> more = Sight.of(now);
            more.removeAll(allowed);
            assertEquals(Set.of(), more, step.toString());
        });
    }

    @Property
    void noWayToANamespaceIsEverWorseThanBothBeforeAndAfter(@ForAll long live, @ForAll long desired) {
        Plan plan = plan(live, desired);
        Map<String, AnaState> before = Sight.ways(plan.live());
        Map<String, AnaState> after = Sight.ways(plan.desired());
        eachState(
                plan,
                (step, now) -> Sight.ways(now).forEach((way, state) -> {
                    AnaState was = before.get(way);
                    AnaState is = after.get(way);
                    if (was != null && is != null) {
                        AnaState worst = was.compareTo(is) >= 0 ? was : is;
                        assertTrue(state.compareTo(worst) <= 0, () -> way + " is " + state + " after " + step);
                    } else if (is != null) {
                        assertEquals(is, state, () -> way + " is new and not as declared after " + step);
                    }
                }));
    }

    @Property
    void anAddressThatStaysInUseIsNeverClosed(@ForAll long live, @ForAll long desired) {
        Plan plan = plan(live, desired);
        Set<TransportAddress> kept = Sight.addresses(plan.live());
        kept.retainAll(Sight.addresses(plan.desired()));
        kept.removeIf(address -> isHandedOver(plan, address));
        eachState(plan, (step, now) -> {
            Set<TransportAddress> closed = new HashSet<>(kept);
            closed.removeAll(Sight.addresses(now));
            assertEquals(Set.of(), closed, step.toString());
        });
    }

    /** A subsystem lets go of an address before another begins to use it. */
    private static boolean isHandedOver(Plan plan, TransportAddress address) {
        return plan.live().subsystems().values().stream()
                        .noneMatch(s -> s.listeners().containsKey(address)
                                && spec(plan.desired(), s.nqn())
                                        .filter(after -> after.listeners().containsKey(address))
                                        .isPresent()
                                && plan.steps().stream()
                                        .noneMatch(step -> step.step().equals(new Step.RemoveSubsystem(s.nqn()))))
                && !plan.live().discovery().listeners().contains(address);
    }

    private static void eachState(Plan plan, BiConsumer<Step, TargetConfig> visit) {
        ModelTarget target = new ModelTarget(plan.live());
        for (PlanStep step : plan.steps()) {
            target.apply(step.step());
            visit.accept(step.step(), target.config());
        }
    }

    @Property
    void anAddressOfDiscoveryOpensAfterEverySubsystemIsAsItIsToBe(@ForAll long live, @ForAll long desired) {
        Plan plan = plan(live, desired);
        eachState(plan, (step, now) -> {
            if (step instanceof Step.AddListener add && add.nqn().equals(Nqn.DISCOVERY)) {
                assertEquals(live(desired).subsystems(), now.subsystems());
                assertEquals(
                        plan.desired().discovery().referrals(), now.discovery().referrals());
            }
        });
    }

    @Property
    void whatWaitsIsLeftOutAndTheRestIsReached(@ForAll long live, @ForAll long desired, @ForAll long choice) {
        Map<ObjectRef, String> waiting = someOf(plan(live, desired), choice);
        Plan plan = plan(live(live), Configs.of(desired), waiting);
        TargetConfig result = ModelTarget.afterwards(plan).config();
        assertEquals(List.of(), plan(result, Configs.of(desired), waiting).steps());
        plan.steps().forEach(step -> assertTrue(!isAddition(step.step(), waiting.keySet()), step + " waits"));
        Set<ObjectRef> pending = new HashSet<>();
        plan.pending().forEach(p -> pending.add(p.object()));
        for (Change open : Differ.diff(result, Configs.of(desired))) {
            assertTrue(isExcused(open, pending), open.object() + " is neither done nor pending");
        }
    }

    /** Wherever it was not let in so before. */
    @Property
    void aHostThatMustAuthenticateIsNeverLetInWithout(@ForAll long live, @ForAll long desired, @ForAll long choice) {
        Map<ObjectRef, String> waiting = someOf(plan(live, desired), choice);
        Plan plan = plan(live(live), Configs.of(desired), waiting);
        eachState(
                plan,
                (step, now) -> now.subsystems().forEach((nqn, s) -> {
                    SubsystemSpec before = live(live).subsystems().get(nqn);
                    SubsystemSpec after = live(desired).subsystems().get(nqn);
                    for (Nqn host :
                            after == null ? Set.<Nqn>of() : after.hostKeys().keySet()) {
                        boolean open = before != null && letsInWithout(before, host);
                        assertTrue(open || !letsInWithout(s, host), () -> host + " is let in by " + step);
                    }
                }));
        for (SubsystemSpec s :
                ModelTarget.afterwards(plan).config().subsystems().values()) {
            Optional.ofNullable(live(desired).subsystems().get(s.nqn()))
                    .ifPresent(after -> after.hostKeys()
                            .keySet()
                            .forEach(host -> assertTrue(
                                    !letsInWithout(s, host) || isHeld(plan, s.nqn(), host),
                                    () -> host + " is let in")));
        }
    }

    private static boolean letsInWithout(SubsystemSpec s, Nqn host) {
        return (s.allowAnyHost() || s.hosts().contains(host)) && s.keysOf(host).isEmpty();
    }

    private static boolean isHeld(Plan plan, Nqn nqn, Nqn host) {
        Set<ObjectRef> whole = Set.of(new ObjectRef.Subsystem(nqn), new ObjectRef.Host(nqn, host));
        return plan.pending().stream().anyMatch(p -> whole.contains(p.object()));
    }

    /** A leftover is pending itself, or its subsystem is, or a removal made way for what is. */
    private static boolean isExcused(Change open, Set<ObjectRef> pending) {
        return pending.contains(open.object())
                || switch (open.object()) {
                    case ObjectRef.Namespace n -> pending.contains(new ObjectRef.Subsystem(n.nqn()));
                    case ObjectRef.Host h -> pending.contains(new ObjectRef.Subsystem(h.nqn()));
                    case ObjectRef.HostKeys k -> pending.contains(new ObjectRef.Subsystem(k.nqn()));
                    case ObjectRef.Listener l -> pending.contains(new ObjectRef.Subsystem(l.nqn()));
                    case ObjectRef.Transport _, ObjectRef.Bdev _, ObjectRef.Subsystem _, ObjectRef.Referral _ -> false;
                };
    }

    private static boolean isAddition(Step step, Set<ObjectRef> waiting) {
        return switch (step) {
            case Step.CreateBdev _,
                    Step.CreateTransport _,
                    Step.AddListener _,
                    Step.AddNamespace _,
                    Step.AddReferral _,
                    Step.SetAnaState _,
                    Step.SetAnaGroup _,
                    Step.SetNamespaceHosts _ -> waiting.contains(step.object());
            case Step.SetHostKeys s ->
                waiting.contains(step.object())
                        && s.keys().filter(HostKeys::isUsable).isPresent();
            default -> false;
        };
    }

    private static Map<ObjectRef, String> someOf(Plan plan, long choice) {
        Random random = new Random(choice);
        Map<ObjectRef, String> some = new HashMap<>();
        for (PlanStep step : plan.steps()) {
            boolean canWait = switch (step.step()) {
                // What is made of another bdev waits for that one, and for nothing outside.
                case Step.CreateBdev create -> create.bdev().base().isEmpty();
                case Step.CreateTransport _,
                        Step.AddListener _,
                        Step.AddReferral _,
                        Step.SetAnaState _,
                        Step.SetAnaGroup _,
                        Step.SetHostKeys _,
                        Step.SetNamespaceHosts _ -> true;
                default -> false;
            };
            if (canWait && random.nextInt(4) == 0) {
                some.put(step.step().object(), "ENODEV");
            }
        }
        return some;
    }

    @Property
    void aLostListenerIsOpenedAgainWhereItIsDeclaredAndRemovedWhereItIsNot(
            @ForAll long live, @ForAll long desired, @ForAll long seed) {
        LiveState struck = withLostListeners(live(live), new Random(seed));
        TargetConfig wanted = Configs.of(desired);
        Plan plan = Planner.plan(struck, wanted, SourceMap.EMPTY, 1, Map.of());
        assertEquals(live(desired), ModelTarget.afterwards(plan).config());
        struck.subsystems()
                .forEach((nqn, facts) -> facts.lostListeners().keySet().forEach(address -> {
                    SubsystemSpec after = wanted.subsystems().get(nqn);
                    if (after != null && !isReplaced(plan, nqn)) {
                        ListenerSpec declared = after.listeners().get(address);
                        Step expected = declared == null
                                ? new Step.RemoveListener(nqn, address)
                                : new Step.AddListener(nqn, declared);
                        assertTrue(
                                plan.steps().stream()
                                        .anyMatch(step -> step.step().equals(expected)),
                                expected.toString());
                    }
                }));
    }

    private static boolean isReplaced(Plan plan, Nqn nqn) {
        return plan.steps().stream().anyMatch(step -> step.step().equals(new Step.RemoveSubsystem(nqn)));
    }

    /** Some of the listeners have closed by themselves. */
    private static LiveState withLostListeners(TargetConfig live, Random random) {
        TreeMap<Nqn, SubsystemSpec> subsystems = new TreeMap<>();
        TreeMap<Nqn, LiveState.Subsystem> facts = new TreeMap<>();
        live.subsystems().forEach((nqn, spec) -> {
            TreeMap<TransportAddress, ListenerSpec> kept = new TreeMap<>(spec.listeners());
            kept.keySet().removeIf(address -> random.nextBoolean());
            TreeMap<TransportAddress, ListenerSpec> lost = new TreeMap<>(spec.listeners());
            lost.keySet().removeAll(kept.keySet());
            subsystems.put(nqn, Patch.with(spec, spec.hosts(), spec.hostKeys(), spec.namespaces(), kept));
            facts.put(nqn, new LiveState.Subsystem(LiveState.SubsystemState.ACTIVE, List.of(), lost));
        });
        return new LiveState(new TargetConfig(live.transports(), live.bdevs(), subsystems, live.discovery()), facts);
    }

    @Property
    void theSameInputGivesTheSamePlan(@ForAll long live, @ForAll long desired) {
        assertEquals(plan(live, desired), plan(live, desired));
    }

    @Property
    void thePlanIdDependsOnTheTwoConfigurationsAlone(@ForAll long live, @ForAll long desired) {
        TreeMap<Nqn, LiveState.Subsystem> connected = new TreeMap<>();
        live(live)
                .subsystems()
                .keySet()
                .forEach(
                        nqn -> connected.put(nqn, new LiveState.Subsystem(LiveState.SubsystemState.PAUSED, List.of())));
        SourceMap sources =
                new SourceMap(Map.of(new ObjectRef.Bdev("a"), new SourceMap.Position("/etc/nvmf/other.yaml", 42)));
        Plan other = Planner.plan(new LiveState(live(live), connected), Configs.of(desired), sources, 9, Map.of());
        assertEquals(plan(live, desired).planId(), other.planId());
        assertEquals(
                live(live).equals(live(desired)),
                PlanId.of(live(live), live(live)).equals(PlanId.of(live(live), live(desired))));
    }
}
