package org.nvmftarget.control.admit;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.nvmftarget.control.plan.Plan;
import org.nvmftarget.control.plan.PlanStep;
import org.nvmftarget.control.plan.Planner;
import org.nvmftarget.model.LiveState;
import org.nvmftarget.model.ObjectRef;
import org.nvmftarget.model.StepResult;
import org.nvmftarget.model.TargetControl;

/**
 * A plan none of whose steps is known to wait for something outside: each was probed before any pause, and what waits
 * was planned around.
 *
 * @param waiting what the probes found, by object
 */
public record ProbedPlan(Plan plan, Map<ObjectRef, StepResult.Waiting> waiting) {
    public ProbedPlan {
        waiting = Map.copyOf(waiting);
    }

    /**
     * Plans, probes, and plans again without what waits, until nothing more is found to wait.
     *
     * @param held objects to leave out from the start, with why
     */
    public static ProbedPlan of(
            TargetControl control, LiveState live, AcceptedSpec desired, Map<ObjectRef, String> held) {
        Map<ObjectRef, String> pending = new HashMap<>(held);
        Map<ObjectRef, StepResult.Waiting> waiting = new LinkedHashMap<>();
        while (true) {
            Plan plan = Planner.plan(live, desired.state().target(), desired.sources(), desired.generation(), pending);
            boolean grew = false;
            for (PlanStep planned : plan.steps()) {
                Optional<StepResult.Waiting> found = control.probe(planned.step());
                ObjectRef object = planned.step().object();
                if (found.isPresent() && pending.put(object, found.get().message()) == null) {
                    waiting.put(object, found.get());
                    grew = true;
                }
            }
            if (!grew) {
                return new ProbedPlan(plan, waiting);
            }
        }
    }
}
