package org.nvmftarget.control.rpc;

import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.nvmftarget.control.reconcile.StatusSource;
import org.nvmftarget.model.BdevSpec;
import org.nvmftarget.model.LiveState;
import org.nvmftarget.model.NamespaceSpec;
import org.nvmftarget.model.Nqn;
import org.nvmftarget.model.SubsystemSpec;
import org.nvmftarget.model.TargetConfig;
import org.nvmftarget.model.TransportOptions;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** SPDK's read-only methods. Answers come from the target's snapshot. */
final class SpdkMethods {

    /** The name of SPDK's only target, which clients may give. */
    static final String TARGET_NAME = "nvmf_tgt";

    private static final long LOOK_AGAIN_MS = 50;

    private final StatusSource source;
    private final String version;

    /** @param version this program's */
    SpdkMethods(StatusSource source, String version) {
        this.source = source;
        this.version = version;
    }

    void addTo(Map<String, Method> methods) {
        methods.put("nvmf_get_subsystems", this::subsystems);
        methods.put("nvmf_get_transports", this::transports);
        methods.put("nvmf_subsystem_get_listeners", this::listeners);
        methods.put("nvmf_discovery_get_referrals", this::referrals);
        methods.put("bdev_get_bdevs", this::bdevs);
        methods.put("spdk_get_version", this::version);
        methods.put("rpc_get_methods", params -> {
            params.bool("current");
            params.bool("include_aliases");
            params.end();
            ArrayNode names = Json.array();
            methods.keySet().stream().sorted().forEach(names::add);
            return Result.of(names);
        });
    }

    private Result subsystems(Params params) throws RpcError {
        Optional<String> nqn = params.string("nqn");
        target(params);
        TargetConfig config = config();
        if (nqn.isEmpty()) {
            return Result.array(Stream.concat(
                    Stream.of(config.discovery()).map(SpdkJson::discoverySubsystem),
                    config.subsystems().values().stream().map(SpdkJson::subsystem)));
        }
        if (nqn.get().equals(Nqn.DISCOVERY.value())) {
            return Result.of(Json.array().add(SpdkJson.discoverySubsystem(config.discovery())));
        }
        return subsystem(config, nqn.get())
                .map(found -> Result.of(Json.array().add(SpdkJson.subsystem(found))))
                .orElseThrow(() ->
                        new RpcError(RpcError.INVALID_PARAMS, "Subsystem with NQN '" + nqn.get() + "' not found"));
    }

    private static Optional<SubsystemSpec> subsystem(TargetConfig config, String nqn) {
        return config.subsystems().values().stream()
                .filter(s -> s.nqn().value().equals(nqn))
                .findAny();
    }

    private Result transports(Params params) throws RpcError {
        Optional<String> trtype = params.string("trtype").map(given -> given.toUpperCase(Locale.ROOT));
        target(params);
        ArrayNode all = Json.array();
        for (TransportOptions options : config().transports().values()) {
            if (trtype.isEmpty() || trtype.get().equals(options.trtype().name())) {
                all.add(SpdkJson.transport(options));
            }
        }
        if (all.isEmpty() && trtype.isPresent()) {
            throw RpcError.noSuchDevice();
        }
        return Result.of(all);
    }

    private Result listeners(Params params) throws RpcError {
        String nqn = params.string("nqn").orElseThrow(RpcError::invalidParameters);
        target(params);
        TargetConfig config = config();
        if (nqn.equals(Nqn.DISCOVERY.value())) {
            ArrayNode all = Json.array();
            config.discovery()
                    .listeners()
                    .forEach(address -> all.addObject().set("address", SpdkJson.address(address)));
            return Result.of(all);
        }
        SubsystemSpec subsystem = subsystem(config, nqn).orElseThrow(RpcError::invalidParameters);
        return Result.array(
                subsystem.listeners().values().stream().map(listener -> SpdkJson.listener(subsystem, listener)));
    }

    private Result referrals(Params params) throws RpcError {
        target(params);
        return Result.array(config().discovery().referrals().values().stream().map(SpdkJson::referral));
    }

    private Result bdevs(Params given) throws RpcError {
        Params params = given.faultedBy(() -> new RpcError(RpcError.INTERNAL_ERROR, "spdk_json_decode_object failed"));
        Optional<String> name = params.string("name");
        int timeoutMs = params.count("timeout").orElse(0);
        params.end();
        if (name.isEmpty()) {
            LiveState live = source.live();
            Set<String> claimed = claimed(live.config());
            return Result.array(live.config().bdevs().values().stream()
                    .map(b -> SpdkJson.bdev(live.config(), b, claimed.contains(b.name()), live.drive(b.name()))));
        }
        long begin = System.nanoTime();
        do {
            LiveState live = source.live();
            Optional<BdevSpec> found = live.config().bdevs().values().stream()
                    .filter(b ->
                            b.name().equals(name.get()) || b.uuid().toString().equals(name.get()))
                    .findFirst();
            if (found.isPresent()) {
                BdevSpec bdev = found.get();
                boolean isClaimed = claimed(live.config()).contains(bdev.name());
                return Result.of(
                        Json.array().add(SpdkJson.bdev(live.config(), bdev, isClaimed, live.drive(bdev.name()))));
            }
        } while (waitedFor(begin, timeoutMs));
        throw RpcError.noSuchDevice();
    }

    /** The names of those that a namespace has, or that another bdev is made of. */
    private static Set<String> claimed(TargetConfig config) {
        return Stream.concat(
                        config.subsystems().values().stream()
                                .flatMap(subsystem -> subsystem.namespaces().values().stream())
                                .map(NamespaceSpec::bdev),
                        config.bdevs().values().stream().map(BdevSpec::base))
                .collect(Collectors.toSet());
    }

    /** Sleeps a little; false once the time is over. */
    private static boolean waitedFor(long begin, int timeoutMs) {
        long leftMs = timeoutMs - TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begin);
        if (leftMs <= 0) {
            return false;
        }
        try {
            Thread.sleep(Math.min(leftMs, LOOK_AGAIN_MS));
            return true;
        } catch (InterruptedException stopping) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** The fields say which SPDK this answers like, since that is what clients decide by. */
    private Result version(Params params) throws RpcError {
        params.none("spdk_get_version method");
        ObjectNode json = Json.object().put("version", "SPDK v26.09-pre (nvmf-target " + version + ")");
        json.putObject("fields")
                .put("major", 26)
                .put("minor", 9)
                .put("patch", 0)
                .put("suffix", "-pre");
        return Result.of(json);
    }

    private TargetConfig config() {
        return source.live().config();
    }

    /** Takes {@code tgt_name}, the last of a method's parameters, which may name one target alone. */
    static void target(Params params) throws RpcError {
        Optional<String> target = params.string("tgt_name");
        params.end();
        if (target.isPresent() && !target.get().equals(TARGET_NAME)) {
            throw new RpcError(RpcError.INTERNAL_ERROR, "Unable to find a target.");
        }
    }
}
