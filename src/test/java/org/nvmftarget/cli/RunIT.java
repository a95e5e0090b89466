package org.nvmftarget.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** {@code run} as a process, over TCP on the loopback interface, and the commands that speak to it. */
@Timeout(120)
final class RunIT {

    private static final String NQN = "nqn.2026-11.org.example:quickstart";

    @TempDir
    private Path folder;

    @Test
    void theQuickstartServesAndSaysHow() throws Exception {
        int port = DaemonProcess.freePort();
        Path spec = quickstart(port);
        try (DaemonProcess daemon = converged(spec)) {
            String connect = "connect: nvme connect -t tcp -a 127.0.0.1 -s " + port + " -n " + NQN;
            awaitOutput(daemon, connect);
            assertTrue(daemon.out().contains("socket: " + daemon.socket()), daemon.out());
            assertTrue(daemon.out().contains("Plan: 5 to add"), daemon.out());
            assertAccepts("127.0.0.1", port);
            assertEquals(
                    new CommandRun(0, "No changes: the target is as declared.\n", ""),
                    daemon.command("plan", "--detailed-exitcode", spec));
            assertEquals(0, daemon.terminate(5), daemon.err());
            assertFalse(Files.exists(daemon.socket()));
        }
    }

    @Test
    void whatIsExportedIsFoundUnchanged() throws Exception {
        try (DaemonProcess daemon = converged(quickstart(DaemonProcess.freePort()))) {
            CommandRun export = daemon.command("export");
            assertEquals(0, export.exitCode(), export.err());
            Path exported = Files.writeString(folder.resolve("exported.yaml"), export.out());
            assertEquals(0, CommandRun.of("validate", exported).exitCode());
            CommandRun plan = daemon.command("plan", "--detailed-exitcode", exported);
            assertEquals(0, plan.exitCode(), plan.out());
        }
    }

    @Test
    void anEditAddsAListenerAndANamespaceInOnePlan() throws Exception {
        int port = DaemonProcess.freePort();
        Path spec = quickstart(port);
        try (DaemonProcess daemon = converged(spec)) {
            String edited = edited(Files.readString(spec), port);
            Path candidate = Files.writeString(folder.resolve("candidate.yaml"), edited);
            CommandRun plan = daemon.command("plan", "--detailed-exitcode", candidate);
            assertEquals(2, plan.exitCode(), plan.out());
            assertTrue(plan.out().contains("pause_subsystem"), plan.out());
            replace(spec, edited);
            CommandRun status = daemon.command("status", "--wait", "20s", "--for-file", spec);
            assertEquals(0, status.exitCode(), status.out());
            assertAccepts("127.0.0.2", port);
            assertEquals(
                    List.of("pause_subsystem", "add_namespace", "add_listener", "resume_subsystem"),
                    actions(lastPlan(daemon)).stream()
                            .filter(action -> !action.equals("create_bdev"))
                            .toList());
            JsonNode subsystem = daemon.call("nvmf_get_subsystems").path(1);
            assertEquals(2, subsystem.path("listen_addresses").size());
            assertEquals(2, subsystem.path("namespaces").size());
        }
    }

