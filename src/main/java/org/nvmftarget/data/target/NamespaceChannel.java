package org.nvmftarget.data.target;

import org.jspecify.annotations.Nullable;

/** What one reactor has under way on one namespace. For that reactor's thread alone. */
final class NamespaceChannel {

    private int inFlight;
    private @Nullable Runnable onDrained;

    void begin() {
        inFlight++;
    }

    void end() {
        inFlight--;
        Runnable drained = onDrained;
        if (inFlight == 0 && drained != null) {
            onDrained = null;
            drained.run();
        }
    }

    /** Runs {@code drained} once nothing is under way, perhaps at once. */
    void whenDrained(Runnable drained) {
        if (inFlight == 0) {
            drained.run();
        } else {
            onDrained = drained;
        }
    }
}
