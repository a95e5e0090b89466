package org.nvmftarget.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nvmftarget.initiator.Commands;
import org.nvmftarget.initiator.Host;
import org.nvmftarget.initiator.HostQueue;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The requests that were sent to SPDK when its answers were recorded, sent to a target of the same configuration with the
 * same host on it: each answer has SPDK's keys, in SPDK's order, with SPDK's types, and its values where the configuration
 * determines them.
 */
@Timeout(120)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class RecordingsIT {

    private static final String CNODE1 = "nqn.2016-06.io.spdk:cnode1";
    private static final String HOST = "nqn.2014-08.org.nvmexpress:uuid:0a0a0a0a-0b0b-0c0c-0d0d-0e0e0e0e0e0e";
    private static final UUID HOST_ID = UUID.fromString("a5b32d74-033b-4fca-bd1d-93348a1885ba");

    /** What SPDK prints only of a subsystem that reports ANA, and this target of each, since its all do. */
    private static final Set<String> OF_ANA = Set.of("anagrpid", "ana_states");

    /** Counters, clocks, identifiers of processes and processors, and what the program is and can do. */
    private static final Set<String> OWN_VALUE = Set.of(
            "ana_reporting",
            "busy",
            "busy_count",
            "bytes_read",
            "cache",
            "cache_size",
            "cntlid",
            "completed_nvme_io",
            "cpumask",
            "dmrsl",
            "elapsed",
            "idle",
            "irq",
            "lcore",
            "max_read_latency_ticks",
            "min_read_latency_ticks",
            "num_read_ops",
            "numa_id",
            "pid",
            "read_latency_ticks",
            "run_count",
            "supported_io_types",
            "sys",
            "tick_rate",
            "ticks",
            "tid",
            "usr",
            "version",
            "wzsl");

    private int port;
    private int otherPort;
    private DaemonProcess daemon;
    private Host host;

    @BeforeAll
    void start(@TempDir Path folder) throws Exception {
        port = DaemonProcess.freePort();
        otherPort = DaemonProcess.freePort();
        Path spec =
                Files.writeString(folder.resolve("target.yaml"), withPorts(resource("/imports/spdk-save_config.yaml")));
        daemon = DaemonProcess.start(folder, spec);
        CommandRun status = daemon.command("status", "--wait", "60s", "--for-file", spec);
        assertEquals(0, status.exitCode(), () -> status.out() + status.err() + daemon.errOrNone());
        InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
        host = Host.connect(address, CNODE1, HOST, HOST_ID, 120_000);
        HostQueue queue = host.connectIoQueues(1).getFirst();
        for (int i = 0; i < 3; i++) {
            assertEquals(
                    0,
                    HostQueue.await(queue.submitRead(Commands.read(1, i, 1), 4096))
                            .status());
        }
    }

    @AfterAll
    void stop() throws IOException {
        host.close();
        daemon.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "bdev_lvol_get_lvstores",
                "framework_get_scheduler",
                "framework_get_subsystems",
                "iobuf_get_stats",
                "keyring_get_keys",
                "notify_get_types",
                "nvmf_discovery_get_referrals",
                "nvmf_get_stats",
                "nvmf_get_subsystems",
                "nvmf_get_targets",
                "nvmf_get_transports",
                "nvmf_subsystem_get_controllers",
                "nvmf_subsystem_get_listeners",
                "nvmf_subsystem_get_listeners.ana",
                "spdk_get_version"
            })
    void anAnswerIsSpdks(String name) throws IOException {
        assertLike(recorded(name), answer(name), name);
    }

    /** The host's ports are its kernel's choice. */
    @Test
    void queuePairsAreSpdks() throws IOException {
        String name = "nvmf_subsystem_get_qpairs";
        JsonNode recorded = recorded(name);
        JsonNode ours = answer(name);
        for (int i = 0; i < recorded.size(); i++) {
            ((ObjectNode) recorded.get(i).get("peer_address"))
                    .set("trsvcid", ours.path(i).path("peer_address").path("trsvcid"));
        }
        assertLike(recorded, ours, name);
    }

    /** SPDK lists bdevs as they were made, this target by name. */
    @Test
    void bdevsAreSpdks() throws IOException {
        String name = "bdev_get_bdevs";
        assertLikeByName(recorded(name), answer(name));
    }

    /** Of the counters those are compared that the host has not moved; it has read from one bdev alone. */
    @Test
    void statisticsOfBdevsAreSpdksAndCountWhatTheHostRead() throws IOException {
        String name = "bdev_get_iostat";
        JsonNode ours = answer(name);
        assertEquals(List.copyOf(recorded(name).propertyNames()), List.copyOf(ours.propertyNames()));
        assertEquals(1_000_000_000, ours.path("tick_rate").asLong());
        assertLikeByName(recorded(name).path("bdevs"), ours.path("bdevs"));
        JsonNode read = byName(ours.path("bdevs"), "Null0");
        assertEquals(3, read.path("num_read_ops").asLong());
        assertEquals(3 * 4096, read.path("bytes_read").asLong());
        long total = read.path("read_latency_ticks").asLong();
        assertTrue(read.path("min_read_latency_ticks").asLong() * 3 <= total, read.toString());
        assertTrue(total > 0 && read.path("max_read_latency_ticks").asLong() * 3 >= total, read.toString());
        assertEquals(
                0, byName(ours.path("bdevs"), "Malloc0").path("num_read_ops").asLong());
    }

    /** This target's plan makes bdevs in the order of their names. */
    @Test
    void notificationsTellOfEachBdev() throws IOException {
        JsonNode recorded = recorded("notify_get_notifications");
        JsonNode ours = answer("notify_get_notifications");
        assertEquals(recorded.size(), ours.size());
        Set<String> bdevs = new HashSet<>();
        for (int i = 0; i < ours.size(); i++) {
            assertEquals(
                    List.copyOf(recorded.get(i).propertyNames()),
                    List.copyOf(ours.get(i).propertyNames()));
            assertEquals("bdev_register", ours.get(i).path("type").stringValue());
            assertEquals(i, ours.get(i).path("id").intValue());
            bdevs.add(ours.get(i).path("ctx").stringValue());
        }
        assertEquals(Set.of("Null0", "Malloc0"), bdevs);
    }

    /** Reactors are as many as the machine's processors allow; each is like SPDK's. */
    @ParameterizedTest
    @ValueSource(strings = {"thread_get_stats", "thread_get_pollers"})
    void threadsAreSpdks(String name) throws IOException {
        JsonNode recorded = recorded(name);
        JsonNode ours = answer(name);
        assertEquals(List.copyOf(recorded.propertyNames()), List.copyOf(ours.propertyNames()));
        JsonNode threads = ours.path("threads");
        assertEquals(
                List.of("app_thread", "nvmf_tgt_poll_group_000"),
                List.of(
                        threads.path(0).path("name").stringValue(),
                        threads.path(1).path("name").stringValue()));
        for (JsonNode thread : threads) {
            assertLikePollers(recorded.path("threads").path(1), thread);
        }
        assertTrue(threads.path(1).path("id").intValue() == 2, threads.toString());
    }

    /** Keys and types: how many pollers there are, and what they are called, is each program's own. */
    private static void assertLikePollers(JsonNode recorded, JsonNode ours) {
        assertEquals(List.copyOf(recorded.propertyNames()), List.copyOf(ours.propertyNames()));
        for (String key : recorded.propertyNames()) {
            JsonNode theirs = recorded.get(key);
            assertEquals(theirs.getNodeType(), ours.get(key).getNodeType(), key);
            for (JsonNode poller : ours.get(key)) {
                assertEquals(List.copyOf(theirs.get(0).propertyNames()), List.copyOf(poller.propertyNames()), key);
            }
        }
    }

    @Test
    void reactorsAreSpdksAndTellRealTime() throws Exception {
        JsonNode recorded = recorded("framework_get_reactors");
        JsonNode ours = answer("framework_get_reactors");
        assertEquals(List.copyOf(recorded.propertyNames()), List.copyOf(ours.propertyNames()));
        assertEquals(daemon.pid(), ours.path("pid").asLong());
        JsonNode theirs = recorded.path("reactors").path(0);
        for (JsonNode reactor : ours.path("reactors")) {
            assertEquals(List.copyOf(theirs.propertyNames()), List.copyOf(reactor.propertyNames()));
            assertEquals(
                    List.copyOf(theirs.path("lw_threads").path(0).propertyNames()),
                    List.copyOf(reactor.path("lw_threads").path(0).propertyNames()));
            assertTrue(Files.exists(Path.of(
                    "/proc/" + daemon.pid() + "/task/" + reactor.path("tid").asLong())));
        }
        assertTrue(ours.path("reactors").path(0).path("busy").asLong() > 0, ours.toString());
        TimeUnit.MILLISECONDS.sleep(200);
        JsonNode later = answer("framework_get_reactors");
        for (int i = 0; i < ours.path("reactors").size(); i++) {
            long passed = time(later, i) - time(ours, i);
            assertTrue(passed >= 100_000_000L, "time passed on reactor " + i + ": " + passed);
        }
    }

    private static long time(JsonNode reactors, int i) {
        JsonNode reactor = reactors.path("reactors").path(i);
        return reactor.path("busy").asLong() + reactor.path("idle").asLong();
    }

    @ParameterizedTest
    @ValueSource(strings = {"log_get_level", "log_get_print_level"})
    void logLevelsAreWordsOfSpdks(String name) throws IOException {
        assertTrue(recorded(name).isString());
        assertEquals("INFO", answer(name).stringValue());
    }

    @Test
    void logFlagsAreAllOfSpdksAndThisPrograms() throws IOException {
        JsonNode ours = answer("log_get_flags");
        recorded("log_get_flags")
                .propertyNames()
                .forEach(flag -> assertTrue(ours.path(flag).isBoolean(), flag));
        assertTrue(ours.has("nvmf_rdma") && ours.has("reconcile"), ours.toString());
    }

    /** What SPDK prints besides is about parts of its own. */
    @ParameterizedTest
    @ValueSource(strings = {"framework_get_config", "framework_get_config.bdev"})
    void theCallsThatMakeThisTargetAreSpdks(String name) throws IOException {
        List<JsonNode> recorded = new ArrayList<>();
        recorded(name).forEach(recorded::add);
        recorded.removeIf(call -> Set.of(
                        "bdev_set_options", "bdev_raid_set_options", "bdev_nvme_set_options", "bdev_nvme_set_hotplug")
                .contains(call.path("method").stringValue()));
        JsonNode ours = answer(name);
        assertEquals(recorded.size(), ours.size(), ours.toString());
        for (int i = 0; i < recorded.size(); i++) {
            assertLike(recorded.get(i), ours.get(i), name + "[" + i + "]");
        }
    }

    /** Each name that SPDK offers is offered here, refused in words, or not known: it then changes nothing either. */
    @Test
    void everyMethodOfSpdkThatChangesSomethingIsRefusedByTheFilesName() throws IOException {
        Set<String> offered = new HashSet<>();
        answer("rpc_get_methods").forEach(method -> offered.add(method.stringValue()));
        List<String> reads =
                List.of(resource("/spdk-rpc/read-only-methods.txt").strip().split("\n"));
        try (RpcConnection rpc = new RpcConnection(daemon.socket())) {
            for (JsonNode each : recorded("rpc_get_methods")) {
                String method = each.stringValue();
                if (offered.contains(method)) {
                    continue;
                }
                JsonNode error =
                        rpc.call("{\"id\":1,\"method\":\"" + method + "\"}").path("error");
                assertEquals(-32601, error.path("code").intValue(), method);
                String message = error.path("message").stringValue();
                if (reads.contains(method)) {
                    assertEquals("Method not found", message, method);
                } else {
                    assertTrue(
                            message.startsWith("method is not offered: this target is declared in " + daemon.spec()),
                            method + ": " + message);
                }
            }
        }
    }

    private JsonNode answer(String name) throws IOException {
        try (RpcConnection rpc = new RpcConnection(daemon.socket())) {
            JsonNode answer = rpc.call(resource("/spdk-rpc/" + name + ".request.json"));
            assertEquals(List.of("jsonrpc", "id", "result"), List.copyOf(answer.propertyNames()), answer.toString());
            return answer.get("result");
        }
    }

    private JsonNode recorded(String name) throws IOException {
        return Json.parse(withPorts(resource("/spdk-rpc/" + name + ".response.json")))
                .path("result");
    }

    /** SPDK had 4420 and 4421, which may be somebody else's here. */
    private String withPorts(String text) {
        return text.replaceAll("(trsvcid\\W+)4420", "$1" + port).replaceAll("(trsvcid\\W+)4421", "$1" + otherPort);
    }

    private static String resource(String name) throws IOException {
        try (InputStream in = RecordingsIT.class.getResourceAsStream(name)) {
            assertNotNull(in, name);
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static void assertLikeByName(JsonNode recorded, JsonNode ours) {
        assertEquals(recorded.size(), ours.size());
        for (JsonNode bdev : recorded) {
            String name = bdev.path("name").stringValue();
            assertLike(bdev, byName(ours, name), name);
        }
    }

    private static JsonNode byName(JsonNode bdevs, String name) {
        for (JsonNode bdev : bdevs) {
            if (bdev.path("name").stringValue().equals(name)) {
                return bdev;
            }
        }
        throw new AssertionError("no " + name);
    }

    private static void assertLike(JsonNode recorded, JsonNode ours, String path) {
        assertEquals(recorded.getNodeType(), ours.getNodeType(), path);
        if (recorded.isObject()) {
            List<String> keys = List.copyOf(recorded.propertyNames());
            List<String> ourKeys = new ArrayList<>(ours.propertyNames());
            ourKeys.removeIf(key -> OF_ANA.contains(key) && !recorded.has(key));
            assertEquals(keys, ourKeys, path);
            keys.forEach(key -> assertLike(recorded.get(key), ours.get(key), path + "." + key));
        } else if (recorded.isArray()) {
            assertEquals(recorded.size(), ours.size(), path);
            for (int i = 0; i < recorded.size(); i++) {
                assertLike(recorded.get(i), ours.get(i), path + "[" + i + "]");
            }
        } else if (OWN_VALUE.stream().noneMatch(key -> path.contains("." + key))) {
            assertEquals(recorded.toString(), ours.toString(), path);
        }
    }
}
