package org.nvmftarget.control.admit;

import java.time.Instant;
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
import org.nvmftarget.model.TargetConfig;
import org.nvmftarget.model.TargetControl;

/** The preview of the running daemon: the guards against its accepted spec, the plan against its live target. */
public final class PlanPreview implements Preview {
    private final TargetControl control;
    private final Supplier<Optional<AcceptedSpec>> accepted;

    public PlanPreview(TargetControl control, Supplier<Optional<AcceptedSpec>> accepted) {
        this.control = control;
        this.accepted = accepted;
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
        List<Refusal> refusals =
                Guards.check(base.map(spec -> spec.state().target()).orElse(TargetConfig.EMPTY), candidate.target());
        long generation = base.map(AcceptedSpec::generation).orElse(0L);
        AcceptedSpec asIfAccepted =
                new AcceptedSpec(new StoredSpec(generation, "", Instant.EPOCH, texts), candidate, read.sources());
        Plan plan = ProbedPlan.of(control, control.snapshot(), asIfAccepted, Map.of())
                .plan();
        return new Result.Planned(refused(plan, refusals));
    }

    private static Plan refused(Plan plan, List<Refusal> refusals) {
        return new Plan(
                plan.planId(),
                plan.acceptedGeneration(),
                plan.steps(),
                plan.changes(),
                plan.pending(),
                refusals,
                plan.live(),
                plan.desired());
    }
}
