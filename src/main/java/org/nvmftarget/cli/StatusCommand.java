package org.nvmftarget.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.nvmftarget.control.config.SpecFiles;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;

/** {@code status}. */
@Command(name = "status", description = "Say whether the target is as declared, and why not.")
final class StatusCommand implements Callable<Integer> {

    private static final long LOOK_AGAIN_MS = 100;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli
    private CommandSpec spec;

    @Mixin
    private DaemonOptions daemon = new DaemonOptions();

    @Option(names = "--wait", paramLabel = "DURATION", description = "wait so long for the target to be as declared")
    private Duration wait = Duration.ZERO;

    @Option(
            names = "--for-file",
            paramLabel = "FILE",
            description = "converged means: exactly the text that FILE has now is accepted and live")
    private @Nullable Path forFile;

    @Option(names = "--objects", description = "list every object, not only those that are not ready")
    private boolean objects;

    @Option(names = "--output", defaultValue = "text", description = "text or json")
    private Output output = Output.TEXT;

    @Override
    public Integer call() throws InterruptedException {
        Optional<String> hash = wantedHash();
        long deadlineNs = System.nanoTime() + wait.toNanos();
        while (true) {
            boolean last = System.nanoTime() - deadlineNs >= 0;
            Optional<JsonNode> status = ask(last);
            if (status.isPresent()) {
                StatusVerdict verdict = StatusVerdict.of(status.get(), hash);
                if (last || verdict.isFinal()) {
                    print(status.get(), verdict);
                    return verdict.exitCode();
                }
            }
            Thread.sleep(LOOK_AGAIN_MS);
        }
    }

    private Optional<String> wantedHash() {
        if (forFile == null) {
            return Optional.empty();
        }
        SpecFiles.Loaded loaded = SpecFiles.load(forFile);
        if (loaded.texts().isEmpty()) {
            LoadedSpec.read(loaded)
                    .report(
                            Output.TEXT,
                            spec.commandLine().getOut(),
                            spec.commandLine().getErr());
            throw new CommandFailure("--for-file " + forFile + " cannot be read");
        }
        return Optional.of(loaded.contentHash());
    }

    /** While it waits, a daemon may still be starting. */
    private Optional<JsonNode> ask(boolean last) {
        try {
            return Optional.of(
                    daemon.client().call("nvmf_target_get_status", Json.object().put("objects", objects)));
        } catch (RpcClient.Refused e) {
            throw new CommandFailure("the daemon does not tell its status: " + e.getMessage());
        } catch (CommandFailure e) {
            if (last || e.exitCode() != ExitCode.NO_DAEMON) {
                throw e;
            }
            return Optional.empty();
        }
    }

    private void print(JsonNode status, StatusVerdict verdict) {
        PrintWriter out = spec.commandLine().getOut();
        if (output == Output.JSON) {
            out.println(Json.pretty(status));
        } else {
            out.println(verdict.headline());
            out.print(StatusText.of(status));
        }
        out.flush();
    }
}
