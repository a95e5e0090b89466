package org.nvmftarget.control.admit;

import org.nvmftarget.model.DesiredState;
import org.nvmftarget.model.SourceMap;

/** The accepted spec: its texts and what they declare. Immutable. */
public record AcceptedSpec(StoredSpec stored, DesiredState state, SourceMap sources) {
    public long generation() {
        return stored.generation();
    }

    public String contentHash() {
        return stored.contentHash();
    }
}
