package org.nvmftarget.control.reconcile;

import java.util.Locale;
import org.nvmftarget.model.Step;

/**
 * A step that was, or was not, carried out.
 *
 * @param message why it is not done; empty if it is
 */
record StepRun(Step step, Outcome outcome, String message, long durationUs) {

    /** How a step can end. */
    enum Outcome {
        DONE,
        /** Its object waits for something outside. */
        WAITING,
        FAILED,
        /** Not begun, because of another step. */
        SKIPPED;

        String key() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
