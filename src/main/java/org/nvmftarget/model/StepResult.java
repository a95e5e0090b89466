package org.nvmftarget.model;

/** How a step ended. */
public sealed interface StepResult {

    StepResult DONE = new Done();

    /** The target is as the step says. */
    record Done() implements StepResult {}

    /**
     * The step needs something outside that is not there now (ENODEV, EADDRNOTAVAIL, EADDRINUSE, ENOENT): the object
     * is pending and worth trying again. Nothing was changed.
     *
     * @param errno its symbolic name
     * @param message what is missing and how it could be had, for the operator
     */
    record Waiting(String errno, String message) implements StepResult {}

    /** The step failed and left the target as it was, unless {@code message} says otherwise. */
    record Failed(String message) implements StepResult {}
}
