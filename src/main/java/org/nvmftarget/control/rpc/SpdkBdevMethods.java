package org.nvmftarget.control.rpc;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import org.nvmftarget.control.reconcile.StatusSource;
import org.nvmftarget.model.Activity;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** SPDK's methods about what block devices do, and what becomes of them. */
final class SpdkBdevMethods {

    /** In the order in which SPDK has them. */
    private static final List<Activity.EventType> TYPES = List.of(
            Activity.EventType.BDEV_REGISTER, Activity.EventType.BDEV_UNREGISTER, Activity.EventType.BDEV_RESIZE);

    private final StatusSource source;
    private final String specFile;

    /** @param specFile the file that declares this target */
    SpdkBdevMethods(StatusSource source, String specFile) {
        this.source = source;
        this.specFile = specFile;
    }

    void addTo(Map<String, Method> methods) {
        methods.put("bdev_get_iostat", this::iostat);
        methods.put("bdev_lvol_get_lvstores", SpdkBdevMethods::lvstores);
        methods.put("notify_get_types", SpdkBdevMethods::types);
        methods.put("notify_get_notifications", this::notifications);
    }

    private Result iostat(Params given) throws RpcError {
        Params params = given.faultedBy(() -> new RpcError(RpcError.INTERNAL_ERROR, "spdk_json_decode_object failed"));
        Optional<List<String>> names = params.strings("names");
        Optional<String> name = params.string("name");
        boolean perChannel = params.bool("per_channel").orElse(false);
        Optional<String> resetMode = params.string("reset_mode");
        params.end();
        if (resetMode.isPresent() && !resetMode.get().equals("none")) {
            throw new RpcError(
                    RpcError.INVALID_PARAMS,
                    "Invalid parameters: reset_mode is not offered, for this socket only reads: this target is"
                            + " declared in " + specFile);
        }
        Activity activity = source.activity();
        ObjectNode head =
                Json.object().put("tick_rate", SpdkLiveJson.TICKS_PER_SECOND).put("ticks", activity.nowNs());
        List<String> wanted = new ArrayList<>(names.orElse(List.of()));
        name.ifPresent(wanted::add);
        if (perChannel && wanted.size() != 1) {
            throw new RpcError(RpcError.EINVAL, "Invalid argument");
        }
        SortedMap<String, Activity.Bdev> all = activity.bdevs();
        Map<String, Activity.Bdev> found = names.isEmpty() && name.isEmpty() ? all : select(all, wanted);
        return perChannel ? channels(head, wanted.getFirst(), found) : totals(head, found);
    }

    private static Map<String, Activity.Bdev> select(SortedMap<String, Activity.Bdev> all, List<String> wanted)
            throws RpcError {
        Map<String, Activity.Bdev> found = new LinkedHashMap<>();
        for (String name : wanted) {
            Activity.Bdev bdev = all.get(name);
            if (bdev == null) {
                throw RpcError.noSuchDevice();
            }
            found.put(name, bdev);
        }
        return found;
    }

    private Result totals(ObjectNode head, Map<String, Activity.Bdev> bdevs) {
        SpdkIoErrors errors = new SpdkIoErrors(() -> source.live().config().bdevs());
        return Result.object(
                head,
                "bdevs",
                bdevs.entrySet().stream()
                        .map(each -> total(each.getKey(), each.getValue().total(), errors)));
    }

    private static ObjectNode total(String name, Activity.Channel total, SpdkIoErrors errors) {
        ObjectNode json = addCounters(Json.object().put("name", name), total);
        errors.addTo(json.putObject("io_error"), name, total.errors());
        return json;
    }

    /** A reactor has a channel once it has used the device. SPDK counts errors for the device as a whole. */
    private static Result channels(ObjectNode head, String name, Map<String, Activity.Bdev> found) {
        ArrayNode channels = head.put("name", name).putArray("channels");
        for (Activity.Bdev bdev : found.values()) {
            for (int i = 0; i < bdev.channels().size(); i++) {
                if (bdev.channels().get(i).isUsed()) {
                    ObjectNode channel = channels.addObject().put("thread_id", SpdkThreads.number(i));
                    addCounters(channel, bdev.channels().get(i)).putObject("io_error");
                }
            }
        }
        return Result.of(head);
    }

    private static ObjectNode addCounters(ObjectNode json, Activity.Channel channel) {
        Activity.Io reads = channel.reads();
        Activity.Io writes = channel.writes();
        json.put("bytes_read", reads.bytes())
                .put("num_read_ops", reads.ops())
                .put("bytes_written", writes.bytes())
                .put("num_write_ops", writes.ops())
                .put("bytes_unmapped", channel.unmaps().bytes())
                .put("num_unmap_ops", channel.unmaps().ops())
                .put("bytes_copied", channel.copies().bytes())
                .put("num_copy_ops", channel.copies().ops());
        addLatencies(json, "read", reads);
        addLatencies(json, "write", writes);
        addLatencies(json, "unmap", channel.unmaps());
        addLatencies(json, "copy", channel.copies());
        return json;
    }

    private static void addLatencies(ObjectNode json, String kind, Activity.Io io) {
        json.put(kind + "_latency_ticks", io.latencyNs())
                .put("max_" + kind + "_latency_ticks", io.maxLatencyNs())
                .put("min_" + kind + "_latency_ticks", io.minLatencyNs());
    }

    /** There are no logical volumes here. */
    private static Result lvstores(Params params) throws RpcError {
        Optional<String> uuid = params.string("uuid");
        Optional<String> name = params.string("lvs_name");
        params.end();
        if (uuid.isPresent() || name.isPresent()) {
            throw RpcError.noSuchDevice();
        }
        return Result.of(Json.array());
    }

    private static Result types(Params params) throws RpcError {
        params.noneOr("No parameters required");
        ArrayNode types = Json.array();
        TYPES.forEach(type -> types.add(name(type)));
        return Result.of(types);
    }

    private Result notifications(Params given) throws RpcError {
        Params params = given.faultedBy(() -> new RpcError(RpcError.INVALID_PARAMS, "Invalid argument"));
        long from = params.bigCount("id").orElse(0L);
        long most = params.bigCount("max").orElse(Long.MAX_VALUE);
        params.end();
        return Result.array(source.activity().events().stream()
                .filter(event -> event.id() >= from)
                .limit(most)
                .map(event -> Json.object()
                        .put("type", name(event.type()))
                        .put("ctx", event.bdev())
                        .put("id", event.id())));
    }

    private static String name(Activity.EventType type) {
        return type.name().toLowerCase(Locale.ROOT);
    }
}
