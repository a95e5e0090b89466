package org.nvmftarget.control.plan;

/**
 * A guard's no to a candidate.
 *
 * @param guard {@code protect} or {@code empty}
 * @param message what would be lost, and how to consent or why one cannot
 * @param approvable whether consent lifts it
 */
public record Refusal(String guard, String message, boolean approvable) {}
