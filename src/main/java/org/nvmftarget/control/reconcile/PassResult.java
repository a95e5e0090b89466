package org.nvmftarget.control.reconcile;

import java.util.List;
import java.util.Optional;
import org.nvmftarget.control.plan.Pending;

/**
 * What the status says of a pass.
 *
 * @param converged live is as accepted, {@code pending} aside
 * @param lastPlan one line on the plan, if the pass applied one
 */
record PassResult(
        long generation, boolean converged, List<Pending> pending, List<String> failures, Optional<String> lastPlan) {
    PassResult {
        pending = List.copyOf(pending);
        failures = List.copyOf(failures);
    }
}
