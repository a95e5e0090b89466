package org.nvmftarget.control.admit;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.nvmftarget.control.config.SpecReader;
import org.nvmftarget.control.config.SpecResult;
import org.nvmftarget.control.config.SpecText;
import org.nvmftarget.control.plan.Guards;
import org.nvmftarget.control.plan.Plan;
import org.nvmftarget.control.plan.Refusal;
import org.nvmftarget.model.DesiredState;
import org.nvmftarget.model.LiveState;
import org.nvmftarget.model.TargetConfig;
import org.nvmftarget.model.TargetControl;

/** The preview of the running daemon: the guards against its accepted spec, the plan against its live target. */
public final class PlanPreview implements Preview {
    private final TargetControl control;
    private final Supplier<Optional<AcceptedSpec>> accepted;
    private final Supplier<Optional<Candidate>> latched;

    /** @param latched the candidate that admission judged last */
    public PlanPreview(
            TargetControl control, Supplier<Optional<AcceptedSpec>> accepted, Supplier<Optional<Candidate>> latched) {
        this.control = control;
        this.accepted = accepted;
        this.latched = latched;
    }

    @Override
    public Result preview(Map<String, String> files) {
        List<SpecText> texts = files.entrySet().stream()
                .map(file -> new SpecText(file.getKey(), file.getValue()))
                .toList();
        SpecResult read = SpecReader.read(texts);
        if (read.state().isEmpty()) {
            return new Result.Invalid(read.problems());
        }
        DesiredState candidate = read.state().get();
        Optional<AcceptedSpec> base = accepted.get();
        LiveState live = control.snapshot();
        List<Refusal> refusals = Guards.check(
                base.map(spec -> spec.state().target()).orElse(TargetConfig.EMPTY),
                candidate.target(),
                candidate.reconcile(),
                live);
        long generation = base.map(AcceptedSpec::generation).orElse(0L);
        AcceptedSpec asIfAccepted =
                new AcceptedSpec(new StoredSpec(generation, "", Instant.EPOCH, texts), candidate, read.sources());
        Plan plan = ProbedPlan.of(control, live, asIfAccepted, Map.of()).plan();
        return new Result.Planned(plan.withRefused(withLatched(refusals, plan.planId())));
    }

    /** What was refused once stays so, even if the guard would let it pass now: a host has left in the meantime. */
    private List<Refusal> withLatched(List<Refusal> found, String planId) {
        List<Refusal> all = new ArrayList<>(found);
        latched.get()
                .filter(c ->
                        c.outcome() == Candidate.Outcome.REFUSED && c.planId().equals(Optional.of(planId)))
                .ifPresent(c -> c.refusals().stream()
                        .filter(old -> found.stream().noneMatch(r -> r.guard().equals(old.guard())))
                        .forEach(all::add));
        return List.copyOf(all);
    }
}
