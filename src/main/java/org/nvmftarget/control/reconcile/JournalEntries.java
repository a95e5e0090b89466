package org.nvmftarget.control.reconcile;

import java.nio.file.Path;
import java.util.List;
import org.nvmftarget.control.admit.AcceptedSpec;
import org.nvmftarget.control.admit.Candidate;
import org.nvmftarget.control.plan.Pending;
import org.nvmftarget.control.plan.Plan;
import org.nvmftarget.control.plan.Refusal;
import org.nvmftarget.model.AddressFamily;
import org.nvmftarget.model.Nsid;
import org.nvmftarget.model.Problem;
import org.nvmftarget.model.Step;
import org.nvmftarget.model.TransportAddress;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The journal's entries; the package's documentation lists them. */
final class JournalEntries {
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

    void accepted(AcceptedSpec spec, Trigger trigger) {
        journal.write(
                "accepted",
                entry -> entry.put("generation", spec.generation())
                        .put("content_hash", spec.contentHash())
                        .put("trigger", trigger.key()));
    }

    void judged(Candidate candidate) {
        switch (candidate.outcome()) {
            case INVALID ->
                journal.write("invalid", entry -> {
                    entry.put("content_hash", candidate.contentHash());
                    ArrayNode problems = entry.putArray("problems");
                    candidate.problems().forEach(problem -> add(problems.addObject(), problem));
                });
            case REFUSED ->
                journal.write("refused", entry -> {
                    entry.put("content_hash", candidate.contentHash());
                    candidate.planId().ifPresent(id -> entry.put("plan_id", id));
                    ArrayNode refusals = entry.putArray("refusals");
                    candidate.refusals().forEach(refusal -> add(refusals.addObject(), refusal));
                });
            case ACCEPTED, SETTLING -> {}
        }
    }

    void plan(Plan plan, Trigger trigger, Execution execution, boolean converged, long durationUs) {
        journal.write("plan", entry -> {
            entry.put("generation", plan.acceptedGeneration())
                    .put("plan_id", plan.planId())
                    .put("trigger", trigger.key())
                    .put("outcome", converged ? "converged" : "failed")
                    .put("duration_us", durationUs);
            steps(entry.putArray("steps"), execution.runs());
            steps(entry.putArray("undone"), execution.undone());
            ArrayNode pending = entry.putArray("pending");
            for (Pending waits : plan.pending()) {
                pending.addObject().put("object", waits.object().toString()).put("reason", waits.reason());
            }
            ArrayNode failures = entry.putArray("failures");
            execution.failures().forEach(failure -> failures.add(failure.message()));
        });
    }

    void healed(Plan plan, Trigger trigger) {
        journal.write(
                "healed",
                entry -> entry.put("generation", plan.acceptedGeneration())
                        .put("trigger", trigger.key())
                        .put("plan_id", plan.planId()));
    }

    private static void steps(ArrayNode array, List<StepRun> runs) {
        int n = 1;
        for (StepRun run : runs) {
            ObjectNode node = array.addObject();
            node.put("n", n++).put("action", run.step().action());
            add(node, run.step());
            node.put("outcome", run.outcome().key()).put("duration_us", run.durationUs());
            if (!run.message().isEmpty()) {
                node.put("message", run.message());
            }
        }
    }

    private static void add(ObjectNode node, Step step) {
        switch (step) {
            case Step.CreateTransport s ->
                node.put("trtype", s.options().trtype().name());
            case Step.SetTransportOptions s ->
                node.put("trtype", s.options().trtype().name());
            case Step.RemoveTransport s -> node.put("trtype", s.trtype().name());
            case Step.CreateBdev s ->
                node.put("bdev", s.bdev().name()).put("size_bytes", s.bdev().sizeBytes());
            case Step.ResizeBdev s -> node.put("bdev", s.name()).put("size_bytes", s.sizeBytes());
            case Step.RemoveBdev s -> node.put("bdev", s.name());
            case Step.CreateSubsystem s -> node.put("subsystem", s.nqn().value());
            case Step.RemoveSubsystem s -> node.put("subsystem", s.nqn().value());
            case Step.PauseSubsystem s -> {
                node.put("subsystem", s.nqn().value());
                if (!s.namespaces().isEmpty()) {
                    ArrayNode nsids = node.putArray("nsids");
                    s.namespaces().forEach(nsid -> nsids.add(number(nsid)));
                }
            }
            case Step.ResumeSubsystem s -> node.put("subsystem", s.nqn().value());
            case Step.AddNamespace s ->
                node.put("subsystem", s.nqn().value())
                        .put("nsid", number(s.namespace().nsid()))
                        .put("bdev", s.namespace().bdev());
            case Step.RemoveNamespace s ->
                node.put("subsystem", s.nqn().value()).put("nsid", number(s.nsid()));
            case Step.AddHost s ->
                node.put("subsystem", s.nqn().value()).put("host", s.host().value());
            case Step.RemoveHost s ->
                node.put("subsystem", s.nqn().value()).put("host", s.host().value());
            case Step.SetAllowAnyHost s ->
                node.put("subsystem", s.nqn().value()).put("allow_any_host", s.allow());
            case Step.AddListener s -> add(node.put("subsystem", s.nqn().value()), s.address());
            case Step.RemoveListener s -> add(node.put("subsystem", s.nqn().value()), s.address());
        }
    }

    private static long number(Nsid nsid) {
        return Integer.toUnsignedLong(nsid.value());
    }

    private static void add(ObjectNode node, TransportAddress address) {
        AddressFamily family = address.adrfam();
        node.put("trtype", address.trtype().name())
                .put("adrfam", family.json())
                .put("traddr", address.traddr())
                .put("trsvcid", Integer.toString(address.trsvcid()));
    }

    private static void add(ObjectNode node, Problem problem) {
        node.put("file", problem.file())
                .put("line", problem.line())
                .put("column", problem.column())
                .put("path", problem.path())
                .put("message", problem.message());
    }

    private static void add(ObjectNode node, Refusal refusal) {
        node.put("guard", refusal.guard()).put("message", refusal.message()).put("approvable", refusal.approvable());
    }
}
