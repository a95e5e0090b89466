package org.nvmftarget.control.rpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nvmftarget.model.Activity;
import org.nvmftarget.model.EventLoops;
import org.nvmftarget.model.IoKind;
import tools.jackson.databind.JsonNode;

/** I/O counters, notifications, threads and the log, of a target with three reactors on CPUs 1, 4 and 70. */
final class SpdkBdevMethodsTest {

    private final FakeViews fake = new FakeViews();
    private final Map<String, Method> methods = RpcServer.methods("9.9", fake.views());

    SpdkBdevMethodsTest() {
        Activity.Channel some = new Activity.Channel(
                Map.of(
                        IoKind.READ, new Activity.Io(2, 1024, 50, 40, 10),
                        IoKind.WRITE, new Activity.Io(1, 512, 7, 7, 7)),
                new TreeMap<>(Map.of("miscompare", 3L, "io_error", 3L, "out_of_range", 1L)),
                5);
        fake.activity = new Activity(
                99,
                new TreeMap<>(Map.of(
                        "a", new Activity.Bdev(List.of(some, Activity.Channel.NONE, some)),
                        "b", new Activity.Bdev(List.of(Activity.Channel.NONE)))),
                LongStream.range(10, 20)
                        .mapToObj(id -> new Activity.Event(id, Activity.EventType.BDEV_RESIZE, "a"))
                        .toList());
        fake.eventLoops = new EventLoops(
                List.of(loop("reactor-cpu1", 1), loop("reactor-cpu4", 4), loop("reactor-cpu70", 70)),
                List.of(new EventLoops.EventLoop("acceptor", OptionalInt.empty(), 5, 1, 2, 3, 4)));
    }

    private static EventLoops.EventLoop loop(String name, int cpu) {
        return new EventLoops.EventLoop(name, OptionalInt.of(cpu), 40 + cpu, 100, 200, 30, 20);
    }

    @Test
    void iostatSumsUpAllReactors() throws RpcError {
        JsonNode a = call("bdev_get_iostat", "{\"name\":\"a\"}").path("bdevs").path(0);
        assertEquals(4, a.path("num_read_ops").intValue());
        assertEquals(2048, a.path("bytes_read").intValue());
        assertEquals(100, a.path("read_latency_ticks").intValue());
        assertEquals(40, a.path("max_read_latency_ticks").intValue());
        assertEquals(10, a.path("min_read_latency_ticks").intValue());
        assertEquals("{\"failed\":8,\"miscompare\":6}", a.path("io_error").toString());
    }

    @Test
    void iostatTellsTheChannelOfEachReactorThatUsedTheDevice() throws RpcError {
        JsonNode answer = call("bdev_get_iostat", "{\"names\":[\"a\"],\"per_channel\":true}");
        assertEquals(List.of("tick_rate", "ticks", "name", "channels"), List.copyOf(answer.propertyNames()));
        assertEquals(2, answer.path("channels").size());
        assertEquals(2, answer.path("channels").path(0).path("thread_id").intValue());
        assertEquals(4, answer.path("channels").path(1).path("thread_id").intValue());
        assertEquals(
                7, answer.path("channels").path(0).path("write_latency_ticks").intValue());
        assertEquals("{}", answer.path("channels").path(0).path("io_error").toString());
    }

