package org.nvmftarget.control.rpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.nvmftarget.model.LiveState;
import org.nvmftarget.model.Nqn;
import org.nvmftarget.model.SubsystemSpec;
import org.nvmftarget.model.TargetConfig;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.JsonNode;

/** Clients that come in numbers, send or ask for much, or do not read. */
@Timeout(60)
final class RpcCornersTest {

    @TempDir
    private Path folder;

    private Path socket;
    private RpcServer server;
    private final FakeViews fake = new FakeViews();

    @BeforeEach
    void start() throws IOException {
        socket = folder.resolve("rpc.sock");
        server = fake.serve(socket);
    }

    @AfterEach
    void stop() {
        server.close();
    }

    static String request(int id, String method) {
        return "{\"id\":" + id + ",\"method\":\"" + method + "\"}";
    }

    @Test
    void aClientMaySendThousandsOfRequestsBeforeItReadsTheFirstAnswer() throws IOException {
        try (RawClient client = new RawClient(socket)) {
            for (int i = 0; i < 5000; i++) {
                client.send(request(i, "spdk_get_version"));
            }
            for (int i = 0; i < 5000; i++) {
                assertEquals(i, Json.parse(client.line()).path("id").intValue());
            }
        }
    }

    @Test
    void twoHundredClientsAreServedAtOnce() throws Exception {
        List<Future<Integer>> all = new ArrayList<>();
        CountDownLatch there = new CountDownLatch(200);
        try (ExecutorService threads = Executors.newCachedThreadPool()) {
            for (int i = 0; i < 200; i++) {
                int id = i;
                all.add(threads.submit(() -> answersOf(id, there)));
            }
            for (Future<Integer> answers : all) {
                assertEquals(20, answers.get());
            }
        }
    }

    /** None begins before all are there. */
    private int answersOf(int id, CountDownLatch there) throws IOException, InterruptedException {
        int answers = 0;
        try (RawClient client = new RawClient(socket)) {
            there.countDown();
            there.await();
            for (int i = 0; i < 20; i++) {
                JsonNode answer =
                        client.call(request(1000 * id + i, i % 2 == 0 ? "nvmf_get_subsystems" : "thread_get_stats"));
                assertTrue(answer.has("result"), answer.toString());
                answers += answer.path("id").intValue() == 1000 * id + i ? 1 : 0;
            }
        }
        return answers;
    }

    @Test
    void whoDoesNotReadHoldsUpNobodyElse() throws IOException {
        fake.live = many(2000);
        try (RawClient deaf = new RawClient(socket);
                RawClient other = new RawClient(socket)) {
            for (int i = 0; i < 10; i++) {
                deaf.send(request(i, "nvmf_get_subsystems"));
            }
            assertTrue(other.call(request(1, "spdk_get_version")).has("result"));
            for (int i = 0; i < 10; i++) {
                assertEquals(2001, Json.parse(deaf.line()).path("result").size());
            }
        }
    }

    @Test
    void answersOfAllSizesComeInTheOrderOfTheirRequests() throws IOException {
        fake.live = many(2000);
        List<String> methods = List.of(
                "nvmf_get_targets",
                "nvmf_get_subsystems",
                "spdk_get_version",
                "nvmf_target_get_status",
                "nvmf_get_stats");
        try (RawClient client = new RawClient(socket)) {
            for (int round = 0; round < 3; round++) {
                StringBuilder requests = new StringBuilder();
                for (int i = 0; i < methods.size(); i++) {
                    requests.append(request(i, methods.get(i)));
                }
                client.send(requests + "[" + request(7, "nvmf_get_targets") + "]" + request(8, "nvmf_get_targets"));
                for (int i = 0; i < methods.size(); i++) {
                    JsonNode answer = Json.parse(client.line());
                    assertEquals(i, answer.path("id").intValue());
                    assertTrue(answer.has("result"), methods.get(i));
                }
                assertEquals(7, Json.parse(client.line()).path(0).path("id").intValue());
                assertEquals(8, Json.parse(client.line()).path("id").intValue());
            }
        }
    }

