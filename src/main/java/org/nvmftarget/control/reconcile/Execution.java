package org.nvmftarget.control.reconcile;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.nvmftarget.model.ObjectRef;

/**
 * What came of a plan.
 *
 * @param runs one for each of the plan's steps, in its order
 * @param undone the steps that took back others, in the order in which they ran
 * @param waiting objects that wait for something outside, with why
 */
record Execution(List<StepRun> runs, List<StepRun> undone, Map<ObjectRef, String> waiting, List<Failure> failures) {

    static final Execution NOTHING = new Execution(List.of(), List.of(), Map.of(), List.of());

    /**
     * A unit that failed.
     *
     * @param object whose step failed
     * @param unit the objects of the unit: none of them is tried before the others may be
     * @param message what failed, and what became of the rest of the unit
     */
    record Failure(ObjectRef object, Set<ObjectRef> unit, String message) {
        Failure {
            unit = Set.copyOf(unit);
        }
    }

    Execution {
        runs = List.copyOf(runs);
        undone = List.copyOf(undone);
        waiting = Map.copyOf(waiting);
        failures = List.copyOf(failures);
    }

    /** Whether each step of the plan is done. */
    boolean isWhole() {
        return runs.stream().allMatch(run -> run.outcome() == StepRun.Outcome.DONE);
    }
}
