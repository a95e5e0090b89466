package org.nvmftarget.control.rpc;

import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.nvmftarget.control.reconcile.StatusSource;
import org.nvmftarget.model.LiveState;
import org.nvmftarget.model.TargetConfig;
import org.nvmftarget.model.TransportType;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** SPDK's methods about the program and its parts, and those by which {@code rpc.py save_config} makes a file. */
final class SpdkFrameworkMethods {

    private static final String BDEV = "bdev";
    private static final String NVMF = "nvmf";

    /** SPDK's parts, each after those that it builds on, and their names. */
    private static final Map<String, List<String>> DEPENDS_ON = Map.of(
            "accel",
            List.of("iobuf"),
            BDEV,
            List.of("accel", "keyring", "vmd", "sock", "iobuf"),
            NVMF,
            List.of(BDEV, "keyring", "sock", "accel", "iobuf"),
            "nbd",
            List.of(BDEV));

    private static final List<String> PARTS =
            List.of("scheduler", "sock", "iobuf", "keyring", "vmd", "accel", BDEV, NVMF, "nbd");

    /** SPDK's words for the spec's. */
    private static final Map<String, String> LEVELS =
            Map.of("error", "ERROR", "warn", "WARNING", "info", "INFO", "debug", "DEBUG", "trace", "DEBUG");

    /** Parts of SPDK that can be made to log; this target has none of these. */
    private static final List<String> SPDKS_FLAGS = List.of("""
        accel accel_ae4dma accel_ioat aio app_config app_rpc bdev_concat bdev_ftl bdev_malloc bdev_null bdev_nvme \
        bdev_raid bdev_raid0 bdev_raid1 bdev_raid_sb blob blob_esnap blob_rw ftl_core ftl_init gpt_parse ioat \
        json_util keyring log_rpc lvol lvol_rpc nbd notify_rpc nvme nvme_auth nvmf_auth opal rdma rpc_client sock \
        sock_posix thread trace uring vbdev_delay vbdev_gpt vbdev_lvol vbdev_opal vbdev_passthru vbdev_split \
        vbdev_zone_block vmd\
        """.split(" "));

    private final StatusSource source;
    private final LogView log;

    SpdkFrameworkMethods(StatusSource source, LogView log) {
        this.source = source;
        this.log = log;
    }

    void addTo(Map<String, Method> methods) {
        methods.put("framework_get_subsystems", SpdkFrameworkMethods::subsystems);
        methods.put("framework_get_config", this::config);
        methods.put("iobuf_get_stats", this::iobuf);
        methods.put("keyring_get_keys", params -> keys(params));
        methods.put("log_get_level", params -> level("log_get_level", params));
        methods.put("log_get_print_level", params -> level("log_get_print_level", params));
        methods.put("log_get_flags", this::flags);
    }

    private static Result subsystems(Params params) throws RpcError {
        params.noneOr("'framework_get_subsystems' requires no arguments");
        ArrayNode parts = Json.array();
        for (String name : PARTS) {
            ArrayNode depends = parts.addObject().put("subsystem", name).putArray("depends_on");
            DEPENDS_ON.getOrDefault(name, List.of()).forEach(depends::add);
        }
        return Result.of(parts);
    }

    private Result keys(Params params) throws RpcError {
        params.none("keyring_get_keys");
        return Result.of(SpdkKeys.keyring(source.live().config()));
    }

    private Result config(Params given) throws RpcError {
        Params params = given.faultedBy(() -> new RpcError(RpcError.INVALID_PARAMS, "Invalid arguments"));
        String name =
                params.string("name").orElseThrow(() -> new RpcError(RpcError.INVALID_PARAMS, "Invalid arguments"));
        boolean batches = params.bool("with_batches").orElse(false);
        params.end();
        TargetConfig live = source.live().config();
        Stream<Stream<ObjectNode>> calls = switch (name) {
            case "keyring" -> Stream.of(SpdkConfig.keyring(live));
            case BDEV -> Stream.of(SpdkConfig.bdevs(live));
            case NVMF -> SpdkConfig.nvmf(live);
            default -> {
                if (!PARTS.contains(name)) {
                    throw new RpcError(RpcError.INVALID_PARAMS, "Subsystem '" + name + "' not found");
                }
                yield Stream.of();
            }
        };
        return Result.array(
                batches && name.equals(NVMF) ? calls.flatMap(SpdkFrameworkMethods::batch) : calls.flatMap(c -> c));
    }

    /** Calls of one kind as one array, which {@code load_config} sends as a batch; none is no batch. */
    private static Stream<JsonNode> batch(Stream<ObjectNode> calls) {
        ArrayNode all = Json.array();
        calls.forEachOrdered(all::add);
        return all.isEmpty() ? Stream.empty() : Stream.of(all);
    }

    /** Buffers are not kept in caches here: what there is to tell is how often a transport had to wait for one. */
    private Result iobuf(Params params) {
        ArrayNode modules = Json.array();
        addPools(modules, "accel", 0);
        addPools(modules, BDEV, 0);
        waits(source.live()).forEach((trtype, waits) -> addPools(modules, "nvmf_" + trtype.name(), waits));
        return Result.of(modules);
    }

    private static SortedMap<TransportType, Long> waits(LiveState live) {
        SortedMap<TransportType, Long> waits = new TreeMap<>();
        live.config().transports().keySet().forEach(trtype -> waits.put(trtype, 0L));
        live.stats().pollGroups().stream()
                .flatMap(group -> group.transports().stream())
                .forEach(stats -> waits.merge(stats.trtype(), stats.pendingDataBuffer(), Long::sum));
        return waits;
    }

    private static void addPools(ArrayNode modules, String module, long waits) {
        ObjectNode json = modules.addObject().put("module", module);
        addPool(json, "small_pool", 0);
        addPool(json, "large_pool", waits);
    }

    private static void addPool(ObjectNode json, String name, long waits) {
        json.putObject(name).put("cache", 0).put("main", 0).put("retry", waits).put("cache_size", 0);
    }

    private Result level(String method, Params params) throws RpcError {
        params.none(method);
        return Result.of(JsonNodeFactory.instance.stringNode(LEVELS.getOrDefault(log.level(), "INFO")));
    }

    private Result flags(Params params) throws RpcError {
        params.none("log_get_flags");
        SortedMap<String, Boolean> all = new TreeMap<>();
        SPDKS_FLAGS.forEach(flag -> all.put(flag, false));
        all.putAll(log.flags());
        ObjectNode json = Json.object();
        all.forEach(json::put);
        return Result.of(json);
    }
}
