package org.nvmftarget.control.rpc;

import java.util.Map;
import java.util.function.UnaryOperator;
import org.nvmftarget.control.reconcile.StatusSource;
import org.nvmftarget.model.LiveState;
import org.nvmftarget.model.Nqn;

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

    private Result controllers(Params params) throws RpcError {
        Map.Entry<Nqn, LiveState.Subsystem> subsystem = subsystem(source.live(), params);
        return Result.array(
                subsystem.getValue().controllers().stream().map(c -> SpdkLiveJson.controller(subsystem.getKey(), c)));
    }

    private Result queuePairs(Params params) throws RpcError {
        LiveState live = source.live();
        UnaryOperator<String> threads = SpdkThreads.names(live.stats());
        return Result.array(subsystem(live, params).getValue().controllers().stream()
                .flatMap(c -> c.queuePairs().stream()
                        .map(pair -> SpdkLiveJson.queuePair(c, pair, threads.apply(pair.thread())))));
    }

    private static Map.Entry<Nqn, LiveState.Subsystem> subsystem(LiveState live, Params params) throws RpcError {
        String nqn = params.string("nqn").orElseThrow(RpcError::invalidParameters);
        SpdkMethods.target(params);
        return live.subsystems().entrySet().stream()
                .filter(entry -> entry.getKey().value().equals(nqn))
                .findAny()
                .orElseThrow(RpcError::invalidParameters);
    }

    private Result stats(Params params) throws RpcError {
        SpdkMethods.target(params);
        return Result.of(SpdkLiveJson.stats(source.stats()));
    }

    private static Result targets(Params params) throws RpcError {
        params.none("nvmf_get_targets");
        return Result.of(Json.array().add(SpdkMethods.TARGET_NAME));
    }
}
