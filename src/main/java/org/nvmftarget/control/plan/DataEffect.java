package org.nvmftarget.control.plan;

/** What a step does to stored data. */
public enum DataEffect {
    /** Stores none, or touches none. */
    NONE,
    /** The data stay where they are, out of the target's reach. */
    KEPT,
    /** The data are gone. */
    LOST
}
