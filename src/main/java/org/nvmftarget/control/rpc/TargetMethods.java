package org.nvmftarget.control.rpc;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.nvmftarget.control.admit.Preview;
import org.nvmftarget.control.plan.Plan;
import org.nvmftarget.control.reconcile.StatusSource;
import org.nvmftarget.control.render.PlanJson;
import org.nvmftarget.control.render.PlanText;
import org.nvmftarget.control.render.ProblemJson;
import org.nvmftarget.control.render.SpecYaml;
import org.nvmftarget.model.DesiredState;
import org.nvmftarget.model.HostKeys;
import org.nvmftarget.model.Nqn;
import org.nvmftarget.model.Problem;
import org.nvmftarget.model.SubsystemSpec;
import org.nvmftarget.model.TargetConfig;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** This target's own methods, as read-only as the others. */
final class TargetMethods {

    private static final String STATUS = "nvmf_target_get_status";
    private static final String PLAN = "nvmf_target_get_plan";
    private static final String HISTORY = "nvmf_target_get_history";
    private static final String EXPORT = "nvmf_target_export";

    static final Set<String> NAMES = Set.of(STATUS, PLAN, HISTORY, EXPORT);

    private static final int HISTORY_DEFAULT = 1000;

    private final StatusSource source;
    private final Preview preview;
    private final SpecTexts ownSpec;

    TargetMethods(StatusSource source, Preview preview, SpecTexts ownSpec) {
        this.source = source;
        this.preview = preview;
        this.ownSpec = ownSpec;
    }

    void addTo(Map<String, Method> methods) {
        methods.put(STATUS, this::status);
        methods.put(PLAN, this::plan);
        methods.put(HISTORY, this::history);
        methods.put(EXPORT, this::export);
    }

    private Result status(Params params) throws RpcError {
        boolean all = params.bool("objects").orElse(false);
        params.end();
        return Result.of(StatusJson.of(source.status(), source.objects(), all, source.live()));
    }

    private Result history(Params params) throws RpcError {
        int most = params.count("max").orElse(HISTORY_DEFAULT);
        params.end();
        ArrayNode lines = Json.array();
        source.history(most).forEach(line -> lines.add(Json.parse(line)));
        return Result.of(lines);
    }

    private Result plan(Params params) throws RpcError {
        Optional<JsonNode> files = params.container("files");
        Optional<JsonNode> paths = params.container("paths");
        Optional<String> yaml = params.string("yaml");
        Optional<String> text = params.string("text");
        params.end();
        if (text.isPresent() && !text.get().equals("plain") && !text.get().equals("colour")) {
            throw new RpcError(RpcError.INVALID_PARAMS, "Invalid parameters: text is plain or colour");
        }
        Preview.Result result = preview.preview(texts(files, paths, yaml));
        return switch (result) {
            case Preview.Result.Planned(Plan plan) -> Result.of(planned(plan, text));
            case Preview.Result.Invalid(List<Problem> problems) -> throw invalid(problems);
        };
    }

    private JsonNode planned(Plan plan, Optional<String> text) {
        ObjectNode json = Json.object();
        json.set("plan", PlanJson.node(plan));
        text.ifPresent(form -> json.put("text", PlanText.render(plan, form.equals("colour"))));
        return json;
    }

    private static RpcError invalid(List<Problem> problems) {
        ObjectNode data = Json.object();
        data.set("problems", ProblemJson.node(problems));
        Problem first = problems.getFirst();
        return new RpcError(
                RpcError.INVALID_PARAMS,
                "Invalid parameters: " + first.file() + ":" + first.line() + ":" + first.column() + ": "
                        + first.message(),
                data);
    }

    private Map<String, String> texts(Optional<JsonNode> files, Optional<JsonNode> paths, Optional<String> yaml)
            throws RpcError {
        if ((files.isPresent() ? 1 : 0) + (paths.isPresent() ? 1 : 0) + (yaml.isPresent() ? 1 : 0) > 1) {
            throw new RpcError(RpcError.INVALID_PARAMS, "Invalid parameters: give one of files, paths and yaml");
        }
        if (yaml.isPresent()) {
            return Map.of("yaml", yaml.get());
        }
        return files.isPresent() ? given(files.get()) : own(paths);
    }

    private static Map<String, String> given(JsonNode files) throws RpcError {
        Map<String, String> texts = new LinkedHashMap<>();
        for (Map.Entry<String, JsonNode> file : files.properties()) {
            texts.put(file.getKey(), file.getValue().stringValueOpt().orElseThrow(RpcError::invalidParameters));
        }
        if (!files.isObject() || texts.isEmpty()) {
            throw RpcError.invalidParameters();
        }
        return texts;
    }

    /**
     * Reads the target's own file. Other paths are refused: who may read the socket must not read, by way of source
     * lines in messages, what root may.
     */
    private Map<String, String> own(Optional<JsonNode> paths) throws RpcError {
        if (paths.isPresent()) {
            for (JsonNode path : paths.get()) {
                if (!ownSpec.path().toString().equals(path.asString())) {
                    throw new RpcError(
                            RpcError.INVALID_PARAMS,
                            "Invalid parameters: of paths, " + ownSpec.path()
                                    + " alone is read; send the text of any other file");
                }
            }
        }
        try {
            return ownSpec.read();
        } catch (IOException e) {
            throw new RpcError(RpcError.INTERNAL_ERROR, ownSpec.path() + " cannot be read: " + e.getMessage());
        }
    }

    private Result export(Params params) throws RpcError {
        params.end();
        DesiredState accepted = source.accepted();
        TargetConfig live = source.live().config();
        SortedMap<Nqn, SubsystemSpec> subsystems = new TreeMap<>(live.subsystems());
        subsystems.replaceAll(
                (nqn, subsystem) -> protectedAs(accepted.target().subsystems().get(nqn), subsystem));
        TargetConfig config = new TargetConfig(live.transports(), live.bdevs(), subsystems, live.discovery());
        DesiredState state = new DesiredState(config, accepted.reconcile(), accepted.log(), accepted.rpc());
        return Result.of(Json.object().put("yaml", SpecYaml.render(state)));
    }

    /** The live target knows nothing of {@code protect}: the accepted spec does. */
    private static SubsystemSpec protectedAs(@Nullable SubsystemSpec accepted, SubsystemSpec live) {
        return new SubsystemSpec(
                live.nqn(),
                live.serialNumber(),
                live.modelNumber(),
                live.maxNamespaces(),
                live.minCntlid(),
                live.maxCntlid(),
                live.allowAnyHost(),
                live.hosts(),
                declared(live.hostKeys()),
                live.namespaces(),
                live.listeners(),
                accepted != null && accepted.protect());
    }

    /** Where the keys stand: that a file holds another by now is not for a spec to say. */
    private static SortedMap<Nqn, HostKeys> declared(SortedMap<Nqn, HostKeys> keys) {
        SortedMap<Nqn, HostKeys> declared = new TreeMap<>(keys);
        declared.replaceAll((host, live) -> live.declared());
        return declared;
    }
}