    @Test
    void whoAsksForWhatTakesLongHoldsUpNobodyElse() throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch mayGoOn = new CountDownLatch(1);
        fake.previewing = () -> {
            asked.countDown();
            await(mayGoOn);
        };
        try (RawClient patient = new RawClient(socket);
                RawClient other = new RawClient(socket)) {
            patient.send(request(1, "nvmf_target_get_plan") + request(2, "nvmf_get_targets"));
            asked.await();
            assertTrue(other.call(request(3, "spdk_get_version")).has("result"));
            mayGoOn.countDown();
            assertEquals(1, Json.parse(patient.line()).path("id").intValue());
            assertEquals(2, Json.parse(patient.line()).path("id").intValue());
        }
    }

    @Test
    void whoWaitsForABdevHoldsUpNobodyElse() throws IOException {
        String late = RecordedTarget.config().bdevs().firstKey();
        fake.live = many(1);
        try (RawClient patient = new RawClient(socket);
                RawClient other = new RawClient(socket)) {
            patient.send("{\"id\":1,\"method\":\"bdev_get_bdevs\",\"params\":{\"name\":\"" + late
                    + "\",\"timeout\":30000}}");
            assertTrue(other.call(request(3, "spdk_get_version")).has("result"));
            fake.live = RecordedTarget.live();
            assertEquals(
                    late,
                    Json.parse(patient.line())
                            .path("result")
                            .path(0)
                            .path("name")
                            .stringValue());
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void aValueOfFifteenMebibytesIsTaken() throws IOException {
        String text = "z".repeat(15 << 20);
        try (RawClient client = new RawClient(socket)) {
            client.send("{\"id\":\"" + text + "\",\"method\":\"nvmf_get_targets\"}");
            assertEquals("{\"jsonrpc\":\"2.0\",\"id\":\"" + text + "\",\"result\":[\"nvmf_tgt\"]}", client.line());
        }
    }

    @Test
    void aRequestMayHaveManyValues() throws IOException {
        String many = String.join(
                ",", IntStream.range(0, 100_000).mapToObj(Integer::toString).toList());
        try (RawClient client = new RawClient(socket)) {
            JsonNode answer =
                    client.call("{\"id\":1,\"method\":\"bdev_get_iostat\",\"params\":{\"names\":[" + many + "]}}");
            assertEquals(-32603, answer.path("error").path("code").intValue());
        }
    }

    @Test
    void requestsNestAsDeepAsSpdkAllows() throws IOException {
        String inside = "[".repeat(62) + "]".repeat(62);
        try (RawClient client = new RawClient(socket)) {
            JsonNode answer = client.call("{\"id\":1,\"method\":\"nvmf_get_targets\",\"params\":[" + inside + "]}");
            assertEquals(-32602, answer.path("error").path("code").intValue());
            client.send("{\"id\":1,\"method\":\"nvmf_get_targets\",\"params\":[[" + inside + "]]}");
            assertTrue(client.line().contains("Parse error"));
        }
    }

    @Test
    void clientsThatGoInTheMiddleOfAnythingLeaveNothingBehind() throws Exception {
        fake.live = many(500);
        try (RawClient client = new RawClient(socket)) {
            client.call(request(1, "nvmf_get_subsystems"));
        }
        int before = Descriptors.open();
        for (int i = 0; i < 100; i++) {
            RawClient client = new RawClient(socket);
            switch (i % 4) {
                case 0 -> client.send("{\"id\":1,\"me");
                case 1 -> client.send(request(1, "nvmf_get_subsystems"));
                case 2 -> {
                    client.send(request(1, "nvmf_get_subsystems").repeat(50));
                    client.endOfInput();
                }
                default -> client.send("}");
            }
            client.close();
        }
        Descriptors.awaitAtMost(before);
        try (RawClient client = new RawClient(socket)) {
            assertEquals(
                    501,
                    client.call(request(1, "nvmf_get_subsystems"))
                            .path("result")
                            .size());
        }
    }

    @Test
    void ofALargeAnswerNoMoreIsMadeThanHasBeenWritten() {
        AtomicInteger made = new AtomicInteger();
        AtomicInteger mostUnwritten = new AtomicInteger();
        int size = 200;
        OutputStream wire = new ByteArrayOutputStream() {
            @Override
            public synchronized void write(byte[] bytes, int offset, int length) {
                super.write(bytes, offset, length);
                mostUnwritten.accumulateAndGet(made.get() - count / size, Math::max);
            }
        };
        Result result = Result.array(IntStream.range(0, 10_000)
                .mapToObj(i -> Json.object().put("n", "x".repeat(size - 9)))
                .peek(element -> made.incrementAndGet()));
        try (JsonGenerator json = Json.generator(wire)) {
            result.writeTo(json);
        }
        assertEquals(10_000, made.get());
        assertTrue(mostUnwritten.get() * size < 64 << 10, "elements in memory at once: " + mostUnwritten);
        assertTrue(wire.toString().endsWith("x\"}]"), "whole");
    }

    /** A target with so many subsystems. */
    static LiveState many(int subsystems) {
        SortedMap<Nqn, SubsystemSpec> all = new TreeMap<>();
        for (int i = 0; i < subsystems; i++) {
            Nqn nqn = new Nqn("nqn.2026-11.org.example:s" + i);
            all.put(
                    nqn,
                    new SubsystemSpec(
                            nqn,
                            "NT" + i,
                            "nvmf-target",
                            32,
                            1,
                            65519,
                            true,
                            new TreeSet<>(),
                            new TreeMap<>(Map.of()),
                            new TreeMap<>(Map.of()),
                            false));
        }
        return new LiveState(new TargetConfig(new TreeMap<>(), new TreeMap<>(), all), new TreeMap<>());
    }
}
