package org.nvmftarget.control.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.nvmftarget.model.BdevSpec;
import org.nvmftarget.model.LiveState;
import org.nvmftarget.model.NamespaceSpec;
import org.nvmftarget.model.Nqn;
import org.nvmftarget.model.ObjectRef;
import org.nvmftarget.model.SourceMap;
import org.nvmftarget.model.Step;
import org.nvmftarget.model.SubsystemSpec;
import org.nvmftarget.model.TargetConfig;

/**
 * The rules that hold for every plan, over pairs and chains of specs; a hundred thousand pairs for each rule in the long
 * run. {@link ModelTarget} carries out the steps and throws at what could not be done. Rule 5, on failures, is a property
 * of the executor; rule 6, that held commands are executed in order, one of the data plane ({@code HeldCommandsProperties}).
 */
class PlanRuleProperties {
    private static final int PAIRS = Boolean.getBoolean("long") ? 10 : 1;

    private interface Check {
        void pair(TargetConfig live, TargetConfig desired, Random random);
    }

    private static void pairs(long seed, Check check) {
        Random random = new Random(seed);
        for (int i = 0; i < PAIRS; i++) {
            check.pair(target(random.nextLong()), target(random.nextLong()), random);
        }
    }

    /** As a target would be: it knows nothing of protection. */
    private static TargetConfig target(long seed) {
        return new ModelTarget(Configs.of(seed)).config();
    }

    private static Plan plan(TargetConfig live, TargetConfig desired) {
        return plan(LiveState.EMPTY.withConfig(live), desired);
    }

    private static Plan plan(LiveState live, TargetConfig desired) {
        return Planner.plan(live, desired, SourceMap.EMPTY, 1, Map.of());
    }

    private static List<Step> steps(Plan plan) {
        return plan.steps().stream().map(PlanStep::step).toList();
    }

    @Property
    void rule1APlanReachesWhatIsDesiredAndLeavesNothingToDo(@ForAll long seed) {
        pairs(seed, (live, desired, random) -> {
            TargetConfig result = ModelTarget.afterwards(plan(live, desired)).config();
            assertEquals(desired, result);
            assertEquals(List.of(), steps(plan(result, desired)));
            assertEquals(List.of(), steps(plan(desired, desired)));
        });
    }

    @Property
    void rule1HoldsAlongChainsAndWithPlansThatWereCutShort(@ForAll long seed) {
        pairs(seed, (first, last, random) -> {
            TargetConfig at = first;
            for (int i = 0; i < 4; i++) {
                Plan plan = plan(at, target(random.nextLong()));
                ModelTarget target = new ModelTarget(at);
                int done = random.nextInt(plan.steps().size() + 1);
                plan.steps().subList(0, done).forEach(step -> target.apply(step.step()));
                at = target.config();
            }
            assertEquals(last, ModelTarget.afterwards(plan(at, last)).config());
        });
    }

    @Property
    void rule2OnePauseAndOneResumeASubsystemWhoeverIsConnected(@ForAll long seed) {
        pairs(seed, (live, desired, random) -> {
            Plan quiet = plan(live, desired);
            Map<Nqn, Integer> pauses = new HashMap<>();
            for (Step step : steps(quiet)) {
                if (step instanceof Step.PauseSubsystem p) {
                    assertEquals(1, pauses.merge(p.nqn(), 1, Integer::sum), "a second pause");
                } else if (step instanceof Step.ResumeSubsystem r) {
                    assertEquals(0, pauses.merge(r.nqn(), -1, Integer::sum), "a resume without a pause");
                    pauses.put(r.nqn(), 1 << 20);
                }
            }
            assertTrue(pauses.values().stream().allMatch(n -> n == 1 << 20), "a pause without a resume");
            assertEquals(steps(quiet), steps(plan(crowded(live, random), desired)));
        });
    }

