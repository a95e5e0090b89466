package org.nvmftarget.control.reconcile;

import java.util.List;
import java.util.Optional;
import org.nvmftarget.control.admit.Candidate;
import org.nvmftarget.control.plan.Pending;

/**
 * Where the program stands; immutable.
 *
 * @param acceptedGeneration 0 before the first
 * @param acceptedHash content hash of the accepted text; empty before the first
 * @param convergedGeneration the newest generation that live has been equal to, pending objects aside
 * @param conditions one of each type, in the order of the type
 * @param pending what waits for something outside
 * @param failures steps of the last pass that failed, in words
 * @param candidate the text that admission judged last
 * @param lastPlan one line on the last plan that was applied
 */
public record TargetStatus(
        long acceptedGeneration,
        String acceptedHash,
        long convergedGeneration,
        List<Condition> conditions,
        List<Pending> pending,
        List<String> failures,
        Optional<Candidate> candidate,
        Optional<String> lastPlan) {

    public TargetStatus {
        conditions = List.copyOf(conditions);
        pending = List.copyOf(pending);
        failures = List.copyOf(failures);
    }

    public boolean has(Condition.Type type) {
        return conditions.stream().anyMatch(c -> c.type() == type && c.status());
    }
}
