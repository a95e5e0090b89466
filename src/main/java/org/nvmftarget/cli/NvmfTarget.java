package org.nvmftarget.cli;

import java.io.PrintWriter;
import java.time.Duration;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The command above all commands. */
@Command(
        name = "nvmf-target",
        description = "A declarative NVMe-over-Fabrics target: it becomes, and stays, what one YAML file says.",
        scope = CommandLine.ScopeType.INHERIT,
        mixinStandardHelpOptions = true,
        versionProvider = NvmfTarget.Version.class,
        exitCodeOnInvalidInput = ExitCode.ERROR,
        exitCodeOnExecutionException = ExitCode.ERROR,
        subcommands = {
            RunCommand.class,
            ValidateCommand.class,
            PlanCommand.class,
            ApproveCommand.class,
            StatusCommand.class,
            ExportCommand.class,
            ImportCommand.class,
            HistoryCommand.class,
            SchemaCommand.class
        })
final class NvmfTarget {

    /** The program with all its commands. */
    static CommandLine commandLine() {
        return new CommandLine(new NvmfTarget())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .registerConverter(Duration.class, Durations::parse)
                .setExecutionExceptionHandler((failure, command, parsed) -> report(failure, command.getErr()));
    }

    /** This program's version; {@code dev} where it runs from a folder of classes. */
    static String version() {
        return Optional.ofNullable(NvmfTarget.class.getPackage().getImplementationVersion())
                .orElse("dev");
    }

    private static int report(Exception failure, PrintWriter err) {
        if (failure instanceof CommandFailure known) {
            err.println("nvmf-target: " + known.getMessage());
            return known.exitCode();
        }
        err.println("nvmf-target: a fault of the program itself; please report it with what follows");
        failure.printStackTrace(err);
        return ExitCode.ERROR;
    }

    /** For {@code --version}. */
    static final class Version implements CommandLine.IVersionProvider {
        @Override
        public String[] getVersion() {
            return new String[] {"nvmf-target " + version()};
        }
    }
}