    @Test
    void anEditClosesAWayAndOpensDiscoveryWhileNothingIsRemoved() throws Exception {
        int port = DaemonProcess.freePort();
        Path spec = example("multipath-ana.yaml", port, "192.0.2.1", "198.51.100.1");
        try (DaemonProcess daemon = converged(spec)) {
            replace(
                    spec,
                    Files.readString(spec).replace("ana_state: { 2: non_optimized }", "ana_state: inaccessible")
                            + "discovery:\n"
                            + "  listeners: [ { trtype: tcp, traddr: 127.0.0.3, trsvcid: " + port + " } ]\n"
                            + "  referrals: [ { trtype: tcp, traddr: 192.0.2.9, trsvcid: 8009 } ]\n");
            CommandRun status = daemon.command("status", "--wait", "20s", "--for-file", spec);
            assertEquals(0, status.exitCode(), status.out());
            assertTrue(status.out().contains("memory of tcp: "), status.out());
            assertEquals(
                    List.of("add_referral", "pause_subsystem", "set_ana_state", "resume_subsystem", "add_listener"),
                    actions(lastPlan(daemon)));
            assertAccepts("127.0.0.3", port);
            assertEquals(
                    "192.0.2.9",
                    daemon.call("nvmf_discovery_get_referrals")
                            .path(0)
                            .path("address")
                            .path("traddr")
                            .asString());
            JsonNode listeners = new RpcClient(daemon.socket())
                    .call(
                            "nvmf_subsystem_get_listeners",
                            Json.object().put("nqn", "nqn.2026-11.org.example:multipath"));
            assertEquals("inaccessible", anaState(listeners.path(0), 2));
            assertEquals("non_optimized", anaState(listeners.path(1), 1));
            assertEquals("optimized", anaState(listeners.path(1), 2));
            assertEquals(0, daemon.command("plan", "--detailed-exitcode", spec).exitCode());
        }
    }

    private static String anaState(JsonNode listener, int group) {
        return listener.path("ana_states").path(group - 1).path("ana_state").asString();
    }

    @Test
    void aBrokenEditChangesNothingAndIsReported() throws Exception {
        int port = DaemonProcess.freePort();
        Path spec = quickstart(port);
        try (DaemonProcess daemon = converged(spec)) {
            replace(spec, "version: 1\nsubsystem: {}\n");
            CommandRun status = daemon.command("status", "--wait", "20s", "--for-file", spec);
            assertEquals(1, status.exitCode(), status.out());
            assertTrue(status.out().contains("InvalidSpec"), status.out());
            assertTrue(status.out().contains("target.yaml:2:1: subsystem"), status.out());
            assertAccepts("127.0.0.1", port);
        }
    }

    @Test
    void anEmptyCandidateIsRefusedUntilItIsApproved() throws Exception {
        Path spec = quickstart(DaemonProcess.freePort());
        try (DaemonProcess daemon = converged(spec)) {
            replace(spec, "version: 1\n");
            CommandRun status = daemon.command("status", "--wait", "20s", "--for-file", spec, "--output", "json");
            assertEquals(3, status.exitCode(), status.out());
            String planId =
                    Json.parse(status.out()).path("candidate").path("plan_id").asString();
            assertEquals(
                    1, daemon.command("approve", "sha256:" + "0".repeat(64)).exitCode());
            CommandRun approved = daemon.command("approve", planId);
            assertEquals(0, approved.exitCode(), approved.err());
            awaitGeneration(daemon, 2);
            assertEquals(1, daemon.call("nvmf_get_subsystems").size());
        }
    }

    @Test
    void aNewLogSectionHoldsAtOnce() throws Exception {
        Path spec = quickstart(DaemonProcess.freePort());
        try (DaemonProcess daemon = converged(spec)) {
            assertEquals(
                    "INFO", new RpcPy(daemon.socket()).call("log_get_level").asString());
            assertFalse(daemon.err().contains("[DEBUG]"), daemon.err());
            String text = Files.readString(spec);
            replace(spec, text + "log: { flags: [reconcile] }\n");
            awaitGeneration(daemon, 2);
            assertTrue(new RpcPy(daemon.socket())
                    .call("log_get_flags")
                    .path("reconcile")
                    .asBoolean());
            awaitLog(daemon, "[admission] [DEBUG] ControlPlane - candidate ACCEPTED");
            replace(spec, text + "log: { level: error }\n");
            awaitGeneration(daemon, 3);
            assertEquals(
                    "ERROR", new RpcPy(daemon.socket()).call("log_get_level").asString());
        }
    }

    private static void awaitLog(DaemonProcess daemon, String part) throws IOException, InterruptedException {
        while (!daemon.err().contains(part)) {
            Thread.sleep(50);
        }
    }

