package org.nvmftarget.control.rpc;

import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.nvmftarget.control.reconcile.StatusSource;
import org.nvmftarget.model.BdevSpec;
import org.nvmftarget.model.LiveState;
import org.nvmftarget.model.Nqn;
import org.nvmftarget.model.SubsystemSpec;
import org.nvmftarget.model.TargetConfig;
import org.nvmftarget.model.TransportOptions;
import tools.jackson.databind.JsonNode;
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
            return names;
        });
    }

    private JsonNode subsystems(Params params) throws RpcError {
        Optional<String> nqn = params.string("nqn");
        target(params);
        ArrayNode all = Json.array();
        if (nqn.isEmpty() || nqn.get().equals(Nqn.DISCOVERY.value())) {
            all.add(SpdkJson.discoverySubsystem(config().discovery()));
        }
        for (SubsystemSpec subsystem : config().subsystems().values()) {
            if (nqn.isEmpty() || nqn.get().equals(subsystem.nqn().value())) {
                all.add(SpdkJson.subsystem(subsystem));
            }
        }
        if (all.isEmpty()) {
            throw new RpcError(RpcError.INVALID_PARAMS, "Subsystem with NQN '" + nqn.orElse("") + "' not found");
        }
        return all;
    }

    private JsonNode transports(Params params) throws RpcError {
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
        return all;
    }

    private JsonNode listeners(Params params) throws RpcError {
        String nqn = params.string("nqn").orElseThrow(RpcError::invalidParameters);
        target(params);
        ArrayNode all = Json.array();
        if (nqn.equals(Nqn.DISCOVERY.value())) {
            config().discovery()
                    .listeners()
                    .forEach(address -> all.addObject().set("address", SpdkJson.address(address)));
            return all;
        }
        SubsystemSpec subsystem = config().subsystems().values().stream()
                .filter(s -> s.nqn().value().equals(nqn))
                .findAny()
                .orElseThrow(RpcError::invalidParameters);
        subsystem.listeners().values().forEach(listener -> all.add(SpdkJson.listener(subsystem, listener)));
        return all;
    }

    private JsonNode referrals(Params params) throws RpcError {
        target(params);
        ArrayNode all = Json.array();
        config().discovery().referrals().values().forEach(referral -> all.add(SpdkJson.referral(referral)));
        return all;
    }

    private JsonNode bdevs(Params given) throws RpcError {
        Params params = given.faultedBy(() -> new RpcError(RpcError.INTERNAL_ERROR, "spdk_json_decode_object failed"));
        Optional<String> name = params.string("name");
        int timeoutMs = params.count("timeout").orElse(0);
        params.end();
        ArrayNode all = Json.array();
        long begin = System.nanoTime();
        do {
            addBdevs(all, name);
        } while (name.isPresent() && all.isEmpty() && waitedFor(begin, timeoutMs));
        if (all.isEmpty() && name.isPresent()) {
            throw RpcError.noSuchDevice();
        }
        return all;
    }

    private void addBdevs(ArrayNode all, Optional<String> name) {
        TargetConfig config = config();
        SortedSet<String> claimed = new TreeSet<>();
        config.subsystems()
                .values()
                .forEach(s -> s.namespaces().values().forEach(namespace -> claimed.add(namespace.bdev())));
        for (BdevSpec bdev : config.bdevs().values()) {
            if (name.isEmpty()
                    || name.get().equals(bdev.name())
                    || name.get().equals(bdev.uuid().toString())) {
                all.add(SpdkJson.bdev(bdev, claimed.contains(bdev.name())));
            }
        }
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
    private JsonNode version(Params params) throws RpcError {
        params.none("spdk_get_version");
        ObjectNode json = Json.object().put("version", "SPDK v26.09-pre (nvmf-target " + version + ")");
        json.putObject("fields")
                .put("major", 26)
                .put("minor", 9)
                .put("patch", 0)
                .put("suffix", "-pre");
        return json;
    }

    private TargetConfig config() {
        LiveState live = source.live();
        return live.config();
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