    /** Hosts are connected everywhere, and have written. */
    private static LiveState crowded(TargetConfig live, Random random) {
        TreeMap<Nqn, LiveState.Subsystem> facts = new TreeMap<>();
        for (SubsystemSpec s : live.subsystems().values()) {
            List<LiveState.Controller> controllers = new ArrayList<>();
            s.listeners().keySet().forEach(address -> {
                if (random.nextInt(3) > 0) {
                    Nqn host = new Nqn("nqn.2026-11.org.example:host" + random.nextInt(3));
                    controllers.add(new LiveState.Controller(
                            controllers.size() + 1,
                            host,
                            "0".repeat(32),
                            address,
                            List.of(),
                            new TreeSet<>(s.namespaces().keySet())));
                }
            });
            facts.put(s.nqn(), new LiveState.Subsystem(LiveState.SubsystemState.ACTIVE, controllers));
        }
        return new LiveState(live, facts);
    }

    @Property
    void rule3WhatIsUsedComesBeforeItsUserAndNothingIsReachableHalfConfigured(@ForAll long seed) {
        pairs(seed, (live, desired, random) -> {
            ModelTarget target = new ModelTarget(live);
            Set<Nqn> openedByPlan = new HashSet<>();
            for (Step step : steps(plan(live, desired))) {
                target.apply(step); // throws if something that the step uses is not there, or in use elsewhere
                if (step instanceof Step.AddListener l && !l.nqn().equals(Nqn.DISCOVERY)) {
                    openedByPlan.add(l.nqn());
                }
                for (Nqn nqn : openedByPlan) {
                    assertEquals(contents(desired, nqn), contents(target.config(), nqn), () -> "after " + step);
                }
            }
        });
    }

    private static List<Object> contents(TargetConfig config, Nqn nqn) {
        SubsystemSpec s = config.subsystems().get(nqn);
        return s == null ? List.of() : List.of(s.allowAnyHost(), s.hosts(), s.namespaces());
    }

    @Property
    void rule4WhatIsEqualIsNeverTouchedAndItsHostsNeverNotice(@ForAll long seed) {
        pairs(seed, (live, desired, random) -> {
            Set<Nqn> untouched = new HashSet<>();
            live.subsystems().forEach((nqn, s) -> {
                if (s.equals(desired.subsystems().get(nqn)) && sameBdevs(s, live, desired)) {
                    untouched.add(nqn);
                }
            });
            LiveState crowd = crowded(live, random);
            for (PlanStep step : plan(crowd, desired).steps()) {
                subsystemOf(step.step()).ifPresent(nqn -> {
                    assertTrue(!untouched.contains(nqn), () -> step + " touches what is equal");
                    Set<Nqn> connected = new HashSet<>();
                    crowd.subsystems()
                            .getOrDefault(nqn, new LiveState.Subsystem(LiveState.SubsystemState.ACTIVE, List.of()))
                            .controllers()
                            .forEach(c -> connected.add(c.host()));
                    assertTrue(connected.containsAll(step.hosts()), () -> step + " names who is not connected");
                });
            }
        });
    }

    private static boolean sameBdevs(SubsystemSpec s, TargetConfig live, TargetConfig desired) {
        for (NamespaceSpec ns : s.namespaces().values()) {
            BdevSpec before = live.bdevs().get(ns.bdev());
            if (before == null || !before.equals(desired.bdevs().get(ns.bdev()))) {
                return false;
            }
        }
        return true;
    }

    private static Optional<Nqn> subsystemOf(Step step) {
        return switch (step.object()) {
            case ObjectRef.Subsystem s -> Optional.of(s.nqn());
            case ObjectRef.Namespace n -> Optional.of(n.nqn());
            case ObjectRef.Host h -> Optional.of(h.nqn());
            case ObjectRef.HostKeys k -> Optional.of(k.nqn());
            case ObjectRef.Listener l -> Optional.of(l.nqn()).filter(nqn -> !nqn.equals(Nqn.DISCOVERY));
            case ObjectRef.Transport _, ObjectRef.Bdev _, ObjectRef.Referral _ -> Optional.empty();
        };
    }
}
