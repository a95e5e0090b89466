package org.nvmftarget.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.nvmftarget.data.ffi.libc.DatagramServer;

/** The unit file, judged by systemd's own tools, and what the daemon tells a service manager, heard on a real socket. */
@Timeout(120)
final class SystemdIT {

    private static final Path BASE = Path.of(System.getProperty("basedir", ".")).toAbsolutePath();
    private static final double MOST_EXPOSURE = 2.5;

    @TempDir
    private Path folder;

    private static String text(int port, String listeners) {
        return """
            version: 1
            transports: { tcp: }
            bdevs: { m: { type: malloc, size: 1MiB } }
            subsystems:
              nqn.2026-11.org.example:a:
                allow_any_host: true
                namespaces: { 1: { bdev: m } }
                listeners: [ LISTENERS ]
            """.replace("LISTENERS", listeners).replace("PORT", Integer.toString(port));
    }

    private static String one(String address) {
        return "{ trtype: tcp, traddr: " + address + ", trsvcid: PORT }";
    }

    private static String await(DatagramServer server, Predicate<String> wanted) throws InterruptedException {
        while (true) {
            String message = server.receive();
            if (wanted.test(message)) {
                return message;
            }
        }
    }

    private DaemonProcess start(Path spec) throws IOException {
        return DaemonProcess.start(
                folder, spec, Map.of("NOTIFY_SOCKET", folder.resolve("notify").toString(), "WATCHDOG_USEC", "4000000"));
    }

    @Test
    void readyMeansThatWhatCanBeOpenIsOpenAndTheSocketAnswers() throws Exception {
        int port = DaemonProcess.freePort();
        Path spec = Files.writeString(
                folder.resolve("target.yaml"), text(port, one("127.0.0.1") + ", " + one("192.0.2.77")));
        try (DatagramServer systemd =
                        DatagramServer.bind(folder.resolve("notify").toString());
                DaemonProcess daemon = start(spec)) {
            String ready = systemd.receive();
            assertTrue(ready.startsWith("READY=1\nSTATUS=Plan: "), ready);
            assertTrue(ready.endsWith(" 1 pending.\n"), ready);
            try (Socket host = new Socket(InetAddress.getLoopbackAddress(), port)) {
                assertTrue(host.isConnected());
            }
            assertEquals(0, daemon.command("status").exitCode());

            await(systemd, "WATCHDOG=1\n"::equals);
            await(systemd, "WATCHDOG=1\n"::equals);
            daemon.signal("TERM");
            await(systemd, "STOPPING=1\nSTATUS=Stopping.\n"::equals);
            assertEquals(0, daemon.terminate(10));
        }
    }

    @Test
    void aReloadIsTakenUpAndEndsAndChangesNothingUnlessTheFileDid() throws Exception {
        int port = DaemonProcess.freePort();
        Path spec = Files.writeString(folder.resolve("target.yaml"), text(port, one("127.0.0.1")));
        try (DatagramServer systemd =
                        DatagramServer.bind(folder.resolve("notify").toString());
                DaemonProcess daemon = start(spec)) {
            await(systemd, message -> message.startsWith("READY=1\n"));
            reload(systemd, daemon);
            assertEquals(
                    1,
                    daemon.call("nvmf_target_get_status")
                            .path("accepted_generation")
                            .asInt());

            replace(spec, text(port, one("127.0.0.1") + ", " + one("127.0.0.2")));
            String ready = reload(systemd, daemon);
            assertTrue(ready.contains("STATUS=Plan: 1 to add, 0 to change, 0 to remove"), ready);
            assertEquals(
                    2,
                    daemon.call("nvmf_target_get_status")
                            .path("converged_generation")
                            .asInt());

            replace(spec, "version: 1\n");
            await(systemd, message -> message.endsWith(" The file is refused.\n"));
            replace(spec, "version: 7\n");
            await(systemd, message -> message.endsWith(" The file is not valid.\n"));
        }
    }

    @Test
    void aSignalThatIsIgnoredFromTheStartIsToldOf() throws Exception {
        Path spec = Files.writeString(folder.resolve("target.yaml"), text(DaemonProcess.freePort(), one("127.0.0.1")));
        try (DatagramServer systemd =
                        DatagramServer.bind(folder.resolve("notify").toString());
                DaemonProcess daemon = DaemonProcess.start(
                        folder,
                        spec,
                        Map.of("NOTIFY_SOCKET", folder.resolve("notify").toString()),
                        List.of("env", "--ignore-signal=HUP"))) {
            await(systemd, message -> message.startsWith("READY=1\n"));
            assertTrue(daemon.err().contains("SIGHUP was ignored"), daemon.err());
        }
    }

