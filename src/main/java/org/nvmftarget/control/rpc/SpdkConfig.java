package org.nvmftarget.control.rpc;

import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.nvmftarget.control.plan.BdevStack;
import org.nvmftarget.model.AnaState;
import org.nvmftarget.model.BdevLimits;
import org.nvmftarget.model.BdevSpec;
import org.nvmftarget.model.ListenerSpec;
import org.nvmftarget.model.NamespaceSpec;
import org.nvmftarget.model.Nqn;
import org.nvmftarget.model.SubsystemSpec;
import org.nvmftarget.model.TargetConfig;
import org.nvmftarget.model.TransportAddress;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The calls that make a target like this one in SPDK, as {@code load_config} takes them: what SPDK itself prints of such
 * a target, in its order, and at the end the ANA states, which SPDK leaves out.
 */
final class SpdkConfig {

    /** SPDK's own default, of which a target seldom needs more. */
    private static final int MAX_SUBSYSTEMS = 1024;

    /** SPDK's defaults: a target like this one has no others. */
    private static final JsonNode NVMF_CONFIG = Json.parse("""
        {"discovery_filters":[],"admin_cmd_passthru":{"identify_ctrlr":false,"identify_uuid_list":false,
        "get_log_page":false,"get_set_features":false,"sanitize":false,"security_send_recv":false,
        "fw_update":false,"nvme_mi":false,"vendor_specific":false}}\
        """);

    private static final String ERROR_PREFIX = "EE_";

    private SpdkConfig() {}

    static Stream<ObjectNode> bdevs(TargetConfig target) {
        return Stream.concat(
                BdevStack.basesFirst(target.bdevs()).stream()
                        .flatMap(bdev -> Stream.concat(Stream.of(bdev(target, bdev)), limits(target, bdev).stream())),
                Stream.of(call("bdev_wait_for_examine")));
    }

    /** SPDK takes thousands of operations, and rounds up what is none; it has no limits of them for one direction. */
    private static Optional<ObjectNode> limits(TargetConfig target, BdevSpec bdev) {
        ObjectNode call = call("bdev_set_qos_limit");
        ObjectNode params = params(call).put("name", name(target, bdev.name()));
        BdevLimits limits = bdev.limits();
        putLimit(params, "rw_ios_per_sec", limits.iops());
        putLimit(params, "rw_mbytes_per_sec", SpdkJson.mbytes(limits.bandwidthBytes()));
        putLimit(params, "r_mbytes_per_sec", SpdkJson.mbytes(limits.readBandwidthBytes()));
        putLimit(params, "w_mbytes_per_sec", SpdkJson.mbytes(limits.writeBandwidthBytes()));
        return params.size() > 1 ? Optional.of(call) : Optional.empty();
    }

    private static void putLimit(ObjectNode params, String key, long limit) {
        if (limit > 0) {
            params.put(key, limit);
        }
    }

    /** SPDK names a bdev that fails after its base. */
    private static String name(TargetConfig target, String bdev) {
        return target.bdevs().get(bdev) instanceof BdevSpec.Failing error
                ? ERROR_PREFIX + name(target, error.base())
                : bdev;
    }

    private static ObjectNode bdev(TargetConfig target, BdevSpec bdev) {
        return switch (bdev) {
            case BdevSpec.Delay delay -> {
                ObjectNode call = call("bdev_delay_create");
                SpdkJson.delay(params(call), delay);
                params(call).put("base_bdev_name", name(target, delay.base()));
                yield call;
            }
            case BdevSpec.Failing error -> {
                ObjectNode call = call("bdev_error_create");
                params(call).put("base_name", name(target, error.base()));
                params(call).put("uuid", error.uuid().toString());
                yield call;
            }
            case BdevSpec.Malloc malloc -> malloc(malloc);
            case BdevSpec.Null nothing -> nothing(nothing);
            case BdevSpec.File _, BdevSpec.Device _ -> disk(bdev);
        };
    }

    private static ObjectNode malloc(BdevSpec.Malloc bdev) {
        ObjectNode call = call("bdev_malloc_create");
        blocks(params(call), bdev)
                .put("uuid", bdev.uuid().toString())
                .put("optimal_io_boundary", 0)
                .put("md_size", 0)
                .put("dif_type", 0)
                .put("dif_is_head_of_md", false)
                .put("dif_pi_format", 0)
                .put("numa_id", -1);
        return call;
    }

