package org.nvmftarget.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.nvmftarget.control.admit.StateDir;
import org.nvmftarget.control.admit.StoredSpec;
import org.nvmftarget.control.config.SpecFiles;
import org.nvmftarget.control.plan.Guards;
import org.nvmftarget.control.plan.Plan;
import org.nvmftarget.control.plan.Planner;
import org.nvmftarget.control.plan.Refusal;
import org.nvmftarget.control.render.PlanJson;
import org.nvmftarget.control.render.PlanText;
import org.nvmftarget.model.DesiredState;
import org.nvmftarget.model.LiveState;
import org.nvmftarget.model.Nqn;
import org.nvmftarget.model.TargetConfig;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code plan}. */
@Command(name = "plan", description = "Show what admitting FILE now would do. Changes nothing.")
final class PlanCommand implements Callable<Integer> {

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli
    private CommandSpec spec;

    @Mixin
    private DaemonOptions daemon = new DaemonOptions();

    @Parameters(paramLabel = "FILE", description = "a spec file or folder")
    private Path file = Path.of("");

    @Option(
            names = "--against",
            paramLabel = "OTHER|none|accepted",
            description = "instead of the running daemon: another spec file, an empty target, or the accepted spec in"
                    + " the state folder")
    private @Nullable String against;

    @Option(names = "--output", defaultValue = "text", description = "text or json")
    private Output output = Output.TEXT;

    @Option(names = "--detailed-exitcode", description = "exit with 2 if there are changes")
    private boolean detailedExitCode;

    /** What to print, and what the exit status depends on. */
    private record Shown(String text, boolean refused, boolean changes) {}

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        LoadedSpec candidate = LoadedSpec.read(SpecFiles.load(file));
        if (candidate.state().isEmpty()) {
            candidate.report(output, out, spec.commandLine().getErr());
            return ExitCode.ERROR;
        }
        Shown shown = against == null
                ? byDaemon(candidate)
                : local(candidate, candidate.state().get(), against);
        out.print(shown.text());
        if (!shown.text().endsWith("\n")) {
            out.println();
        }
        out.flush();
        if (shown.refused()) {
            return ExitCode.REFUSED;
        }
        return shown.changes() && detailedExitCode ? ExitCode.CHANGES : ExitCode.OK;
    }

    private Shown byDaemon(LoadedSpec candidate) {
        ObjectNode params = Json.object();
        ObjectNode files = params.putObject("files");
        candidate.texts().forEach(text -> files.put(text.file(), text.text()));
        params.put("text", Terminal.hasColour() ? "colour" : "plain");
        JsonNode result;
        try {
            result = daemon.client().call("nvmf_target_get_plan", params);
        } catch (RpcClient.Refused e) {
            throw new CommandFailure("the daemon finds fault with " + file + ": " + e.getMessage());
        }
        JsonNode plan = result.path("plan");
        String text =
                output == Output.JSON ? Json.pretty(plan) : result.path("text").asString();
        return new Shown(
                text, !plan.path("refused").isEmpty(), plan.path("changes").asBoolean());
    }

    private Shown local(LoadedSpec candidate, DesiredState desired, String base) {
        Base from = base(base);
        LiveState live = live(from.accepted());
        List<Refusal> refusals = Guards.check(from.accepted(), desired.target(), desired.reconcile(), live);
        Plan plan = Planner.plan(live, desired.target(), candidate.sources(), from.generation(), Map.of());
        Plan judged = plan.withRefused(refusals);
        String text = output == Output.JSON ? PlanJson.render(judged) : PlanText.render(judged, Terminal.hasColour());
        return new Shown(text, !refusals.isEmpty(), judged.hasChanges());
    }

    private record Base(TargetConfig accepted, long generation) {}

    private Base base(String name) {
        return switch (name) {
            case "none" -> new Base(TargetConfig.EMPTY, 0);
            case "accepted" -> accepted();
            default -> {
                LoadedSpec other = LoadedSpec.read(SpecFiles.load(Path.of(name)));
                yield new Base(valid(other, name), 0);
            }
        };
    }

    private Base accepted() {
        try {
            StoredSpec stored = StateDir.readAccepted(daemon.stateDir())
                    .orElseThrow(() -> new CommandFailure(
                            "there is no accepted spec in " + daemon.stateDir() + ": name the daemon's --state-dir"));
            return new Base(
                    valid(LoadedSpec.of(stored.texts(), stored.contentHash()), "the accepted spec"),
                    stored.generation());
        } catch (IOException e) {
            throw new CommandFailure(String.valueOf(e.getMessage()));
        }
    }

    private TargetConfig valid(LoadedSpec other, String name) {
        if (other.state().isEmpty()) {
            other.report(
                    Output.TEXT, spec.commandLine().getOut(), spec.commandLine().getErr());
            throw new CommandFailure(name + " is not valid");
        }
        return other.state().get().target();
    }

    /** A target that is as {@code config} says, and has no hosts connected. */
    private static LiveState live(TargetConfig config) {
        SortedMap<Nqn, LiveState.Subsystem> subsystems = new TreeMap<>();
        config.subsystems()
                .keySet()
                .forEach(nqn ->
                        subsystems.put(nqn, new LiveState.Subsystem(LiveState.SubsystemState.ACTIVE, List.of())));
        return new LiveState(config, subsystems);
    }
}
