package org.nvmftarget.cli;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.nvmftarget.control.config.SpecFiles;
import org.nvmftarget.control.config.SpecReader;
import org.nvmftarget.control.config.SpecResult;
import org.nvmftarget.control.config.SpecText;
import org.nvmftarget.control.render.ProblemJson;
import org.nvmftarget.control.render.ProblemText;
import org.nvmftarget.model.DesiredState;
import org.nvmftarget.model.Problem;
import org.nvmftarget.model.SourceMap;

/**
 * A spec as a command reads it.
 *
 * @param state empty if there are problems
 */
record LoadedSpec(
        List<SpecText> texts,
        String contentHash,
        Optional<DesiredState> state,
        SourceMap sources,
        List<Problem> problems) {

    static LoadedSpec read(SpecFiles.Loaded loaded) {
        if (!loaded.problems().isEmpty()) {
            List<Problem> problems = new ArrayList<>(loaded.problems());
            if (!loaded.texts().isEmpty()) {
                problems.addAll(SpecReader.read(loaded.texts()).problems());
            }
            return new LoadedSpec(loaded.texts(), loaded.contentHash(), Optional.empty(), SourceMap.EMPTY, problems);
        }
        return of(loaded.texts(), loaded.contentHash());
    }

    static LoadedSpec of(List<SpecText> texts, String contentHash) {
        SpecResult result = SpecReader.read(texts);
        return new LoadedSpec(texts, contentHash, result.state(), result.sources(), result.problems());
    }

    /** Tells the problems as the command's output says. */
    void report(Output output, PrintWriter out, PrintWriter err) {
        if (output == Output.JSON) {
            out.print(ProblemJson.render(problems));
            out.flush();
        } else {
            err.print(ProblemText.render(problems));
            err.flush();
        }
    }
}