    @Test
    void aRefusedEditShowsInMetrics() throws Exception {
        Path spec = quickstart(DaemonProcess.freePort());
        int port = DaemonProcess.freePort();
        try (DaemonProcess daemon = DaemonProcess.start(folder, spec, "--metrics", "127.0.0.1:" + port);
                HttpClient http = HttpClient.newHttpClient()) {
            assertEquals(
                    0,
                    daemon.command("status", "--wait", "30s", "--for-file", spec)
                            .exitCode());
            HttpRequest scrape = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/metrics"))
                    .build();
            String before = http.send(scrape, BodyHandlers.ofString()).body();
            assertTrue(before.contains("nvmf_target_candidate{outcome=\"accepted\"} 1.0"), before);
            assertTrue(before.contains("nvmf_target_condition{type=\"refused\"} 0.0"), before);
            assertTrue(before.contains("nvmf_target_namespaces{subsystem=\"" + NQN + "\"} 1.0"), before);
            replace(spec, "version: 1\n");
            assertEquals(
                    3,
                    daemon.command("status", "--wait", "20s", "--for-file", spec)
                            .exitCode());
            String after = http.send(scrape, BodyHandlers.ofString()).body();
            assertTrue(after.contains("nvmf_target_candidate{outcome=\"refused\"} 1.0"), after);
            assertTrue(after.contains("nvmf_target_condition{type=\"refused\"} 1.0"), after);
        }
    }

    @Test
    void aPortInUseIsPendingAndTakenWhenItIsFree() throws Exception {
        int port = DaemonProcess.freePort();
        Path spec = quickstart(port);
        try (DaemonProcess daemon = taken(port, spec)) {
            daemon.hangUp();
            awaitListener(daemon, port);
            assertAccepts("127.0.0.1", port);
        }
    }

    @Test
    void aRestartServesWhatWasAcceptedEvenIfTheFileIsBroken() throws Exception {
        int port = DaemonProcess.freePort();
        Path spec = quickstart(port);
        try (DaemonProcess daemon = converged(spec)) {
            assertEquals(0, daemon.terminate(5));
        }
        Files.writeString(spec, "version: [\n");
        try (DaemonProcess daemon = DaemonProcess.start(folder, spec)) {
            CommandRun status = daemon.command("status", "--wait", "20s", "--for-file", spec);
            assertEquals(1, status.exitCode(), status.out());
            awaitListener(daemon, port);
            assertAccepts("127.0.0.1", port);
        }
    }

    @Test
    void aSecondDaemonOnTheSameStateIsTurnedAway() throws Exception {
        Path spec = quickstart(DaemonProcess.freePort());
        try (DaemonProcess daemon = converged(spec)) {
            CommandRun second = daemon.command("run", spec);
            assertEquals(1, second.exitCode());
            assertTrue(second.err().contains("is in use by another nvmf-target"), second.err());
            assertTrue(daemon.isAlive());
        }
    }

    @Test
    void historyTellsEveryPlan() throws Exception {
        try (DaemonProcess daemon = converged(quickstart(DaemonProcess.freePort()))) {
            CommandRun history = daemon.command("history");
            assertEquals(0, history.exitCode());
            assertTrue(history.out().contains("  accepted generation 1  trigger=boot"), history.out());
            assertTrue(history.out().contains("  plan generation 1  trigger=boot  outcome=converged"), history.out());
        }
    }

    @Test
    void aReadLoopThatTakesTheFirstWholeValueIsServed() throws Exception {
        try (DaemonProcess daemon = converged(quickstart(DaemonProcess.freePort()))) {
            List<String> methods = new ArrayList<>();
            new RpcPy(daemon.socket()).call("rpc_get_methods").forEach(name -> methods.add(name.asString()));
            assertTrue(methods.contains("rpc_get_methods"), methods.toString());
        }
    }

