package org.nvmftarget.model;

import java.util.Locale;

/**
 * How a host reaches the namespaces of an ANA group through one controller (NVMe Base specification 2.0, section 8.1). From
 * best to worst: {@link #compareTo} tells which of two is better.
 */
public enum AnaState {
    /** The best way. */
    OPTIMIZED,
    /** Works, and another way may be better. */
    NON_OPTIMIZED,
    /** Not this way now. */
    INACCESSIBLE,
    /** Not this way any more. */
    PERSISTENT_LOSS,
    /** On the way from one state to another. */
    CHANGE;

    /** The spelling of the spec file and of SPDK. */
    public String key() {
        return name().toLowerCase(Locale.ROOT);
    }
}
