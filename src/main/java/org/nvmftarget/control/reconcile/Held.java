package org.nvmftarget.control.reconcile;

import java.util.Set;
import org.nvmftarget.model.ObjectRef;

/**
 * Why something is not tried before its time.
 *
 * @param objects what is left out of plans until then
 * @param attempts how often it was tried in vain
 * @param dueNs when it is tried again, on the clock of durations
 */
record Held(String message, Set<ObjectRef> objects, int attempts, long dueNs) {
    Held {
        objects = Set.copyOf(objects);
    }

    boolean isDue(long nowNs) {
        return dueNs - nowNs <= 0;
    }
}
