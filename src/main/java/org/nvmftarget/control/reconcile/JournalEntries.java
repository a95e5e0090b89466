package org.nvmftarget.control.reconcile;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.nvmftarget.control.admit.AcceptedSpec;
import org.nvmftarget.control.admit.Candidate;
import org.nvmftarget.control.plan.Pending;
import org.nvmftarget.control.plan.Plan;
import org.nvmftarget.control.plan.Refusal;
import org.nvmftarget.control.render.ProblemJson;
import org.nvmftarget.control.render.SpecDiff;
import org.nvmftarget.control.render.StepJson;
import org.nvmftarget.model.DesiredState;
import org.nvmftarget.model.TargetConfig;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The journal's entries; the package's documentation lists them. */
final class JournalEntries {
    /** Of the diff of an admission: the whole text is in the state folder. */
    private static final int MOST_DIFF_CHARS = 16 << 10;

    private static final DesiredState NOTHING = new DesiredState(
            TargetConfig.EMPTY, DesiredState.Reconcile.DEFAULTS, DesiredState.Log.DEFAULTS, DesiredState.Rpc.DEFAULTS);

    private final Journal journal;

    JournalEntries(Journal journal) {
        this.journal = journal;
    }

    void start(Path specFile) {
        journal.write("start", entry -> entry.put("spec_file", specFile.toString()));
    }

    void stop() {
        journal.write("stop", entry -> {});
    }

    /** @param trigger {@code boot}, {@code edit} or {@code approve} */
    void accepted(AcceptedSpec spec, Optional<AcceptedSpec> before, String trigger) {
        DesiredState was = before.map(AcceptedSpec::state).orElse(NOTHING);
        journal.write(
                "accepted",
                entry -> entry.put("generation", spec.generation())
                        .put("content_hash", spec.contentHash())
                        .put("trigger", trigger)
                        .put("diff", SpecDiff.between(was, spec.state(), MOST_DIFF_CHARS)));
    }

    void judged(Candidate candidate) {
        switch (candidate.outcome()) {
            case INVALID ->
                journal.write("invalid", entry -> {
                    entry.put("content_hash", candidate.contentHash());
                    entry.set("problems", ProblemJson.node(candidate.problems()));
                });
            case REFUSED ->
                journal.write("refused", entry -> {
                    entry.put("content_hash", candidate.contentHash());
                    candidate.planId().ifPresent(id -> entry.put("plan_id", id));
                    entry.put("stale_consent", candidate.staleConsent());
                    ArrayNode refusals = entry.putArray("refusals");
                    candidate.refusals().forEach(refusal -> add(refusals.addObject(), refusal));
                });
            case ACCEPTED, SETTLING -> {}
        }
    }

    void plan(
            Plan plan, Trigger trigger, Execution execution, boolean converged, List<String> failed, long durationUs) {
        journal.write("plan", entry -> {
            entry.put("generation", plan.acceptedGeneration())
                    .put("plan_id", plan.planId())
                    .put("trigger", trigger.key())
                    .put("outcome", converged ? "converged" : "failed")
                    .put("duration_us", durationUs);
            ArrayNode steps = entry.putArray("steps");
            for (int i = 0; i < execution.runs().size(); i++) {
                StepRun run = execution.runs().get(i);
                steps.add(outcome(StepJson.node(plan.steps().get(i)), run));
            }
            ArrayNode undone = entry.putArray("undone");
            execution.undone().forEach(run -> undone.add(outcome(StepJson.node(run.step()), run)));
            ArrayNode pending = entry.putArray("pending");
            for (Pending waits : plan.pending()) {
                pending.addObject().put("object", waits.object().toString()).put("reason", waits.reason());
            }
            ArrayNode failures = entry.putArray("failures");
            failed.forEach(failures::add);
        });
    }

    void healed(Plan plan, Trigger trigger) {
        journal.write(
                "healed",
                entry -> entry.put("generation", plan.acceptedGeneration())
                        .put("trigger", trigger.key())
                        .put("plan_id", plan.planId()));
    }

    private static ObjectNode outcome(ObjectNode node, StepRun run) {
        node.put("outcome", run.outcome().key()).put("duration_us", run.durationUs());
        if (!run.message().isEmpty()) {
            node.put("message", run.message());
        }
        return node;
    }

    private static void add(ObjectNode node, Refusal refusal) {
        node.put("guard", refusal.guard()).put("message", refusal.message()).put("approvable", refusal.approvable());
    }
}
