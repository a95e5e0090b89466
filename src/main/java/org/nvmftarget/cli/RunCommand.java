package org.nvmftarget.cli;

import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.nvmftarget.control.config.SpecFiles;
import org.nvmftarget.model.DesiredState;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code run}. */
@Command(
        name = "run",
        description = "Become what FILE says, serve it, and follow FILE's changes until SIGTERM. SIGHUP looks at FILE"
                + " and for drift at once.")
final class RunCommand implements Callable<Integer> {

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli
    private CommandSpec spec;

    @Mixin
    private DaemonOptions daemon = new DaemonOptions();

    @Parameters(
            arity = "0..1",
            paramLabel = "FILE",
            defaultValue = "/etc/nvmf/target.yaml",
            description = "the spec: a file with its drop-ins, or a folder (default: ${DEFAULT-VALUE})")
    private Path file = Path.of("/etc/nvmf/target.yaml");

    @Option(
            names = "--cpus",
            paramLabel = "LIST",
            converter = CpuList.Converter.class,
            description =
                    "one reactor on each of these CPUs, as in 2-5,8; else half as many reactors as there are CPUs,"
                            + " bound to none")
    private @Nullable CpuList cpus;

    @Option(
            names = "--metrics",
            paramLabel = "ADDR:PORT",
            converter = MetricsAddress.class,
            description = "answer Prometheus at http://ADDR:PORT/metrics; to whoever can reach it, so choose ADDR well")
    private @Nullable InetSocketAddress metrics;

    @Option(
            names = "--log-level",
            paramLabel = "LEVEL",
            description = "error, warn, info, debug or trace; else what FILE says, also when it changes")
    private @Nullable LogLevel logLevel;

    @Override
    public Integer call() throws InterruptedException {
        Path specFile = file.toAbsolutePath();
        LoadedSpec seen = LoadedSpec.read(SpecFiles.load(specFile));
        Logging.start(logLevel, seen.state().map(DesiredState::log).orElse(DesiredState.Log.DEFAULTS));
        daemon.makeFolders();
        return new Daemon(
                        new Daemon.Settings(
                                specFile, daemon.rpcSocket(), daemon.stateDir(), daemon.spdkLink(), cpus, metrics),
                        spec.commandLine().getOut(),
                        spec.commandLine().getErr())
                .run();
    }
}
