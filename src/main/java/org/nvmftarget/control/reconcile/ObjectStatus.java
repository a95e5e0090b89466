package org.nvmftarget.control.reconcile;

import java.util.Locale;
import org.nvmftarget.model.ObjectRef;

/**
 * How one object stands.
 *
 * @param message what it waits for, what failed, or what differs; empty if it is ready
 */
public record ObjectStatus(ObjectRef object, State state, String message) {

    /** The ways in which an object can stand. */
    public enum State {
        /** It is as declared. */
        READY,
        /** It waits for something outside, or for another object that does. */
        PENDING,
        /** A step failed; it is tried again. */
        FAILED,
        /** It is not as declared yet: a plan is on its way. */
        APPLYING,
        /** It was as declared once, and is no longer: the next pass corrects it. */
        DRIFTED;

        /** {@code Ready}, as in conditions. */
        public String word() {
            return name().charAt(0) + name().substring(1).toLowerCase(Locale.ROOT);
        }
    }
}
