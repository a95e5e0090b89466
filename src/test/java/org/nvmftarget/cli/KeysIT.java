package org.nvmftarget.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.nvmftarget.initiator.Commands;
import org.nvmftarget.initiator.Dhchap;
import org.nvmftarget.initiator.Host;
import org.nvmftarget.initiator.HostQueue;

/** Keys in files beside a daemon that is a process of its own, and hosts that authenticate by them. */
@Timeout(120)
final class KeysIT {
    private static final String NQN = "nqn.2026-11.org.example:keyed";
    private static final String HOST = "nqn.2026-11.org.example:host";
    private static final String OTHER = "nqn.2026-11.org.example:other";
    private static final int CONTROLLER_BUSY = 0x181;
    private static final int AUTHENTICATION_REQUIRED = 0x191;

    @TempDir
    private Path folder;

    private final String key = Dhchap.newKey(1, 32);
    private final String next = Dhchap.newKey(3, 64);
    private final String ctrlrKey = Dhchap.newKey(2, 48);
    private int port;
    private Path spec = Path.of("");

    @BeforeEach
    void declare() throws IOException {
        port = DaemonProcess.freePort();
        spec = Files.writeString(
                folder.resolve("target.yaml"), """
                    version: 1
                    transports: { tcp: {} }
                    bdevs: { disk: { type: malloc, size: 1MiB } }
                    subsystems:
                      %s:
                        allow_any_host: true
                        hosts:
                          %s: { dhchap_key: { file: %s }, dhchap_ctrlr_key: { file: %s }, dhchap_dhgroups: [ffdhe2048] }
                        namespaces: { 1: { bdev: disk } }
                        listeners: [ { trtype: tcp, traddr: 127.0.0.1, trsvcid: %d } ]
                    reconcile: { resync: 1h }
                    """.formatted(NQN, HOST, keyFile(), folder.resolve("ctrlr.key"), port));
        write(folder.resolve("ctrlr.key"), ctrlrKey, "rw-------");
    }

    private Path keyFile() {
        return folder.resolve("host.key");
    }