    @Test
    void iostatOfNamesHasThoseInTheirOrder() throws RpcError {
        JsonNode bdevs = call("bdev_get_iostat", "{\"names\":[\"b\",\"a\"]}").path("bdevs");
        assertEquals("b", bdevs.path(0).path("name").stringValue());
        assertEquals("a", bdevs.path(1).path("name").stringValue());
        assertEquals(0, call("bdev_get_iostat", "{\"names\":[]}").path("bdevs").size());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "bdev_get_iostat|{\"name\":\"no\"}|-19|No such device",
                "bdev_get_iostat|{\"per_channel\":true}|-22|Invalid argument",
                "bdev_get_iostat|{\"per_channel\":true,\"names\":[\"a\",\"b\"]}|-22|Invalid argument",
                "bdev_get_iostat|{\"names\":\"a\"}|-32603|spdk_json_decode_object failed",
                "bdev_get_iostat|{\"names\":[1]}|-32603|spdk_json_decode_object failed",
                "bdev_get_iostat|{\"reset_mode\":\"all\"}|-32602|Invalid parameters: reset_mode is not offered, for"
                        + " this socket only reads: this target is declared in /etc/nvmf/target.yaml",
                "bdev_get_iostat|{\"reset_mode\":\"maxmin\"}|-32602|Invalid parameters: reset_mode is not offered, for"
                        + " this socket only reads: this target is declared in /etc/nvmf/target.yaml",
                "bdev_lvol_get_lvstores|{\"lvs_name\":\"x\"}|-19|No such device",
                "notify_get_types|{}|-32602|No parameters required",
                "notify_get_notifications|{\"id\":-1}|-32602|Invalid argument",
                "thread_get_stats|{}|-32602|'thread_get_stats' requires no arguments",
                "thread_get_pollers|{}|-32602|'thread_get_pollers' requires no arguments",
                "framework_get_reactors|{}|-32602|`framework_get_reactors` requires no arguments",
                "framework_get_subsystems|{}|-32602|'framework_get_subsystems' requires no arguments",
                "framework_get_config|{}|-32602|Invalid arguments",
                "framework_get_config|{\"name\":\"x\"}|-32602|Subsystem 'x' not found",
                "log_get_level|{}|-32602|log_get_level requires no parameters",
                "log_get_flags|{}|-32602|log_get_flags requires no parameters"
            })
    void errorsAreSpdks(String method, String params, int code, String message) {
        RpcError error = assertThrows(RpcError.class, () -> call(method, params));
        assertEquals(message, error.getMessage());
        assertEquals(code, error.code());
    }

    @Test
    void aModeThatResetsNothingIsNoReset() throws RpcError {
        assertEquals(
                2,
                call("bdev_get_iostat", "{\"reset_mode\":\"none\"}")
                        .path("bdevs")
                        .size());
    }

    @Test
    void notificationsBeginWhereTheClientLeftOff() throws RpcError {
        JsonNode two = call("notify_get_notifications", "{\"id\":17,\"max\":2}");
        assertEquals(
                "[{\"type\":\"bdev_resize\",\"ctx\":\"a\",\"id\":17},{\"type\":\"bdev_resize\",\"ctx\":\"a\",\"id\":18}]",
                two.toString());
        assertEquals(
                10,
                call("notify_get_notifications", "{\"id\":0,\"max\":18446744073709551615}")
                        .size());
        assertEquals(0, call("notify_get_notifications", "{\"id\":20}").size());
    }

    @Test
    void reactorsAreOnTheLcoresOfTheirCpusAndTheAcceptorOnTheLowestThatIsLeft() throws RpcError {
        JsonNode reactors = call("framework_get_reactors", null).path("reactors");
        assertEquals(
                "0 app_thread, 1 nvmf_tgt_poll_group_000, 4 nvmf_tgt_poll_group_001, 70 nvmf_tgt_poll_group_002",
                String.join(
                        ", ",
                        reactors.valueStream()
                                .map(r -> r.path("lcore") + " "
                                        + r.path("lw_threads")
                                                .path(0)
                                                .path("name")
                                                .stringValue())
                                .toList()));
        JsonNode last = reactors.path(3);
        assertEquals(
                "400000000000000000",
                last.path("lw_threads").path(0).path("cpumask").stringValue());
        assertEquals(300, last.path("lw_threads").path(0).path("elapsed").intValue());
        assertEquals(110, last.path("tid").intValue());
    }

    @Test
    void threadsTellBusyAndIdleTimeAndTheirTurns() throws RpcError {
        JsonNode thread = call("thread_get_stats", null).path("threads").path(2);
        assertEquals("nvmf_tgt_poll_group_001", thread.path("name").stringValue());
        assertEquals(3, thread.path("id").intValue());
        assertEquals(100, thread.path("busy").intValue());
        assertEquals(200, thread.path("idle").intValue());
        JsonNode turns = call("thread_get_pollers", null)
                .path("threads")
                .path(2)
                .path("active_pollers")
                .path(0);
        assertEquals(30, turns.path("run_count").intValue());
        assertEquals(20, turns.path("busy_count").intValue());
    }

    @Test
    void theLogIsAsItIsShown() throws RpcError {
        assertEquals("WARNING", call("log_get_level", null).stringValue());
        JsonNode flags = call("log_get_flags", null);
        assertTrue(flags.path("nvmf_rdma").booleanValue());
        assertFalse(flags.path("rpc").booleanValue());
        assertFalse(flags.path("vbdev_gpt").booleanValue(true));
    }

    @Test
    void whatTransportsHadToWaitForIsToldAsRetries() throws RpcError {
        fake.live = FullTarget.live();
        JsonNode modules = call("iobuf_get_stats", null);
        assertEquals("nvmf_RDMA", modules.path(2).path("module").stringValue());
        assertEquals(7, modules.path(2).path("large_pool").path("retry").intValue());
    }

    @Test
    void aConfigurationMayComeInBatches() throws RpcError {
        JsonNode flat = call("framework_get_config", "{\"name\":\"nvmf\"}");
        JsonNode batches = call("framework_get_config", "{\"name\":\"nvmf\",\"with_batches\":true}");
        assertTrue(batches.valueStream().allMatch(JsonNode::isArray), batches.toString());
        assertEquals(
                flat.valueStream().toList(),
                batches.valueStream().flatMap(JsonNode::valueStream).toList());
        assertEquals(0, call("framework_get_config", "{\"name\":\"scheduler\"}").size());
    }

    private JsonNode call(String method, @Nullable String params) throws RpcError {
        return FakeViews.call(methods, method, params == null ? null : Json.parse(params));
    }
}
