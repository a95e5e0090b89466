package org.nvmftarget.control.rpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.nvmftarget.model.BdevLatencies;
import org.nvmftarget.model.BdevLimits;
import org.nvmftarget.model.BdevSpec;
import org.nvmftarget.model.TargetConfig;
import org.nvmftarget.model.TransportOptions;
import org.nvmftarget.model.TransportType;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The calls that make the same target in SPDK. */
final class SpdkConfigTest {

    private static final TargetConfig FULL = FullTarget.live().config();

    @Test
    void spdkKnowsEveryParameterOfEveryCall() throws IOException {
        Map<String, Set<String>> known = known();
        TargetConfig transports = withTransports();
        Stream.of(SpdkConfig.bdevs(disks()), nvmf(FULL), nvmf(RecordedTarget.config()), nvmf(transports))
                .flatMap(calls -> calls)
                .forEach(call -> assertKnown(known, call.path("method").stringValue(), call.path("params")));
    }

    private static void assertKnown(Map<String, Set<String>> known, String name, JsonNode params) {
        Set<String> names = known.get(name);
        assertNotNull(names, name);
        for (Map.Entry<String, JsonNode> param : params.properties()) {
            assertTrue(names.contains(param.getKey()), name + "." + param.getKey());
            if (param.getValue().isObject()) {
                assertKnown(known, param.getKey(), param.getValue());
            }
        }
    }

    @Test
    void anaStatesThatAreNotOptimizedAreSetAtTheEnd() {
        List<ObjectNode> calls = nvmf(FULL).toList();
        assertEquals(
                "{\"method\":\"nvmf_subsystem_listener_set_ana_state\",\"params\":{\"nqn\":\"nqn.2026-11.org.example:a\","
                        + "\"listen_address\":{\"trtype\":\"TCP\",\"adrfam\":\"IPv4\",\"traddr\":\"10.0.0.1\","
                        + "\"trsvcid\":\"4420\"},\"ana_state\":\"inaccessible\",\"anagrpid\":2}}",
                calls.getLast().toString());
    }

    @Test
    void thereAreAsManyAnaGroupsAsAreUsed() {
        assertEquals(40, params("nvmf_create_subsystem").path("max_namespaces").intValue());
        assertEquals(
                40,
                params("nvmf_subsystem_add_ns")
                        .path("namespace")
                        .path("anagrpid")
                        .intValue());
    }

    @Test
    void aNamespaceForSomeHostsIsHiddenAndShownToEach() {
        assertTrue(params("nvmf_subsystem_add_ns")
                .path("namespace")
                .path("no_auto_visible")
                .booleanValue());
        assertEquals(
                "{\"nqn\":\"nqn.2026-11.org.example:a\",\"nsid\":1,\"host\":\"nqn.2026-11.org.example:host\"}",
                params("nvmf_ns_add_host").toString());
    }

    @Test
    void discoveryHasItsReferralsAndListeners() {
        assertEquals(
                "10.0.0.9",
                params("nvmf_discovery_add_referral")
                        .path("address")
                        .path("traddr")
                        .stringValue());
        assertEquals(
                "nqn.2014-08.org.nvmexpress.discovery",
                params("nvmf_subsystem_add_listener").path("nqn").stringValue());
    }

    @Test
    void whatIsMadeComesBeforeWhatUsesIt() {
        List<String> methods =
                nvmf(FULL).map(call -> call.path("method").stringValue()).toList();
        assertEquals(
                List.of(
                        "nvmf_set_config",
                        "nvmf_set_max_subsystems",
                        "nvmf_set_crdt",
                        "nvmf_discovery_add_referral",
                        "nvmf_create_subsystem",
                        "nvmf_subsystem_add_ns",
                        "nvmf_ns_add_host",
                        "nvmf_subsystem_add_listener",
                        "nvmf_subsystem_add_listener",
                        "nvmf_subsystem_listener_set_ana_state"),
                methods);
    }

    @Test
    void filesAndBlockDevicesAreAioDisks() {
        assertEquals(
                "{\"method\":\"bdev_aio_create\",\"params\":{\"name\":\"f\",\"block_size\":512,\"filename\":\"/srv/f\","
                        + "\"readonly\":false,\"fallocate\":true,\"uuid\":\"00000000-0000-0001-0000-000000000002\","
                        + "\"nowait\":false}}",
                SpdkConfig.bdevs(disks()).findFirst().orElseThrow().toString());
    }

