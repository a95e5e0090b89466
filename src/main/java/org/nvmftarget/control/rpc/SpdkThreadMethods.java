package org.nvmftarget.control.rpc;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.nvmftarget.control.reconcile.StatusSource;
import org.nvmftarget.model.EventLoops;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** SPDK's methods about threads and reactors. */
final class SpdkThreadMethods {

    /** SPDK's word for a CPU whose memory node is not known. */
    private static final int ANY_NUMA_ID = -1;

    private final StatusSource source;
    private final ProcessorClock clock = new ProcessorClock();

    /** By CPU: the machine's boards do not change. */
    private final Map<Integer, Integer> numaIds = new ConcurrentHashMap<>();

    SpdkThreadMethods(StatusSource source) {
        this.source = source;
    }

    void addTo(Map<String, Method> methods) {
        methods.put("thread_get_stats", this::stats);
        methods.put("thread_get_pollers", this::pollers);
        methods.put("framework_get_reactors", this::reactors);
        methods.put("framework_get_scheduler", SpdkThreadMethods::scheduler);
    }

    /** An event loop does its turns as a thread in SPDK does one poller. */
    private Result stats(Params params) throws RpcError {
        params.noneOr("'thread_get_stats' requires no arguments");
        ObjectNode json = Json.object().put("tick_rate", SpdkLiveJson.TICKS_PER_SECOND);
        ArrayNode threads = json.putArray("threads");
        for (SpdkThreads.LightThread thread : SpdkThreads.of(source.eventLoops())) {
            threads.addObject()
                    .put("name", thread.name())
                    .put("id", thread.number())
                    .put("cpumask", thread.cpumask())
                    .put("busy", thread.loop().busyNs())
                    .put("idle", thread.loop().idleNs())
                    .put("active_pollers_count", 1)
                    .put("timed_pollers_count", 0)
                    .put("paused_pollers_count", 0);
        }
        return Result.of(json);
    }

    private Result pollers(Params params) throws RpcError {
        params.noneOr("'thread_get_pollers' requires no arguments");
        ObjectNode json = Json.object().put("tick_rate", SpdkLiveJson.TICKS_PER_SECOND);
        ArrayNode threads = json.putArray("threads");
        for (SpdkThreads.LightThread thread : SpdkThreads.of(source.eventLoops())) {
            ObjectNode each = threads.addObject().put("name", thread.name()).put("id", thread.number());
            each.putArray("active_pollers")
                    .addObject()
                    .put("name", "event_loop")
                    .put("id", 1)
                    .put("state", "waiting")
                    .put("run_count", thread.loop().turns())
                    .put("busy_count", thread.loop().busyTurns());
            each.putArray("timed_pollers");
            each.putArray("paused_pollers");
        }
        return Result.of(json);
    }

    private Result reactors(Params params) throws RpcError {
        params.noneOr("`framework_get_reactors` requires no arguments");
        ObjectNode json = Json.object()
                .put("tick_rate", SpdkLiveJson.TICKS_PER_SECOND)
                .put("pid", ProcessHandle.current().pid());
        ArrayNode reactors = json.putArray("reactors");
        SpdkThreads.of(source.eventLoops()).stream()
                .sorted((a, b) -> Integer.compare(a.lcore(), b.lcore()))
                .forEach(thread -> reactors.add(reactor(thread)));
        return Result.of(json);
    }

    private ObjectNode reactor(SpdkThreads.LightThread thread) {
        EventLoops.EventLoop loop = thread.loop();
        ProcessorTimes times = clock.of(loop.tid());
        ObjectNode json = Json.object()
                .put("lcore", thread.lcore())
                .put(
                        "numa_id",
                        loop.cpu().isPresent()
                                ? numaIds.computeIfAbsent(loop.cpu().getAsInt(), SpdkThreadMethods::numaId)
                                : ANY_NUMA_ID)
                .put("tid", loop.tid())
                .put("busy", loop.busyNs())
                .put("idle", loop.idleNs())
                .put("in_interrupt", false)
                .put("irq", 0)
                .put("sys", times.system())
                .put("usr", times.user());
        json.putArray("lw_threads")
                .addObject()
                .put("name", thread.name())
                .put("id", thread.number())
                .put("cpumask", thread.cpumask())
                .put("elapsed", thread.elapsedNs());
        return json;
    }

    /** The memory node of a CPU. */
    private static int numaId(int cpu) {
        Path folder = Path.of("/sys/devices/system/cpu/cpu" + cpu);
        try (DirectoryStream<Path> nodes = Files.newDirectoryStream(folder, "node[0-9]*")) {
            for (Path node : nodes) {
                return Integer.parseInt(node.getFileName().toString().substring("node".length()));
            }
            return ANY_NUMA_ID;
        } catch (IOException untold) {
            return ANY_NUMA_ID;
        }
    }

    private static Result scheduler(Params params) throws RpcError {
        params.noneOr("'rpc_get_scheduler' requires no arguments");
        return Result.of(Json.object()
                .put("scheduler_name", "static")
                .put("scheduler_period", 0)
                .put("isolated_core_mask", "0")
                .put("scheduling_core", 0));
    }
}