    private static ObjectNode nothing(BdevSpec.Null bdev) {
        ObjectNode call = call("bdev_null_create");
        blocks(params(call), bdev)
                .put("md_size", 0)
                .put("dif_type", 0)
                .put("dif_is_head_of_md", false)
                .put("dif_pi_format", 0)
                .put("uuid", bdev.uuid().toString())
                .put("preferred_write_granularity", 0)
                .put("preferred_write_alignment", 0)
                .put("optimal_write_size", 0)
                .put("preferred_unmap_granularity", 0)
                .put("preferred_unmap_alignment", 0);
        return call;
    }

    /** Files and devices alike: by Linux AIO, which every SPDK has. */
    private static ObjectNode disk(BdevSpec bdev) {
        ObjectNode call = call("bdev_aio_create");
        params(call)
                .put("name", bdev.name())
                .put("block_size", bdev.blockSizeBytes())
                .put("filename", bdev.place())
                .put("readonly", false)
                .put("fallocate", true)
                .put("uuid", bdev.uuid().toString())
                .put("nowait", false);
        return call;
    }

    private static ObjectNode blocks(ObjectNode params, BdevSpec bdev) {
        return params.put("name", bdev.name())
                .put("num_blocks", bdev.sizeBytes() / bdev.blockSizeBytes())
                .put("block_size", bdev.blockSizeBytes())
                .put("physical_block_size", bdev.blockSizeBytes());
    }

    /** Calls of one kind after the other; each kind is made when its turn comes. */
    static Stream<Stream<ObjectNode>> nvmf(TargetConfig target) {
        return Stream.of(
                Stream.of(
                        call("nvmf_set_config", nvmfConfig(target)),
                        call(
                                "nvmf_set_max_subsystems",
                                Json.object()
                                        .put(
                                                "max_subsystems",
                                                Math.max(
                                                        MAX_SUBSYSTEMS,
                                                        target.subsystems().size() + 1))),
                        call(
                                "nvmf_set_crdt",
                                Json.object().put("crdt1", 0).put("crdt2", 0).put("crdt3", 0))),
                target.transports().values().stream()
                        .map(options -> call("nvmf_create_transport", SpdkJson.transport(options))),
                target.discovery().referrals().values().stream()
                        .map(referral -> call("nvmf_discovery_add_referral", SpdkJson.referral(referral))),
                subsystems(target).map(SpdkConfig::subsystem),
                subsystems(target).flatMap(SpdkConfig::hosts),
                subsystems(target).flatMap(s -> s.namespaces().values().stream().map(n -> namespace(target, s, n))),
                subsystems(target).flatMap(SpdkConfig::namespaceHosts),
                Stream.concat(
                        target.discovery().listeners().stream().map(address -> listener(Nqn.DISCOVERY, address)),
                        subsystems(target)
                                .flatMap(s -> s.listeners().keySet().stream().map(a -> listener(s.nqn(), a)))),
                subsystems(target).flatMap(SpdkConfig::anaStates));
    }

    private static ObjectNode nvmfConfig(TargetConfig target) {
        ObjectNode config = Json.object();
        NVMF_CONFIG.properties().forEach(member -> config.set(member.getKey(), member.getValue()));
        SpdkKeys.addAgreeable(config, target);
        return config.put("dup_host_policy", "allow");
    }

    static Stream<ObjectNode> keyring(TargetConfig target) {
        return SpdkKeys.calls(target).map(params -> call("keyring_file_add_key", params));
    }

    private static Stream<SubsystemSpec> subsystems(TargetConfig target) {
        return target.subsystems().values().stream();
    }

    private static ObjectNode subsystem(SubsystemSpec subsystem) {
        ObjectNode call = call("nvmf_create_subsystem");
        params(call)
                .put("nqn", subsystem.nqn().value())
                .put("allow_any_host", subsystem.allowAnyHost())
                .put("serial_number", subsystem.serialNumber())
                .put("model_number", subsystem.modelNumber())
                .put("max_namespaces", Math.max(subsystem.maxNamespaces(), highestGroup(subsystem)))
                .put("min_cntlid", subsystem.minCntlid())
                .put("max_cntlid", subsystem.maxCntlid())
                .put("ana_reporting", true)
                .put("dmrsl", SubsystemSpec.DMRSL)
                .put("wzsl", SubsystemSpec.WZSL)
                .put("passthrough", false)
                .put("enable_nssr", false);
        return call;
    }

    /** SPDK has an ANA group for each namespace that there may be, and no more. */
    private static int highestGroup(SubsystemSpec subsystem) {
        return Stream.concat(
                        subsystem.namespaces().values().stream().map(NamespaceSpec::anaGroup),
                        subsystem.listeners().values().stream().flatMap(l -> l.anaStates().keySet().stream()))
                .reduce(1, Math::max);
    }