    /** Reloads, and returns the message that says that it is over. */
    private static String reload(DatagramServer systemd, DaemonProcess daemon) throws Exception {
        long beforeUs = System.nanoTime() / 1000;
        daemon.hangUp();
        String reloading = await(systemd, message -> message.startsWith("RELOADING=1\n"));
        Matcher time = Pattern.compile("RELOADING=1\nMONOTONIC_USEC=(\\d+)\n").matcher(reloading);
        assertTrue(time.matches(), reloading);
        long us = Long.parseLong(time.group(1));
        assertTrue(us >= beforeUs && us <= System.nanoTime() / 1000, reloading);
        return await(systemd, message -> message.startsWith("READY=1\n"));
    }

    private void replace(Path spec, String text) throws IOException {
        Path beside = Files.writeString(folder.resolve(".new"), text);
        Files.move(beside, spec, StandardCopyOption.ATOMIC_MOVE);
    }

    @Test
    void readyWaitsForNoPortThatIsTaken() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                DatagramServer systemd =
                        DatagramServer.bind(folder.resolve("notify").toString())) {
            Path spec = Files.writeString(folder.resolve("target.yaml"), text(taken.getLocalPort(), one("127.0.0.1")));
            try (DaemonProcess daemon = start(spec)) {
                String ready = systemd.receive();
                assertTrue(ready.startsWith("READY=1\n") && ready.endsWith(" 1 pending.\n"), ready);
                assertTrue(daemon.isAlive());
            }
        }
    }

    @Test
    void aProcessThatStandsStillSendsNoSignOfLife() throws Exception {
        int port = DaemonProcess.freePort();
        Path spec = Files.writeString(folder.resolve("target.yaml"), text(port, one("127.0.0.1")));
        try (DatagramServer systemd =
                        DatagramServer.bind(folder.resolve("notify").toString());
                DaemonProcess daemon = start(spec)) {
            await(systemd, "WATCHDOG=1\n"::equals);
            daemon.signal("STOP");
            daemon.signal("CONT");
            await(systemd, "WATCHDOG=1\n"::equals);
            assertTrue(daemon.isAlive());
        }
    }

    private Path unit() throws IOException {
        String text = Files.readString(BASE.resolve("systemd/nvmf-target.service"));
        assertTrue(text.contains("ExecStart=/opt/nvmf-target/bin/nvmf-target run "), text);
        // Where the program is here: systemd looks whether it is there.
        return Files.writeString(
                folder.resolve("nvmf-target.service"), text.replace("/opt/nvmf-target", BASE.toString()));
    }

    private static String analyze(Object... arguments) throws IOException, InterruptedException {
        Process prepare = new ProcessBuilder(BASE.resolve("tests/tools/prepare").toString(), "systemd")
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        String program = new String(prepare.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        assertEquals(0, prepare.waitFor(), "systemd-analyze is not there");
        String[] command = new String[arguments.length + 1];
        command[0] = program;
        for (int i = 0; i < arguments.length; i++) {
            command[i + 1] = arguments[i].toString();
        }
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, process.waitFor(), output);
        return output;
    }

    @Test
    void theUnitIsClean() throws Exception {
        assertEquals("", analyze("verify", unit()));
    }

    @Test
    void theUnitIsHardened() throws Exception {
        String verdict = analyze("security", "--offline=true", "--no-pager", unit());

        Matcher exposure = Pattern.compile("Overall exposure level for nvmf-target\\.service: ([0-9.]+)")
                .matcher(verdict);
        assertTrue(exposure.find(), verdict);
        assertTrue(Double.parseDouble(exposure.group(1)) <= MOST_EXPOSURE, exposure.group());
    }

    @Test
    void theDropInExampleFitsTheUnit() throws Exception {
        Path unit = unit();
        Path dropIns = Files.createDirectory(folder.resolve("nvmf-target.service.d"));
        String example = Files.readString(BASE.resolve("systemd/nvmf-target.service.d/storage.conf.example"));
        assertTrue(example.contains("ReadWritePaths=/srv/nvmf"), example);
        // With what stands in comments, too.
        Files.writeString(dropIns.resolve("storage.conf"), example.replaceAll("(?m)^#([A-Z][A-Za-z]+=)", "$1"));

        assertEquals("", analyze("verify", unit));
        assertFalse(Files.readString(dropIns.resolve("storage.conf")).contains("#DeviceAllow"));
    }
}
