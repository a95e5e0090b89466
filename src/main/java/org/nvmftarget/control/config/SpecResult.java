package org.nvmftarget.control.config;

import java.util.List;
import java.util.Optional;
import org.nvmftarget.model.DesiredState;
import org.nvmftarget.model.Problem;
import org.nvmftarget.model.SourceMap;

/**
 * What reading a spec gave.
 *
 * @param state present if, and only if, there are no problems
 * @param problems sorted by file (in the order they were given), line and column
 * @param sources where each object was declared; of a spec with problems, as far as it could be read
 */
public record SpecResult(Optional<DesiredState> state, List<Problem> problems, SourceMap sources) {
    public SpecResult {
        problems = List.copyOf(problems);
    }
}
