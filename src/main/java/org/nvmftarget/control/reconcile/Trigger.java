package org.nvmftarget.control.reconcile;

import java.util.Locale;

/** Why a pass runs; of several, the first in this order gives its name to the pass. */
enum Trigger {
    /** The accepted spec from before the start. */
    BOOT,
    /** A new accepted spec. */
    EDIT,
    /** Something below appeared or vanished. */
    OUTSIDE,
    /** The back-off of something pending or failed ran out. */
    RETRY,
    /** The resync timer, or a signal: is live still as accepted? */
    DRIFT;

    String key() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Whether whatever backs off is tried at once. */
    boolean endsBackoff() {
        return this == BOOT || this == EDIT || this == OUTSIDE;
    }
}
