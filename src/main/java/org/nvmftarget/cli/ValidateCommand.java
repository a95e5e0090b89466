package org.nvmftarget.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.nvmftarget.control.config.SpecFiles;
import org.nvmftarget.control.render.ProblemJson;
import org.nvmftarget.control.render.ProblemText;
import org.nvmftarget.model.Problem;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code validate}. */
@Command(
        name = "validate",
        description = "Check spec files. Needs no daemon, no device and no root, and gives the same answer everywhere.")
final class ValidateCommand implements Callable<Integer> {

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli
    private CommandSpec spec;

    @Parameters(arity = "1..*", paramLabel = "FILE", description = "spec files or folders; each is a spec of its own")
    private List<Path> files = List.of();

    @Option(
            names = "--as",
            paramLabel = "PATH",
            description = "where FILE will lie: its drop-ins count too, and messages name PATH")
    private @Nullable Path as;

    @Option(names = "--output", defaultValue = "text", description = "text or json")
    private Output output = Output.TEXT;

    @Override
    public Integer call() {
        if (as != null && files.size() > 1) {
            throw new ParameterException(spec.commandLine(), "--as goes with one FILE");
        }
        List<Problem> problems = new ArrayList<>();
        for (Path file : files) {
            problems.addAll(LoadedSpec.read(as == null ? SpecFiles.load(file) : SpecFiles.load(file, as))
                    .problems());
        }
        PrintWriter out = spec.commandLine().getOut();
        if (output == Output.JSON) {
            out.print(ProblemJson.render(problems));
        } else if (problems.isEmpty()) {
            files.forEach(file -> out.println((as == null ? file : as) + ": valid"));
        } else {
            spec.commandLine().getErr().print(ProblemText.render(problems));
            spec.commandLine().getErr().flush();
        }
        out.flush();
        return problems.isEmpty() ? ExitCode.OK : ExitCode.ERROR;
    }
}