    private static Stream<ObjectNode> hosts(SubsystemSpec subsystem) {
        return subsystem.hosts().stream().map(host -> {
            ObjectNode params =
                    Json.object().put("nqn", subsystem.nqn().value()).put("host", host.value());
            subsystem.keysOf(host).ifPresent(keys -> SpdkKeys.add(params, keys));
            return call("nvmf_subsystem_add_host", params);
        });
    }

    private static ObjectNode namespace(TargetConfig target, SubsystemSpec subsystem, NamespaceSpec namespace) {
        ObjectNode call = call("nvmf_subsystem_add_ns");
        ObjectNode json = params(call)
                .put("nqn", subsystem.nqn().value())
                .putObject("namespace")
                .put("nsid", Integer.toUnsignedLong(namespace.nsid().value()))
                .put("bdev_name", name(target, namespace.bdev()))
                .put("nguid", namespace.nguid());
        namespace.eui64().ifPresent(eui64 -> json.put("eui64", eui64));
        json.put("uuid", namespace.uuid().toString())
                .put("anagrpid", namespace.anaGroup())
                .put("no_auto_visible", namespace.hosts().isPresent());
        return call;
    }

    private static Stream<ObjectNode> namespaceHosts(SubsystemSpec subsystem) {
        return subsystem.namespaces().values().stream()
                .flatMap(namespace -> namespace.hosts().stream()
                        .flatMap(hosts -> hosts.stream())
                        .map(host -> call(
                                "nvmf_ns_add_host",
                                Json.object()
                                        .put("nqn", subsystem.nqn().value())
                                        .put(
                                                "nsid",
                                                Integer.toUnsignedLong(
                                                        namespace.nsid().value()))
                                        .put("host", host.value()))));
    }

    private static ObjectNode listener(Nqn nqn, TransportAddress address) {
        ObjectNode call = call("nvmf_subsystem_add_listener");
        params(call)
                .put("nqn", nqn.value())
                .set("listen_address", SpdkJson.address(address))
                .put("secure_channel", false);
        return call;
    }

    // ANA states

    private static Stream<ObjectNode> anaStates(SubsystemSpec subsystem) {
        return subsystem.listeners().values().stream().flatMap(listener -> anaStates(subsystem, listener));
    }

    /** All groups at once where they are alike; else those that are not optimized, as SPDK's are from the start. */
    private static Stream<ObjectNode> anaStates(SubsystemSpec subsystem, ListenerSpec listener) {
        if (listener.anaStates().isEmpty()) {
            return listener.anaState() == AnaState.OPTIMIZED
                    ? Stream.empty()
                    : Stream.of(anaState(subsystem, listener, listener.anaState()));
        }
        int groups =
                Math.min(NamespaceSpec.MAX_ANA_GROUP, Math.max(subsystem.maxNamespaces(), highestGroup(subsystem)));
        SortedMap<Integer, AnaState> others = new TreeMap<>();
        IntStream.rangeClosed(1, groups)
                .filter(group -> listener.anaState(group) != AnaState.OPTIMIZED)
                .forEach(group -> others.put(group, listener.anaState(group)));
        return others.entrySet().stream().map(other -> {
            ObjectNode call = anaState(subsystem, listener, other.getValue());
            params(call).put("anagrpid", other.getKey());
            return call;
        });
    }

    /** SPDK can set the first three of NVMe's states: a host that must not go this way finds inaccessible. */
    private static ObjectNode anaState(SubsystemSpec subsystem, ListenerSpec listener, AnaState state) {
        String word = switch (state) {
            case OPTIMIZED, NON_OPTIMIZED, INACCESSIBLE -> state.key();
            case PERSISTENT_LOSS, CHANGE -> AnaState.INACCESSIBLE.key();
        };
        ObjectNode call = call("nvmf_subsystem_listener_set_ana_state");
        params(call)
                .put("nqn", subsystem.nqn().value())
                .set("listen_address", SpdkJson.address(listener.address()))
                .put("ana_state", word);
        return call;
    }

    private static ObjectNode call(String method, JsonNode params) {
        ObjectNode call = Json.object().put("method", method);
        call.set("params", params);
        return call;
    }

    private static ObjectNode call(String method) {
        return Json.object().put("method", method);
    }

    private static ObjectNode params(ObjectNode call) {
        return call.withObject("params");
    }
}
