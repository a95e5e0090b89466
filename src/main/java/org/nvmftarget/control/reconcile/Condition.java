package org.nvmftarget.control.reconcile;

import java.time.Instant;

/**
 * One condition, as Kubernetes has them.
 *
 * @param observedGeneration the accepted spec that it speaks of
 * @param reason one CamelCase word for machines
 * @param message a sentence for people; empty if there is nothing to add
 * @param since when {@code status} last changed
 */
public record Condition(
        Type type, boolean status, long observedGeneration, String reason, String message, Instant since) {

    /** The conditions. */
    public enum Type {
        /** An accepted spec has been applied once since the start: what can be served is served. */
        READY,
        /** Live is as accepted, pending objects aside. */
        CONVERGED,
        /** Something that is declared is not served, or the file is not what is accepted for want of validity. */
        DEGRADED,
        /** A candidate is refused by a guard. */
        REFUSED
    }
}
