package org.nvmftarget.control.plan;

import java.util.List;
import org.nvmftarget.model.TargetConfig;

/**
 * An ordered plan.
 *
 * @param planId {@code sha256:} and 64 digits over the canonical desired and the canonical live configuration,
 *     nothing else
 * @param acceptedGeneration the accepted spec that it was made against; 0 if there is none
 * @param steps in the order of execution; empty if nothing is to be done
 * @param changes what the steps are for; a change whose object is pending is not among them
 * @param live what was found
 * @param desired what was declared
 */
public record Plan(
        String planId,
        long acceptedGeneration,
        List<PlanStep> steps,
        List<Change> changes,
        List<Pending> pending,
        List<Refusal> refused,
        TargetConfig live,
        TargetConfig desired) {

    public Plan {
        steps = List.copyOf(steps);
        changes = List.copyOf(changes);
        pending = List.copyOf(pending);
        refused = List.copyOf(refused);
    }

    public boolean hasChanges() {
        return !steps.isEmpty();
    }

    /** The same plan with the refusals of the guards. */
    public Plan withRefused(List<Refusal> refusals) {
        return new Plan(planId, acceptedGeneration, steps, changes, pending, refusals, live, desired);
    }

    /** The worst of the steps. */
    public Disruption disruption() {
        return steps.stream()
                .map(PlanStep::disruption)
                .max(Disruption::compareTo)
                .orElse(Disruption.NONE);
    }
}
