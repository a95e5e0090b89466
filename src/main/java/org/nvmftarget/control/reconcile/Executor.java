package org.nvmftarget.control.reconcile;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import org.nvmftarget.control.plan.Plan;
import org.nvmftarget.control.plan.PlanStep;
import org.nvmftarget.model.LiveState.SubsystemState;
import org.nvmftarget.model.Nqn;
import org.nvmftarget.model.ObjectRef;
import org.nvmftarget.model.Step;
import org.nvmftarget.model.StepResult;
import org.nvmftarget.model.TargetControl;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries out one plan, step by step. A step that waits for the outside makes its object pending and what depends on it
 * is left out. A step that fails ends its unit: what the unit added is taken back while its subsystems are still
 * paused, unless something of it is gone for good already; then it stays as far as it came, for the next pass to go on.
 * Other units never notice. Whatever happens, what was paused is resumed.
 *
 * <p>One object per plan, on one thread.
 */
final class Executor {
    private static final Logger LOG = LoggerFactory.getLogger(Executor.class);
    private static final int RESUME_ATTEMPTS = 3;

    private final TargetControl control;
    private final Plan plan;
    private final Duration pauseTimeout;
    private final LongSupplier nanoTime;
    private final BooleanSupplier stopping;
    private final StepUnits units;

    private final List<StepRun> runs = new ArrayList<>();
    private final List<StepRun> undone = new ArrayList<>();
    private final Map<ObjectRef, String> waiting = new HashMap<>();
    private final List<Execution.Failure> failures = new ArrayList<>();
    private final Set<Object> failedUnits = new HashSet<>();
    private final Set<ObjectRef> missing = new HashSet<>();
    private final Set<Nqn> paused = new LinkedHashSet<>();

    private Executor(
            TargetControl control, Plan plan, Duration pauseTimeout, LongSupplier nanoTime, BooleanSupplier stopping) {
        this.control = control;
        this.plan = plan;
        this.pauseTimeout = pauseTimeout;
        this.nanoTime = nanoTime;
        this.stopping = stopping;
        this.units = StepUnits.of(plan);
    }

    /**
     * Carries out {@code plan}.
     *
     * @param pauseTimeout bounds each pause's drain
     * @param nanoTime the clock for durations
     * @param stopping whether nothing new shall be begun; resumes still are
     */
    static Execution run(
            TargetControl control, Plan plan, Duration pauseTimeout, LongSupplier nanoTime, BooleanSupplier stopping) {
        return new Executor(control, plan, pauseTimeout, nanoTime, stopping).runAll();
    }

    private Execution runAll() {
        try {
            plan.steps().forEach(planned -> runs.add(runOne(planned.step())));
        } finally {
            // The plan resumes what it pauses; this is for a plan that forgot.
            for (Nqn nqn : List.copyOf(paused)) {
                undone.add(resume(new Step.ResumeSubsystem(nqn)));
            }
        }
        return new Execution(runs, undone, waiting, failures);
    }

    private StepRun runOne(Step step) {
        if (step instanceof Step.ResumeSubsystem resume) {
            return paused.contains(resume.nqn()) ? resume(resume) : skipped(step, "it is not paused");
        }
        if (stopping.getAsBoolean()) {
            return skipped(step, "the program is ending");
        }
        if (failedUnits.contains(units.unit(step))) {
            return skipped(step, "another step of its unit failed");
        }
        Optional<ObjectRef> needed =
                Needs.of(step).stream().filter(missing::contains).findFirst();
        if (needed.isPresent()) {
            return skipped(step, "it needs " + needed.get());
        }
        StepRun run = apply(step);
        switch (run.outcome()) {
            case DONE -> {
                if (step instanceof Step.PauseSubsystem pause) {
                    paused.add(pause.nqn());
                }
            }
            case WAITING -> {
                waiting.put(step.object(), run.message());
                missing.add(step.object());
            }
            case FAILED -> fail(step, run.message());
            case SKIPPED -> throw new IllegalStateException("an applied step is not skipped: " + step);
        }
        return run;
    }

    private void fail(Step step, String message) {
        Object unit = units.unit(step);
        failedUnits.add(unit);
        missing.add(step.object());
        if (step instanceof Step.PauseSubsystem pause && !isServing(pause.nqn())) {
            paused.add(pause.nqn());
        }
        List<Step> done = runs.stream()
                .filter(run -> run.outcome() == StepRun.Outcome.DONE)
                .map(StepRun::step)
                .filter(s -> units.unit(s).equals(unit) && !Undo.isPauseOrResume(s))
                .toList();
        String fate;
        if (done.isEmpty()) {
            fate = "nothing else of its unit was begun";
        } else if (done.stream().anyMatch(s -> Undo.isDestructive(s, plan.live()))) {
            fate = "its unit stays as far as it came, and goes on when it is retried";
        } else {
            fate = undo(done) ? "its unit was taken back" : "its unit could not be taken back whole";
        }
        String what = step.action() + " " + step.object() + " failed: " + message;
        LOG.warn("{}; {}", what, fate);
        failures.add(new Execution.Failure(step.object(), objects(unit), what + "; " + fate));
    }

