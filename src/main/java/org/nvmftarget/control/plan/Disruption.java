package org.nvmftarget.control.plan;

import java.util.Locale;

/** What hosts notice of a step, from least to worst. */
public enum Disruption {
    /** I/O flows. */
    NONE,
    /** Admin commands are held for the pause. */
    ADMIN,
    /** I/O to one namespace is held. */
    NAMESPACE,
    /** Named hosts are dropped. */
    DISCONNECT,
    /** An immutable field changed: remove and create. */
    REPLACE;

    /** The spelling of the plan's JSON. */
    public String key() {
        return name().toLowerCase(Locale.ROOT);
    }
}
