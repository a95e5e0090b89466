package org.nvmftarget.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** A client in Python that reads as {@code rpc.py} does, on a target with some of everything; needs {@code python3}. */
@Timeout(120)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
final class PythonClientIT {

    private static final int SUBSYSTEMS = 300;

    private Path folder = Path.of("");
    private DaemonProcess daemon;
    private String spec = "";

    @BeforeAll
    void start(@TempDir Path temporary) throws Exception {
        folder = temporary;
        spec = spec(DaemonProcess.freePort(), DaemonProcess.freePort());
        Path file = Files.writeString(folder.resolve("target.yaml"), spec);
        daemon = DaemonProcess.start(folder, file);
        converged();
    }

    @AfterAll
    void stop() {
        daemon.close();
    }

    private static String spec(int port, int other) {
        StringBuilder many = new StringBuilder();
        for (int i = 0; i < SUBSYSTEMS; i++) {
            many.append("  nqn.2026-11.org.example:s").append(i).append(": { allow_any_host: true }\n");
        }
        return """
            version: 1
            transports: { tcp: { max_io_size: 256KiB } }
            bdevs:
              a: { type: malloc, size: 16MiB }
              b: { type: "null", size: 1GiB, block_size: 4096 }
            subsystems:
              nqn.2026-11.org.example:full:
                serial_number: NT1
                max_namespaces: 64
                hosts:
                  nqn.2026-11.org.example:h1: {}
                  nqn.2026-11.org.example:h2: {}
                namespaces:
                  1: { bdev: a, ana_group: 3, hosts: { nqn.2026-11.org.example:h2: {} } }
                  7: { bdev: b, eui64: 0123456789ABCDEF }
                listeners:
                  - { trtype: tcp, traddr: 127.0.0.1, trsvcid: $PORT, ana_state: { 3: inaccessible } }
                  - { trtype: tcp, traddr: 127.0.0.2, trsvcid: $PORT, ana_state: non_optimized }
            $MANYdiscovery:
              listeners: [ { trtype: tcp, traddr: 127.0.0.1, trsvcid: $OTHER } ]
              referrals: [ { trtype: tcp, traddr: 192.0.2.9, trsvcid: 8009 } ]
            """.replace("$PORT", Integer.toString(port))
                .replace("$OTHER", Integer.toString(other))
                .replace("$MANY", many);
    }

    @Test
    @Order(1)
    void anAnswerOfManyChunksIsRead() throws Exception {
        JsonNode result = Json.parse(python(0, "nvmf_get_subsystems"));
        assertEquals(SUBSYSTEMS + 2, result.size());
        try (RpcConnection rpc = new RpcConnection(daemon.socket())) {
            assertEquals(
                    rpc.call("{\"id\":1,\"method\":\"nvmf_get_subsystems\"}").get("result"), result);
        }
    }

    @Test
    @Order(2)
    void whatIsNotAsciiComesWhole() throws Exception {
        String error =
                python(1, "nvmf_target_get_plan", "{\"yaml\": \"version: 1\\n" + "größe🙂".repeat(3000) + ": 1\\n\"}");
        assertTrue(error.contains("\"code\": -32602"), error);
    }

    @Test
    @Order(3)
    void requestsMayBeSentAhead() throws Exception {
        assertEquals("500", python(0, "pipeline", "500").strip());
    }

    @Test
    @Order(4)
    void aParameterWithoutContentIsLeftOut() throws Exception {
        assertTrue(python(0, "spdk_get_version", "{}").contains("SPDK v26.09-pre"));
    }

    /** By this target's own import, which takes what SPDK saves: nothing is lost on the way through SPDK's words. */
    @Test
    @Order(5)
    void whatSaveConfigPrintsIsTheSameTargetAgain() throws Exception {
        Path saved = Files.writeString(folder.resolve("saved.json"), python(0, "save_config"));
        CommandRun imported = CommandRun.of("import", "--from", "spdk", saved);
        assertEquals(0, imported.exitCode(), imported.err());
        Path again = Files.writeString(folder.resolve("again.yaml"), imported.out());
        CommandRun plan = daemon.command("plan", "--detailed-exitcode", again);
        assertEquals(0, plan.exitCode(), plan.out() + plan.err());
    }

    /** The last one: it edits the file. */
    @Test
    @Order(6)
    void theLogFollowsTheFile() throws Exception {
        assertEquals("\"INFO\"", python(0, "log_get_level").strip());
        replace(spec + "log: { level: warn, flags: [rpc, nvmf_tcp] }\n");
        converged();
        assertEquals("\"WARNING\"", python(0, "log_get_level").strip());
        JsonNode flags = Json.parse(python(0, "log_get_flags"));
        assertTrue(flags.path("rpc").booleanValue() && flags.path("nvmf_tcp").booleanValue(), flags.toString());
        try (RpcConnection cutOff = new RpcConnection(daemon.socket())) {
            assertTrue(cutOff.call("{\"id\":1,\"method\":\"log_get_flags\"}").has("result"));
        }
        int lines = daemon.err().split("\n").length;
        replace(spec + "log: { level: trace }\n");
        converged();
        assertEquals("\"DEBUG\"", python(0, "log_get_level").strip());
        assertTrue(daemon.err().split("\n").length > lines, "a log at trace has more to say");
        assertTrue(daemon.err().contains("[DEBUG]") || daemon.err().contains("[TRACE]"), daemon.err());
    }

    private void replace(String text) throws IOException {
        Path beside = Files.writeString(folder.resolve(".next"), text);
        Files.move(beside, daemon.spec(), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    private void converged() {
        CommandRun status = daemon.command("status", "--wait", "60s", "--for-file", daemon.spec());
        assertEquals(0, status.exitCode(), () -> status.out() + status.err() + daemon.errOrNone());
    }

    /** What it prints: the result, or with exit status 1 the error. */
    private String python(int exitCode, String... arguments)
            throws IOException, InterruptedException, URISyntaxException {
        Path script = Path.of(Objects.requireNonNull(PythonClientIT.class.getResource("/rpc_client.py"))
                .toURI());
        List<String> command = new ArrayList<>(
                List.of("python3", script.toString(), daemon.socket().toString()));
        command.addAll(List.of(arguments));
        Path out = folder.resolve("python.out");
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(out.toFile())
                .start();
        int status = process.waitFor();
        String text = Files.readString(out, StandardCharsets.UTF_8);
        assertEquals(exitCode, status, text);
        return text;
    }
}
