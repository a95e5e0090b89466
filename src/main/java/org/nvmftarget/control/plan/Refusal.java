package org.nvmftarget.control.plan;

/**
 * A guard's no to a candidate.
 *
 * @param guard {@code empty}, {@code max_deletions}, {@code on_active}, {@code allow_shrink} or {@code protect}
 * @param message what would be lost, and how to consent or why one cannot
 * @param approvable whether consent lifts it
 */
public record Refusal(String guard, String message, boolean approvable) {}
