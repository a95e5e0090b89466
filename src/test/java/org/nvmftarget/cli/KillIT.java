package org.nvmftarget.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.nvmftarget.control.admit.StateDir;
import org.nvmftarget.control.admit.StoredSpec;
import tools.jackson.databind.JsonNode;

/**
 * {@code kill -9} at any moment: while a spec is admitted, a plan applied, a journal line written, a consent used. What is
 * started again serves a spec that somebody wrote to its end, and becomes what the file says. 12 kills; in the long form
 * 200.
 */
@Timeout(3600)
final class KillIT {

    private static final int KILLS = Boolean.getBoolean("long") ? 200 : 12;

    @TempDir
    private Path folder;

    private final long seed = Long.getLong("seed", 20261126L);
    private final Random random = new Random(seed);
    private final Set<String> written = new HashSet<>();
    private Path spec = Path.of("");
    private int edits;

    @Test
    void whateverIsKilledConvergesAfterARestart() throws Exception {
        spec = folder.resolve("target.yaml");
        int port = DaemonProcess.freePort();
        rename(text(port));
        for (int kill = 1; kill <= KILLS; kill++) {
            String where = "seed " + seed + ", kill " + kill;
            try (DaemonProcess daemon = DaemonProcess.start(folder, spec)) {
                if (random.nextInt(4) > 0) {
                    converged(daemon, where);
                    trouble(daemon, port);
                }
                Thread.sleep(random.nextInt(kill % 3 == 0 ? 1500 : 150));
                daemon.kill();
            }
            assertTrue(acceptedIsWhole(), where);
            try (DaemonProcess daemon = DaemonProcess.start(folder, spec)) {
                converged(daemon, where);
                assertEquals(
                        0, daemon.command("plan", "--detailed-exitcode", spec).exitCode(), where);
                CommandRun history = daemon.command("history", "--output", "json");
                assertEquals(0, history.exitCode(), where + history.err());
                history.out()
                        .lines()
                        .forEach(line -> assertTrue(Json.parse(line).isObject(), line));
                daemon.kill();
            }
        }
    }

    /** A few edits, the next before the one before it is through; among them one that needs consent. */
    private void trouble(DaemonProcess daemon, int port) throws Exception {
        for (int i = random.nextInt(4); i >= 0; i--) {
            rename(text(port));
            Thread.sleep(random.nextInt(60));
        }
        if (random.nextInt(3) == 0) {
            rename("version: 1\n# nothing " + edits + "\n");
            CommandRun status = daemon.command("status", "--wait", "30s", "--for-file", spec, "--output", "json");
            JsonNode planId = Json.parse(status.out()).path("candidate").path("plan_id");
            if (planId.isString()) {
                daemon.command("approve", planId.asString());
            }
        }
    }

    /** Exactly this file, if need be with consent. */
    private void converged(DaemonProcess daemon, String where) throws IOException {
        CommandRun status = daemon.command("status", "--wait", "60s", "--for-file", spec, "--output", "json");
        if (status.exitCode() == ExitCode.REFUSED) {
            CommandRun approved = daemon.command(
                    "approve",
                    Json.parse(status.out()).path("candidate").path("plan_id").asString());
            assertEquals(0, approved.exitCode(), where + approved.err());
            String hash = Json.parse(status.out())
                    .path("candidate")
                    .path("content_hash")
                    .asString();
            awaitAccepted(daemon, hash);
            status = daemon.command("status", "--wait", "60s", "--for-file", spec);
        }
        CommandRun last = status;
        assertEquals(0, last.exitCode(), () -> where + "\n" + last + "\n" + daemon.errOrNone());
    }

    private static void awaitAccepted(DaemonProcess daemon, String hash) {
        while (!daemon.call("nvmf_target_get_status")
                .path("accepted_hash")
                .asString()
                .equals(hash)) {
            Thread.onSpinWait();
        }
    }

    private boolean acceptedIsWhole() throws IOException {
        StoredSpec accepted = StateDir.readAccepted(folder.resolve("state")).orElse(null);
        return accepted == null || written.contains(accepted.texts().getFirst().text());
    }

    private String text(int port) {
        edits++;
        StringBuilder out = new StringBuilder("# " + edits + "\nversion: 1\nreconcile: { settle: 50ms }\n");
        out.append("transports: { tcp: }\nbdevs:\n");
        int namespaces = 1 + random.nextInt(6);
        for (int i = 1; i <= namespaces; i++) {
            out.append("  m").append(i).append(": { type: malloc, size: 1MiB }\n");
        }
        out.append("subsystems:\n  nqn.2026-11.org.example:killed:\n    allow_any_host: true\n    namespaces:\n");
        for (int i = 1; i <= namespaces; i++) {
            out.append("      ").append(i).append(": { bdev: m").append(i).append(" }\n");
        }
        out.append("    listeners:\n");
        for (int i = 1 + random.nextInt(3); i > 0; i--) {
            out.append("      - { trtype: tcp, traddr: 127.0.0.")
                    .append(i)
                    .append(", trsvcid: ")
                    .append(port)
                    .append(" }\n");
        }
        return out.toString();
    }

    private void rename(String newText) throws IOException {
        written.add(newText);
        Path beside = Files.writeString(folder.resolve(".new"), newText);
        Files.move(beside, spec, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }
}