    private static JsonNode params(String method) {
        return nvmf(FULL)
                .filter(call -> call.path("method").stringValue().equals(method))
                .findFirst()
                .orElseThrow()
                .path("params");
    }

    @Test
    void limitsFollowTheirBdevAndThoseThatSpdkHasNotAreLeftOut() {
        List<String> calls = SpdkConfig.bdevs(disks()).map(ObjectNode::toString).toList();
        int malloc = IntStream.range(0, calls.size())
                .filter(i -> calls.get(i).contains("bdev_malloc_create"))
                .findFirst()
                .orElseThrow();
        assertEquals(
                "{\"method\":\"bdev_set_qos_limit\",\"params\":{\"name\":\"m\",\"rw_ios_per_sec\":5000,"
                        + "\"rw_mbytes_per_sec\":4,\"r_mbytes_per_sec\":2,\"w_mbytes_per_sec\":3}}",
                calls.get(malloc + 1));
        assertEquals(
                1,
                calls.stream().filter(call -> call.contains("qos")).count(),
                "bdevs without limits have no such call");
    }

    @Test
    void whatIsMadeOfAnotherComesBehindItAndAnErrorBdevHasSpdksName() {
        List<String> calls = SpdkConfig.bdevs(disks())
                .map(ObjectNode::toString)
                .filter(call -> call.matches(".*(null|error|delay)_create.*"))
                .toList();
        assertTrue(calls.get(0).contains("bdev_null_create"));
        assertEquals(
                "{\"method\":\"bdev_error_create\",\"params\":{\"base_name\":\"n\","
                        + "\"uuid\":\"00000000-0000-0001-0000-000000000002\"}}",
                calls.get(1));
        assertEquals(
                "{\"method\":\"bdev_delay_create\",\"params\":{\"name\":\"a\",\"base_bdev_name\":\"EE_n\","
                        + "\"uuid\":\"00000000-0000-0001-0000-000000000002\",\"avg_read_latency\":1,"
                        + "\"p99_read_latency\":2,\"avg_write_latency\":3,\"p99_write_latency\":4}}",
                calls.get(2));
    }

    private static Stream<ObjectNode> nvmf(TargetConfig target) {
        return SpdkConfig.nvmf(target).flatMap(calls -> calls);
    }

    private static TargetConfig disks() {
        UUID uuid = new UUID(1, 2);
        return new TargetConfig(
                new TreeMap<>(),
                new TreeMap<>(Map.of(
                        "f", new BdevSpec.File("f", "/srv/f", 1 << 20, 512, false, uuid),
                        "m",
                                new BdevSpec.Malloc("m", 1 << 20, 512, uuid)
                                        .withLimits(new BdevLimits(5000, 1, 1, 4 << 20, 2 << 20, 3 << 20)),
                        "n", new BdevSpec.Null("n", 1 << 20, 512, uuid),
                        "a",
                                new BdevSpec.Delay(
                                        "a", "e", new BdevLatencies(1, 2, 3, 4), 1 << 20, 512, uuid, BdevLimits.NONE),
                        "e", new BdevSpec.Failing("e", "n", List.of(), 1 << 20, 512, uuid, BdevLimits.NONE))),
                new TreeMap<>());
    }

    private static TargetConfig withTransports() {
        return new TargetConfig(
                new TreeMap<>(
                        Map.of(TransportType.RDMA, TransportOptions.rdma(), TransportType.TCP, TransportOptions.tcp())),
                new TreeMap<>(),
                new TreeMap<>());
    }

    /** What SPDK's schema lists. */
    private static Map<String, Set<String>> known() throws IOException {
        Map<String, Set<String>> known = new HashMap<>();
        try (var in = SpdkConfigTest.class.getResourceAsStream("/spdk-rpc/create-params.txt")) {
            assertNotNull(in);
            new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))
                    .lines()
                    .filter(line -> !line.startsWith("#"))
                    .map(line -> line.split(" "))
                    .forEach(words -> known.put(words[0], Set.of(words)));
        }
        return known;
    }
}
