package org.nvmftarget.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.nvmftarget.control.reconcile.ControlPlane;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code history}. */
@Command(
        name = "history",
        description = "Print the journal: each admission, refusal, applied plan and healing, oldest first. Reads the"
                + " state folder, with or without a daemon.")
final class HistoryCommand implements Callable<Integer> {

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli
    private CommandSpec spec;

    @Mixin
    private DaemonOptions daemon = new DaemonOptions();

    @Option(names = "--max", defaultValue = "1000", paramLabel = "N", description = "at most the last N entries")
    private int most;

    @Option(names = "--output", defaultValue = "text", description = "text, or json: one object a line")
    private Output output = Output.TEXT;

    @Override
    public Integer call() {
        Path folder = daemon.stateDir();
        if (!Files.isReadable(folder)) {
            throw new CommandFailure(
                    "there is no state folder " + folder + " that you may read: name the daemon's" + " --state-dir");
        }
        List<String> lines;
        try {
            lines = ControlPlane.history(folder, most);
        } catch (IOException e) {
            throw new CommandFailure("the journal in " + folder + " cannot be read: " + e.getMessage());
        }
        PrintWriter out = spec.commandLine().getOut();
        lines.forEach(line -> out.println(output == Output.JSON ? line : HistoryText.of(Json.parse(line))));
        out.flush();
        return ExitCode.OK;
    }
}
