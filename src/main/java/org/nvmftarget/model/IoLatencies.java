package org.nvmftarget.model;

import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;

/**
 * How long the operations of a block device have taken since the program's start, on all reactors together.
 *
 * @param done those that went well, of the kinds that there were
 * @param failed those that ended in an error, of all kinds
 */
public record IoLatencies(Map<IoKind, LatencyHistogram> done, LatencyHistogram failed) {

    public IoLatencies {
        Map<IoKind, LatencyHistogram> sorted = new EnumMap<>(IoKind.class);
        sorted.putAll(done);
        done = Collections.unmodifiableMap(sorted);
    }

    /** All operations, however they ended. */
    public LatencyHistogram all() {
        return done.values().stream().reduce(failed, LatencyHistogram::plus);
    }
}
