package org.nvmftarget.control.admit;

import java.time.Instant;
import java.util.List;
import org.nvmftarget.control.config.SpecText;

/**
 * An accepted spec as the state folder keeps it: the texts, not what a version of this program made of them.
 *
 * @param generation from 1
 * @param contentHash SHA-256 over names and texts, 64 hexadecimal digits
 * @param texts in the order in which they merge
 */
public record StoredSpec(long generation, String contentHash, Instant acceptedAt, List<SpecText> texts) {
    public StoredSpec {
        texts = List.copyOf(texts);
    }
}
