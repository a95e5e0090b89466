package org.nvmftarget.control.reconcile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.function.Consumer;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.nvmftarget.control.plan.Plan;
import org.nvmftarget.control.plan.PlanStep;
import org.nvmftarget.control.plan.Planner;
import org.nvmftarget.model.LiveState;
import org.nvmftarget.model.Nqn;
import org.nvmftarget.model.ObjectRef;
import org.nvmftarget.model.SourceMap;
import org.nvmftarget.model.Step;
import org.nvmftarget.model.StepResult;
import org.nvmftarget.model.SubsystemSpec;
import org.nvmftarget.model.TargetConfig;

/** Rule 5 of every plan: one step fails, and what has nothing to do with it does not notice. */
class FailureProperties {
    private static final int PAIRS = Boolean.getBoolean("long") ? 10 : 1;

    /** One plan with one fault, carried out. */
    private record Run(Plan plan, int failed, FakeTarget target) {

        static Run of(Random random) {
            TargetConfig live = config(random);
            TargetConfig desired = config(random);
            FakeTarget target = new FakeTarget();
            plan(TargetConfig.EMPTY, live).steps().forEach(step -> target.meddle(step.step()));
            assertEquals(live, target.config());
            Plan plan = plan(live, desired);
            List<Integer> places = new ArrayList<>();
            for (PlanStep step : plan.steps()) {
                if (!(step.step() instanceof Step.ResumeSubsystem)) {
                    places.add(step.number() - 1);
                }
            }
            int failed = places.isEmpty() ? -1 : places.get(random.nextInt(places.size()));
            Step culprit = failed < 0 ? null : plan.steps().get(failed).step();
            boolean[] struck = new boolean[1];
            target.fault = step -> {
                boolean hit = !struck[0] && step.equals(culprit);
                struck[0] |= hit;
                return hit ? new StepResult.Failed("injected") : null;
            };
            Executor.run(target, plan, Duration.ofSeconds(1), () -> 0, () -> false);
            return new Run(plan, failed, target);
        }

        private static TargetConfig config(Random random) {
            return unprotected(Texts.read(RandomSpecs.text(random)).target());
        }

        private static Plan plan(TargetConfig live, TargetConfig desired) {
            return Planner.plan(LiveState.EMPTY.withConfig(live), desired, SourceMap.EMPTY, 1, Map.of());
        }

        /** The names of subsystems, bdevs and addresses that could have to do with the step that failed. */
        Set<Object> concerned() {
            Set<Object> all =
                    new HashSet<>(names(plan.steps().get(failed).step().object()));
            int before = -1;
            while (before != all.size()) {
                before = all.size();
                for (TargetConfig config : List.of(plan.live(), plan.desired())) {
                    for (SubsystemSpec s : config.subsystems().values()) {
                        Set<Object> own = names(s);
                        if (own.stream().anyMatch(all::contains)) {
                            all.addAll(own);
                        }
                    }
                }
            }
            return all;
        }

        private static Set<Object> names(SubsystemSpec s) {
            Set<Object> names = new HashSet<>(s.listeners().keySet());
            names.add(s.nqn());
            s.namespaces().values().forEach(ns -> names.add(ns.bdev()));
            return names;
        }

        private Set<Object> names(ObjectRef object) {
            return switch (object) {
                case ObjectRef.Subsystem s -> Set.of(s.nqn());
                case ObjectRef.Namespace n -> Set.of(n.nqn());
                case ObjectRef.Host h -> Set.of(h.nqn());
                case ObjectRef.HostKeys k -> Set.of(k.nqn());
                case ObjectRef.Listener l -> Set.of(l.nqn());
                case ObjectRef.Bdev b -> Set.of(b.name());
                case ObjectRef.Transport t -> {
                    // Every listener stands on it.
                    Set<Object> all = new HashSet<>(Set.of(t.trtype()));
                    plan.live().subsystems().values().forEach(s -> all.addAll(names(s)));
                    plan.desired().subsystems().values().forEach(s -> all.addAll(names(s)));
                    yield all;
                }
                case ObjectRef.Referral r -> Set.of(r.address());
            };
        }

        boolean isOf(Set<Object> concerned, Step step) {
            return names(step.object()).stream().anyMatch(concerned::contains);
        }
    }

    private static TargetConfig unprotected(TargetConfig config) {
        FakeTarget target = new FakeTarget();
        Run.plan(TargetConfig.EMPTY, config).steps().forEach(step -> target.meddle(step.step()));
        return target.config();
    }

    private static void runs(long seed, Consumer<Run> check) {
        Random random = new Random(seed);
        for (int i = 0; i < PAIRS; i++) {
            Run run = Run.of(random);
            if (run.failed() >= 0) {
                check.accept(run);
            }
        }
    }

    @Property
    void rule5AFailureStaysApart(@ForAll long seed) {
        runs(seed, run -> {
            Set<Object> concerned = run.concerned();
            TargetConfig now = run.target().config();
            Set<Nqn> all = new HashSet<>(run.plan().live().subsystems().keySet());
            all.addAll(run.plan().desired().subsystems().keySet());
            for (Nqn nqn : all) {
                if (!concerned.contains(nqn)) {
                    assertEquals(
                            run.plan().desired().subsystems().get(nqn),
                            now.subsystems().get(nqn),
                            () -> nqn + " has nothing to do with "
                                    + run.plan().steps().get(run.failed()));
                }
            }
        });
    }

    @Property
    void rule5NothingStaysPaused(@ForAll long seed) {
        runs(seed, run -> assertFalse(run.target().isAnyPaused()));
    }

    @Property
    void rule5WhatHasOnlyAddedIsTakenBack(@ForAll long seed) {
        runs(seed, run -> {
            Set<Object> concerned = run.concerned();
            boolean onlyAdded = run.plan().steps().subList(0, run.failed()).stream()
                    .map(PlanStep::step)
                    .filter(step -> run.isOf(concerned, step))
                    .allMatch(FailureProperties::adds);
            boolean isOfSubsystem = run.plan().steps().get(run.failed()).step().object() instanceof ObjectRef.Listener
                    || run.plan().steps().get(run.failed()).step().object() instanceof ObjectRef.Namespace;
            if (onlyAdded && isOfSubsystem) {
                Nqn nqn = nqn(run.plan().steps().get(run.failed()).step());
                assertEquals(
                        run.plan().live().subsystems().get(nqn),
                        run.target().config().subsystems().get(nqn),
                        () -> run.plan().steps().get(run.failed()) + " failed");
            }
        });
    }

    private static Nqn nqn(Step step) {
        return switch (step.object()) {
            case ObjectRef.Listener l -> l.nqn();
            case ObjectRef.Namespace n -> n.nqn();
            default -> throw new AssertionError(Objects.toString(step));
        };
    }

    private static boolean adds(Step step) {
        return step instanceof Step.CreateBdev
                || step instanceof Step.CreateSubsystem
                || step instanceof Step.AddHost
                || step instanceof Step.AddNamespace
                || step instanceof Step.AddListener
                || step instanceof Step.PauseSubsystem
                || (step instanceof Step.SetAllowAnyHost s && s.allow());
    }
}