    /** As a tool does it: written beside, then renamed. */
    private void write(Path file, String text, String mode) throws IOException {
        Path beside = Files.createFile(
                folder.resolve(".new"),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(beside, text + "\n");
        Files.setPosixFilePermissions(beside, PosixFilePermissions.fromString(mode));
        Files.move(beside, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    private DaemonProcess served() throws IOException {
        DaemonProcess daemon = DaemonProcess.start(folder, spec);
        CommandRun status = daemon.command("status", "--wait", "30s", "--for-file", spec);
        assertEquals(0, status.exitCode(), () -> status + "\n" + daemon.errOrNone());
        return daemon;
    }

    private Host connect(String host, Host.Credentials credentials) throws IOException {
        return Host.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), NQN, host, credentials);
    }

    private static void await(String what, BooleanSupplier condition) throws InterruptedException {
        for (int i = 0; i < 300 && !condition.getAsBoolean(); i++) {
            Thread.sleep(100);
        }
        assertTrue(condition.getAsBoolean(), what);
    }

    private static boolean history(DaemonProcess daemon, String... words) {
        String history = daemon.call("nvmf_target_get_history").toString();
        return Stream.of(words).allMatch(history::contains);
    }

    /** Wherever the daemon writes or answers. */
    private void assertNothingTellsAKey(DaemonProcess daemon, String... keys) throws IOException {
        StringBuilder all = new StringBuilder(daemon.out()).append(daemon.err());
        for (List<Object> command : List.<List<Object>>of(
                List.of("export"),
                List.of("status"),
                List.of("status", "--output", "json"),
                List.of("history"),
                List.of("history", "--output", "json"),
                List.of("plan", spec),
                List.of("plan", "--output", "json", spec))) {
            CommandRun run = daemon.command(command.toArray());
            all.append(run.out()).append(run.err());
        }
        for (String method : List.of(
                "nvmf_get_subsystems", "nvmf_target_get_status", "nvmf_target_get_history", "nvmf_target_export")) {
            all.append(daemon.call(method));
        }
        try (Stream<Path> state = Files.walk(folder.resolve("state"))) {
            for (Path file : state.filter(Files::isRegularFile).toList()) {
                all.append(Files.readString(file));
            }
        }
        for (String each : keys) {
            assertFalse(all.toString().contains(each.substring(10, 20)), "a key is told");
        }
        assertFalse(all.toString().contains("DHHC"), "a key is told");
    }

    @Test
    void aKeyThatChangesIsPutInForceAndDisconnectsNobody() throws Exception {
        write(keyFile(), key, "rw-------");
        try (DaemonProcess daemon = served();
                Host before = connect(HOST, new Host.Credentials(key, ctrlrKey))) {
            HostQueue io = before.connectIoQueues(1).getFirst();
            write(keyFile(), next, "rw-r-----");
            await(
                    "the new key in force",
                    () -> history(daemon, "set_host_keys", "the key in " + keyFile() + " has changed"));
            assertEquals(0, daemon.command("status", "--wait", "20s").exitCode());
            assertTrue(
                    HostQueue.await(io.submitRead(Commands.read(1, 0, 1), 512)).succeeded());
            assertTrue(
                    HostQueue.await(before.admin().submit(Commands.keepAlive())).succeeded());
            assertThrows(Host.NotAuthenticated.class, () -> connect(HOST, new Host.Credentials(key, null)));
            connect(HOST, new Host.Credentials(next, ctrlrKey)).close();
            assertFalse(history(daemon, "remove_host"));
            assertNothingTellsAKey(daemon, key, next, ctrlrKey);
            assertEquals(0, daemon.command("plan", "--detailed-exitcode", spec).exitCode());
        }
    }

    @Test
    void aKeyThatIsMissingKeepsItsHostOutAloneUntilItComes() throws Exception {
        try (DaemonProcess daemon = served()) {
            String pending = "key file " + keyFile() + " is not there";
            assertTrue(
                    daemon.command("status").out().contains(pending),
                    daemon.command("status").out());
            for (Host.Credentials credentials : List.of(Host.Credentials.NONE, new Host.Credentials(key, null))) {
                Host.Refused refused = assertThrows(Host.Refused.class, () -> connect(HOST, credentials));
                assertEquals(CONTROLLER_BUSY, refused.status());
                assertFalse(refused.dnr());
            }
            connect(OTHER, Host.Credentials.NONE).close();

            write(keyFile(), key, "rw-r--r--");
            await("what is wrong now", () -> daemon.command("status").out().contains("open to everybody"));
            assertThrows(Host.Refused.class, () -> connect(HOST, new Host.Credentials(key, null)));

            write(keyFile(), key, "rw-------");
            await(
                    "the key in force",
                    () -> !daemon.command("status").out().contains(keyFile().toString()));
            connect(HOST, new Host.Credentials(key, ctrlrKey)).close();
            Host.Refused without = assertThrows(Host.Refused.class, () -> connect(HOST, Host.Credentials.NONE));
            assertEquals(AUTHENTICATION_REQUIRED, without.status());
            assertNothingTellsAKey(daemon, key, ctrlrKey);
        }
    }

    @Test
    void aKeyThatGoesStaysInForceUntilTheProgramEnds() throws Exception {
        write(keyFile(), key, "rw-------");
        try (DaemonProcess daemon = served()) {
            Files.delete(keyFile());
            String pending = "key file " + keyFile() + " is not there";
            await("the loss is seen", () -> daemon.command("status").out().contains(pending));
            connect(HOST, new Host.Credentials(key, ctrlrKey)).close();
            assertEquals(0, daemon.terminate(10));
        }
        try (DaemonProcess daemon = served()) {
            assertThrows(Host.Refused.class, () -> connect(HOST, new Host.Credentials(key, ctrlrKey)));
            connect(OTHER, Host.Credentials.NONE).close();
            assertTrue(daemon.isAlive());
        }
    }

    @Test
    void anEditChangesWhoMustAuthenticateAndHow() throws Exception {
        write(keyFile(), key, "rw-------");
        try (DaemonProcess daemon = served();
                Host before = connect(HOST, new Host.Credentials(key, null))) {
            Path other = folder.resolve("other.key");
            write(other, next, "rw-------");
            String text = Files.readString(spec);
            String edited = text.replace(
                    "    hosts:\n", "    hosts:\n      " + OTHER + ": { dhchap_key: { file: " + other + " } }\n");
            write(spec, edited.replace(keyFile().toString(), other.toString()), "rw-r--r--");
            assertEquals(
                    0,
                    daemon.command("status", "--wait", "20s", "--for-file", spec)
                            .exitCode());
            connect(HOST, new Host.Credentials(next, null)).close();
            connect(OTHER, new Host.Credentials(next, null)).close();
            assertThrows(Host.Refused.class, () -> connect(OTHER, Host.Credentials.NONE));
            assertThrows(Host.NotAuthenticated.class, () -> connect(HOST, new Host.Credentials(key, null)));
            assertTrue(
                    HostQueue.await(before.admin().submit(Commands.keepAlive())).succeeded());
            CommandRun export = daemon.command("export");
            assertTrue(export.out().contains("file: " + other), export.out());
            Path exported = Files.writeString(folder.resolve("exported.yaml"), export.out());
            assertEquals(
                    0, daemon.command("plan", "--detailed-exitcode", exported).exitCode());
            assertNothingTellsAKey(daemon, key, next, ctrlrKey);
        }
    }
}
