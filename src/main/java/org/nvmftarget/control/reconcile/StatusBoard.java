package org.nvmftarget.control.reconcile;

import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.nvmftarget.control.admit.AcceptedSpec;
import org.nvmftarget.control.admit.Candidate;
import org.nvmftarget.control.plan.Pending;
import org.nvmftarget.control.plan.Refusal;

/** Puts together what admission and the reconciler know. Safe on every thread; holds its lock only to copy. */
final class StatusBoard {
    private final InstantSource clock;
    private final Map<Condition.Type, Condition> conditions = new EnumMap<>(Condition.Type.class);
    private @Nullable AcceptedSpec accepted;
    private @Nullable Candidate candidate;
    private @Nullable PassResult pass;
    private long convergedGeneration;
    private boolean applying;
    private Optional<String> drift = Optional.empty();
    private Optional<String> lastPlan = Optional.empty();

    StatusBoard(InstantSource clock) {
        this.clock = clock;
    }

    synchronized Optional<AcceptedSpec> accepted() {
        return Optional.ofNullable(accepted);
    }

    synchronized void accepted(AcceptedSpec spec) {
        accepted = spec;
        refresh();
    }

    synchronized void judged(Candidate judged) {
        candidate = judged;
        refresh();
    }

    /**
     * A plan is being applied.
     *
     * @param drift what it corrects, if nobody has edited anything
     */
    synchronized void applying(Optional<String> drift) {
        applying = true;
        this.drift = drift;
        refresh();
    }

    synchronized void passed(PassResult result) {
        applying = false;
        pass = result;
        if (result.converged()) {
            convergedGeneration = result.generation();
        }
        result.lastPlan().ifPresent(line -> lastPlan = Optional.of(line));
        refresh();
    }

    synchronized Optional<PassResult> lastPass() {
        return Optional.ofNullable(pass);
    }

    /** Whether live is on its way to what is accepted. */
    synchronized boolean isApplying() {
        return isOnItsWay();
    }

    private boolean isOnItsWay() {
        return accepted == null || pass == null || applying || pass.generation() != accepted.generation();
    }

    synchronized TargetStatus status() {
        return new TargetStatus(
                accepted == null ? 0 : accepted.generation(),
                accepted == null ? "" : accepted.contentHash(),
                convergedGeneration,
                new ArrayList<>(conditions.values()),
                pass == null ? List.of() : pass.pending(),
                pass == null ? List.of() : pass.failures(),
                Optional.ofNullable(candidate),
                lastPlan);
    }

    private void refresh() {
        ready();
        converged();
        degraded();
        refused();
    }

    private void ready() {
        if (pass == null) {
            set(Condition.Type.READY, false, "Starting", "the accepted spec has not been applied yet");
        } else {
            set(Condition.Type.READY, true, "Applied", "");
        }
    }

    private void converged() {
        Condition.Type type = Condition.Type.CONVERGED;
        if (applying && drift.isPresent()) {
            set(type, false, "Drifted", drift.get());
        } else if (pass == null || isOnItsWay()) {
            set(type, false, "Reconciling", "the target is becoming what is accepted");
        } else if (pass.converged()) {
            int pending = pass.pending().size();
            set(type, true, "AsDeclared", pending == 0 ? "" : pending + " pending aside");
        } else {
            set(type, false, "StepsFailed", String.join("; ", pass.failures()));
        }
    }

    private void degraded() {
        List<String> messages = new ArrayList<>();
        String reason = "Sound";
        if (candidate != null && candidate.outcome() == Candidate.Outcome.INVALID) {
            reason = "InvalidSpec";
            int problems = candidate.problems().size();
            messages.add("the file has " + problems + (problems == 1 ? " problem" : " problems")
                    + "; what was accepted before is served");
        }
        if (pass != null && !pass.pending().isEmpty()) {
            reason = "Pending";
            messages.add(pass.pending().stream().map(StatusBoard::text).collect(Collectors.joining("; ")));
        }
        if (pass != null && !pass.failures().isEmpty()) {
            reason = "StepsFailed";
            messages.add(String.join("; ", pass.failures()));
        }
        set(Condition.Type.DEGRADED, !messages.isEmpty(), reason, String.join("; ", messages));
    }

    private static String text(Pending pending) {
        return pending.object() + " is pending: " + pending.reason();
    }

    private void refused() {
        if (candidate == null || candidate.outcome() != Candidate.Outcome.REFUSED) {
            set(Condition.Type.REFUSED, false, "NotRefused", "");
            return;
        }
        List<Refusal> refusals = candidate.refusals();
        String message = refusals.stream().map(Refusal::message).collect(Collectors.joining("; "));
        boolean approvable = refusals.stream().allMatch(Refusal::approvable);
        String consent = approvable && candidate.planId().isPresent()
                ? "; to consent: nvmf-target approve " + candidate.planId().get()
                : "";
        String stale = candidate.staleConsent() ? "the plan has changed since it was approved; " : "";
        set(Condition.Type.REFUSED, true, stale.isEmpty() ? "Guarded" : "ConsentIsStale", stale + message + consent);
    }

    private void set(Condition.Type type, boolean status, String reason, String message) {
        Condition before = conditions.get(type);
        Instant since = before != null && before.status() == status ? before.since() : clock.instant();
        long generation = accepted == null ? 0 : accepted.generation();
        conditions.put(type, new Condition(type, status, generation, reason, message, since));
    }
}
