package org.nvmftarget.control.rpc;

import java.util.Map;
import org.nvmftarget.control.reconcile.StatusSource;
import org.nvmftarget.model.LiveState;
import org.nvmftarget.model.Nqn;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;

/** SPDK's methods about what goes on: who is connected, and what was done. Answers come from the target's snapshot. */
final class SpdkLiveMethods {

    private final StatusSource source;

    SpdkLiveMethods(StatusSource source) {
        this.source = source;
    }

    void addTo(Map<String, Method> methods) {
        methods.put("nvmf_subsystem_get_controllers", this::controllers);
        methods.put("nvmf_subsystem_get_qpairs", this::queuePairs);
        methods.put("nvmf_get_stats", this::stats);
        methods.put("nvmf_get_targets", SpdkLiveMethods::targets);
    }

    private JsonNode controllers(Params params) throws RpcError {
        Map.Entry<Nqn, LiveState.Subsystem> subsystem = subsystem(params);
        ArrayNode all = Json.array();
        subsystem.getValue().controllers().forEach(c -> all.add(SpdkLiveJson.controller(subsystem.getKey(), c)));
        return all;
    }

    private JsonNode queuePairs(Params params) throws RpcError {
        ArrayNode all = Json.array();
        subsystem(params)
                .getValue()
                .controllers()
                .forEach(c -> c.queuePairs().forEach(pair -> all.add(SpdkLiveJson.queuePair(c, pair))));
        return all;
    }

    private Map.Entry<Nqn, LiveState.Subsystem> subsystem(Params params) throws RpcError {
        String nqn = params.string("nqn").orElseThrow(RpcError::invalidParameters);
        SpdkMethods.target(params);
        return source.live().subsystems().entrySet().stream()
                .filter(entry -> entry.getKey().value().equals(nqn))
                .findAny()
                .orElseThrow(RpcError::invalidParameters);
    }

    private JsonNode stats(Params params) throws RpcError {
        SpdkMethods.target(params);
        return SpdkLiveJson.stats(source.live().stats());
    }

    private static JsonNode targets(Params params) throws RpcError {
        params.none("nvmf_get_targets");
        return Json.array().add(SpdkMethods.TARGET_NAME);
    }
}
