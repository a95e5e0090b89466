package org.nvmftarget.control.plan;

import java.util.List;
import java.util.Optional;
import org.nvmftarget.model.Nqn;
import org.nvmftarget.model.Step;

/**
 * A step with what the operator should know of it.
 *
 * @param number from 1
 * @param hosts the connected hosts that the step touches, sorted
 * @param declaredAt {@code target.yaml:19}; empty for what is not declared any more
 * @param reason why the step is there, with the place that declares it
 */
public record PlanStep(
        int number,
        Step step,
        Disruption disruption,
        DataEffect data,
        List<Nqn> hosts,
        Optional<String> declaredAt,
        String reason) {
    public PlanStep {
        hosts = List.copyOf(hosts);
    }
}