    /** The objects that the unit's steps are about, without a subsystem that it only pauses. */
    private Set<ObjectRef> objects(Object unit) {
        Set<ObjectRef> objects = new HashSet<>();
        for (PlanStep planned : plan.steps()) {
            Step step = planned.step();
            if (!Undo.isPauseOrResume(step) && units.unit(step).equals(unit)) {
                objects.add(step.object());
            }
        }
        return objects;
    }

    private boolean undo(List<Step> done) {
        // A subsystem that the plan created takes its parts with it.
        Set<Nqn> created = new HashSet<>();
        for (Step step : done) {
            if (step instanceof Step.CreateSubsystem create) {
                created.add(create.nqn());
            }
        }
        boolean whole = true;
        for (Step step : done.reversed()) {
            if (isPartOf(step.object(), created)) {
                continue;
            }
            StepRun run = apply(Undo.of(step, plan.live()).orElseThrow());
            undone.add(run);
            if (run.outcome() != StepRun.Outcome.DONE) {
                LOG.error("{} {} could not be taken back: {}", step.action(), step.object(), run.message());
                whole = false;
            }
        }
        return whole;
    }

    private static boolean isPartOf(ObjectRef object, Set<Nqn> subsystems) {
        return switch (object) {
            case ObjectRef.Transport _, ObjectRef.Bdev _, ObjectRef.Subsystem _, ObjectRef.Referral _ -> false;
            case ObjectRef.Namespace n -> subsystems.contains(n.nqn());
            case ObjectRef.Host h -> subsystems.contains(h.nqn());
            case ObjectRef.HostKeys k -> subsystems.contains(k.nqn());
            case ObjectRef.Listener l -> subsystems.contains(l.nqn());
        };
    }

    private StepRun resume(Step.ResumeSubsystem step) {
        StepRun run = apply(step);
        for (int i = 1; i < RESUME_ATTEMPTS && run.outcome() != StepRun.Outcome.DONE; i++) {
            run = apply(step);
        }
        if (run.outcome() == StepRun.Outcome.DONE) {
            paused.remove(step.nqn());
            return run;
        }
        paused.remove(step.nqn());
        String message = "resume_subsystem " + step.object() + " failed " + RESUME_ATTEMPTS + " times: " + run.message()
                + "; it is tried again until it succeeds";
        LOG.error(message);
        failures.add(new Execution.Failure(step.object(), Set.of(), message));
        return new StepRun(step, StepRun.Outcome.FAILED, run.message(), run.durationUs());
    }

    private StepRun apply(Step step) {
        long startNs = nanoTime.getAsLong();
        StepResult result;
        try {
            result = control.apply(step, pauseTimeout);
        } catch (RuntimeException e) {
            LOG.error("{} {} ended with an exception", step.action(), step.object(), e);
            result = new StepResult.Failed("internal error: " + e);
        }
        long durationUs = (nanoTime.getAsLong() - startNs) / 1000;
        return switch (result) {
            case StepResult.Done _ -> new StepRun(step, StepRun.Outcome.DONE, "", durationUs);
            case StepResult.Waiting(String errno, String message) ->
                Undo.isPauseOrResume(step)
                        ? new StepRun(step, StepRun.Outcome.FAILED, errno + ": " + message, durationUs)
                        : new StepRun(step, StepRun.Outcome.WAITING, message, durationUs);
            case StepResult.Failed(String message) -> new StepRun(step, StepRun.Outcome.FAILED, message, durationUs);
        };
    }

    private static StepRun skipped(Step step, String why) {
        return new StepRun(step, StepRun.Outcome.SKIPPED, why, 0);
    }

    /** After a pause that failed: whether it was taken back, as it should be. */
    private boolean isServing(Nqn nqn) {
        return !isPaused(control, nqn);
    }

    /** Whether the subsystem is paused, or on the way to it. */
    static boolean isPaused(TargetControl control, Nqn nqn) {
        var facts = control.snapshot().subsystems().get(nqn);
        return facts != null && (facts.state() == SubsystemState.PAUSED || facts.state() == SubsystemState.PAUSING);
    }
}
