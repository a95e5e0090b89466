package org.nvmftarget.control.plan;

import java.util.ArrayList;
import java.util.List;
import org.nvmftarget.model.Nqn;
import org.nvmftarget.model.Step;

/** Numbers the steps of a plan as they come. */
final class StepList {
    private final List<PlanStep> steps = new ArrayList<>();
    private final Facts facts;

    StepList(Facts facts) {
        this.facts = facts;
    }

    /** A step that no host notices. */
    void add(Step step, String reason) {
        add(step, Disruption.NONE, DataEffect.NONE, List.of(), reason);
    }

    void add(Step step, Disruption disruption, DataEffect data, List<Nqn> hosts, String reason) {
        steps.add(new PlanStep(steps.size() + 1, step, disruption, data, hosts, facts.place(step), reason));
    }

    List<PlanStep> toList() {
        return List.copyOf(steps);
    }
}
