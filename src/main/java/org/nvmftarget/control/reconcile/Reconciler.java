package org.nvmftarget.control.reconcile;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.nvmftarget.control.admit.AcceptedSpec;
import org.nvmftarget.control.admit.ProbedPlan;
import org.nvmftarget.control.plan.Change;
import org.nvmftarget.control.plan.Pending;
import org.nvmftarget.control.plan.Plan;
import org.nvmftarget.control.plan.Planner;
import org.nvmftarget.model.LiveState;
import org.nvmftarget.model.LiveState.SubsystemState;
import org.nvmftarget.model.Nqn;
import org.nvmftarget.model.ObjectRef;
import org.nvmftarget.model.Step;
import org.nvmftarget.model.StepResult;
import org.nvmftarget.model.TargetControl;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One pass after another from live to accepted. It knows no timer: {@link ControlLoop} says when and why. One thread.
 */
final class Reconciler {
    private static final Logger LOG = LoggerFactory.getLogger(Reconciler.class);

    private final TargetControl control;
    private final JournalEntries journal;
    private final StatusBoard board;
    private final LongSupplier nanoTime;
    private final Consumer<Plan> onPlan;
    private final BooleanSupplier stopping;
    private final Backoff backoff;
    private final Holds holds;

    private boolean passedOnce;
    private int brokenPasses;
    private OptionalLong brokenDueNs = OptionalLong.empty();
    private String lastFailedPlan = "";
    private List<Pending> told = List.of();

    /**
     * @param nanoTime the clock for durations and back-off
     * @param onPlan hears of the first pass's plan and of each plan that was applied, after it was
     * @param stopping whether the program is ending: no step but a resume is begun any more
     */
    Reconciler(
            TargetControl control,
            JournalEntries journal,
            StatusBoard board,
            LongSupplier nanoTime,
            Backoff backoff,
            Consumer<Plan> onPlan,
            BooleanSupplier stopping) {
        this.control = control;
        this.journal = journal;
        this.board = board;
        this.nanoTime = nanoTime;
        this.backoff = backoff;
        this.holds = new Holds(backoff);
        this.onPlan = onPlan;
        this.stopping = stopping;
    }

    /** Makes live what {@code accepted} says, as far as it can be. */
    void pass(Trigger trigger, AcceptedSpec accepted) {
        try {
            tryPass(trigger, accepted);
            brokenPasses = 0;
            brokenDueNs = OptionalLong.empty();
        } catch (RuntimeException e) {
            brokenPasses++;
            brokenDueNs = OptionalLong.of(nanoTime.getAsLong() + backoff.delayNs(brokenPasses));
            LOG.error("a pass ended with an exception; it is tried again", e);
            board.passed(new PassResult(
                    accepted.generation(),
                    false,
                    List.of(),
                    List.of("internal error: " + e),
                    Map.of(),
                    Optional.empty()));
        }
    }

    /** How long until something that backs off is due, in nanoseconds; empty if nothing does. */
    OptionalLong retryInNs() {
        long nowNs = nanoTime.getAsLong();
        OptionalLong held = holds.nextDueInNs(nowNs);
        if (brokenDueNs.isEmpty()) {
            return held;
        }
        long brokenNs = brokenDueNs.getAsLong() - nowNs;
        return OptionalLong.of(held.isEmpty() ? brokenNs : Math.min(brokenNs, held.getAsLong()));
    }

    private void tryPass(Trigger trigger, AcceptedSpec accepted) {
        long startNs = nanoTime.getAsLong();
        if (trigger == Trigger.EDIT || trigger == Trigger.BOOT) {
            holds.clear();
        }
        List<Execution.Failure> stuck = resumeForgotten(accepted);
        Map<ObjectRef, String> held = trigger.endsBackoff() ? Map.of() : holds.notDue(startNs);
        ProbedPlan probed = ProbedPlan.of(control, control.snapshot(), accepted, held);
        Plan plan = probed.plan();
        Execution execution = Execution.NOTHING;
        if (plan.hasChanges()) {
            board.applying(healing(trigger, plan));
            execution = Executor.run(control, plan, accepted.state().reconcile().pauseTimeout(), nanoTime, stopping);
        }
        List<Execution.Failure> failures = new ArrayList<>(stuck);
        failures.addAll(execution.failures());
        holds.update(waiting(probed, execution), failures, trigger.endsBackoff(), startNs, nanoTime.getAsLong());
        List<Pending> pending = Away.with(verify(accepted, plan), control.snapshot());
        report(trigger, plan, execution, pending, (nanoTime.getAsLong() - startNs) / 1000);
    }

