package org.nvmftarget.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code export}. */
@Command(
        name = "export",
        description = "Print the live target as canonical YAML, with all identities. `plan` finds it unchanged.")
final class ExportCommand implements Callable<Integer> {

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli
    private CommandSpec spec;

    @Mixin
    private DaemonOptions daemon = new DaemonOptions();

    @Override
    public Integer call() {
        String yaml = daemon.client().call("nvmf_target_export").path("yaml").asString();
        spec.commandLine().getOut().print(yaml);
        spec.commandLine().getOut().flush();
        return ExitCode.OK;
    }
}
