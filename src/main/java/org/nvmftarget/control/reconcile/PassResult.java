package org.nvmftarget.control.reconcile;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.nvmftarget.control.plan.Pending;
import org.nvmftarget.model.ObjectRef;

/**
 * What the status says of a pass.
 *
 * @param converged live is as accepted, {@code pending} aside
 * @param failing the objects that failed, and those that failed with them, with why
 * @param lastPlan one line on the plan, if the pass applied one
 */
record PassResult(
        long generation,
        boolean converged,
        List<Pending> pending,
        List<String> failures,
        Map<ObjectRef, String> failing,
        Optional<String> lastPlan) {
    PassResult {
        pending = List.copyOf(pending);
        failures = List.copyOf(failures);
        failing = Map.copyOf(failing);
    }
}