    /** What a pass that no edit asked for corrects, in words; empty for one that an edit asked for. */
    private static Optional<String> healing(Trigger trigger, Plan plan) {
        int objects = plan.changes().size();
        return trigger == Trigger.EDIT || trigger == Trigger.BOOT
                ? Optional.empty()
                : Optional.of(objects + (objects == 1 ? " object differs" : " objects differ")
                        + " from what is declared, the" + " first is "
                        + plan.changes().stream()
                                .findFirst()
                                .map(c -> c.object().toString())
                                .orElse("none"));
    }

    private static Map<ObjectRef, String> waiting(ProbedPlan probed, Execution execution) {
        Map<ObjectRef, String> waiting = new HashMap<>(execution.waiting());
        probed.waiting().forEach((object, found) -> waiting.put(object, found.message()));
        return waiting;
    }

    /** Nobody but a plan pauses, and no plan is under way: what is paused was not resumed when it should have been. */
    private List<Execution.Failure> resumeForgotten(AcceptedSpec accepted) {
        List<Execution.Failure> failures = new ArrayList<>();
        for (Map.Entry<Nqn, LiveState.Subsystem> entry :
                control.snapshot().subsystems().entrySet()) {
            if (entry.getValue().state() == SubsystemState.PAUSED) {
                Step resume = new Step.ResumeSubsystem(entry.getKey());
                StepResult result =
                        control.apply(resume, accepted.state().reconcile().pauseTimeout());
                if (result instanceof StepResult.Done) {
                    LOG.warn("{} was still paused; it is resumed", entry.getKey());
                } else {
                    failures.add(new Execution.Failure(
                            resume.object(), Set.of(), "resume_subsystem " + resume.object() + " failed: " + result));
                }
            }
        }
        return failures;
    }

    /**
     * Looks again with the same Differ. What still differs and is not known to wait or to have failed is a failure of
     * its own.
     *
     * @return what is pending
     */
    private List<Pending> verify(AcceptedSpec accepted, Plan applied) {
        if (stopping.getAsBoolean()) {
            return applied.pending();
        }
        LiveState live = control.snapshot();
        long nowNs = nanoTime.getAsLong();
        Plan rest = planAgain(live, accepted, holds.all());
        for (Change change : rest.hasChanges() ? rest.changes() : List.<Change>of()) {
            ObjectRef object = change.object();
            if (!holds.isFailing(object)) {
                String message = object + " still differs from what is declared after the plan was applied";
                LOG.warn(message);
                holds.fail(object, message, holds.attempts(object) + 1, nowNs);
            }
        }
        return holds.hasFailures() ? planAgain(live, accepted, holds.waiting()).pending() : rest.pending();
    }

    private static Plan planAgain(LiveState live, AcceptedSpec accepted, Map<ObjectRef, String> held) {
        return Planner.plan(live, accepted.state().target(), accepted.sources(), accepted.generation(), held);
    }

    private void report(Trigger trigger, Plan plan, Execution execution, List<Pending> pending, long durationUs) {
        boolean cutShort = stopping.getAsBoolean() && !execution.isWhole();
        boolean converged = !holds.hasFailures() && !cutShort;
        tell(pending);
        boolean applied = plan.hasChanges();
        Optional<String> line =
                applied ? Optional.of(line(trigger, plan, execution, converged, durationUs)) : Optional.empty();
        if (applied && isNews(trigger, plan, converged)) {
            LOG.info("{}", line.get());
            journal.plan(plan, trigger, execution, converged, holds.failures(), durationUs);
        }
        if (applied && converged && trigger != Trigger.EDIT && trigger != Trigger.BOOT) {
            journal.healed(plan, trigger);
        }
        board.passed(
                new PassResult(plan.acceptedGeneration(), converged, pending, holds.failures(), holds.failing(), line));
        if (applied || !passedOnce) {
            passedOnce = true;
            onPlan.accept(plan);
        }
    }

    /** Says once of each object that it waits, and what for: whoever started the program sees it without asking. */
    private void tell(List<Pending> pending) {
        for (Pending waiting : pending) {
            if (!told.contains(waiting)) {
                LOG.warn("{} is pending: {}", waiting.object(), waiting.reason());
            }
        }
        told = pending;
    }

    /** A retry that failed as the one before is none. */
    private boolean isNews(Trigger trigger, Plan plan, boolean converged) {
        String failed = converged ? "" : plan.planId() + holds.failures();
        boolean same = failed.equals(lastFailedPlan) && !converged && trigger != Trigger.EDIT;
        lastFailedPlan = failed;
        return !same;
    }

    private static String line(Trigger trigger, Plan plan, Execution execution, boolean converged, long durationUs) {
        long done = execution.runs().stream()
                .filter(run -> run.outcome() == StepRun.Outcome.DONE)
                .count();
        return "generation " + plan.acceptedGeneration() + " (" + trigger.key() + "): " + done + " of "
                + execution.runs().size() + " steps done in " + durationUs / 1000 + " ms, "
                + (converged ? "converged" : "not converged");
    }
}