    /** A daemon that started while its port was another's, which is free now. */
    private DaemonProcess taken(int port, Path spec) throws IOException {
        try (ServerSocket other = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
            DaemonProcess daemon = converged(spec);
            JsonNode status =
                    Json.parse(daemon.command("status", "--output", "json").out());
            assertTrue(other.isBound());
            assertEquals(
                    "subsystems." + NQN + ".listeners[tcp 127.0.0.1:" + port + "]",
                    status.path("pending").path(0).path("object").asString(),
                    status.toString());
            return daemon;
        }
    }

    private DaemonProcess converged(Path spec) throws IOException {
        DaemonProcess daemon = DaemonProcess.start(folder, spec);
        CommandRun status = daemon.command("status", "--wait", "30s", "--for-file", spec);
        assertEquals(0, status.exitCode(), () -> status + "\n" + daemon.errOrNone());
        return daemon;
    }

    private Path quickstart(int port) throws IOException {
        return example("quickstart.yaml", port);
    }

    /** An example with a free port, and with loopback addresses in the place of {@code addresses}. */
    private Path example(String name, int port, String... addresses) throws IOException {
        Path example = Path.of(System.getProperty("basedir", "."), "examples/configs", name);
        String text = Files.readString(example).replace("trsvcid: 4420", "trsvcid: " + port);
        for (int i = 0; i < addresses.length; i++) {
            text = text.replace("traddr: " + addresses[i], "traddr: 127.0.0." + (i + 1));
        }
        return Files.writeString(folder.resolve("target.yaml"), text);
    }

    private static String edited(String text, int port) {
        return text.replace(
                        "  memory0: { type: malloc, size: 64MiB }\n",
                        "  memory0: { type: malloc, size: 64MiB }\n  memory1: { type: malloc, size: 1MiB }\n")
                .replace("      1: { bdev: memory0 }\n", "      1: { bdev: memory0 }\n      2: { bdev: memory1 }\n")
                .replace(
                        "    listeners:\n",
                        "    listeners:\n      - { trtype: tcp, traddr: 127.0.0.2, trsvcid: " + port + " }\n");
    }

    private void replace(Path spec, String text) throws IOException {
        Path beside = Files.writeString(folder.resolve(".new"), text);
        Files.move(beside, spec, StandardCopyOption.ATOMIC_MOVE);
    }

    private static JsonNode lastPlan(DaemonProcess daemon) {
        List<JsonNode> plans = new ArrayList<>();
        daemon.call("nvmf_target_get_history").forEach(entry -> {
            if (entry.path("event").asString().equals("plan")) {
                plans.add(entry);
            }
        });
        return plans.getLast();
    }

    private static List<String> actions(JsonNode plan) {
        List<String> actions = new ArrayList<>();
        plan.path("steps").forEach(step -> actions.add(step.path("action").asString()));
        return actions;
    }

    /** What is printed comes just after the status says that it is done. */
    private static void awaitOutput(DaemonProcess daemon, String text) throws IOException, InterruptedException {
        while (!daemon.out().contains(text)) {
            Thread.sleep(50);
        }
    }

    private static void awaitGeneration(DaemonProcess daemon, int generation) throws InterruptedException {
        while (daemon.call("nvmf_target_get_status")
                        .path("converged_generation")
                        .asInt()
                != generation) {
            Thread.sleep(50);
        }
    }

    private static void awaitListener(DaemonProcess daemon, int port) throws InterruptedException {
        while (!daemon.call("nvmf_get_subsystems").toString().contains("\"trsvcid\":\"" + port + "\"")) {
            Thread.sleep(50);
        }
    }

    /** A listener is shown a moment before its port is open. */
    private static void assertAccepts(String host, int port) throws IOException, InterruptedException {
        for (int tries = 1; ; tries++) {
            try (Socket socket = new Socket(host, port)) {
                assertTrue(socket.isConnected());
                return;
            } catch (ConnectException e) {
                if (tries == 200) {
                    throw e;
                }
                Thread.sleep(50);
            }
        }
    }
}
