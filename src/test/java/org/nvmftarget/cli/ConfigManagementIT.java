package org.nvmftarget.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/**
 * Puppet and Ansible themselves, with the class and the playbook of {@code examples}, on a daemon of this machine. A script
 * stands in for {@code systemctl}, which has no systemd to speak to here, and notes what it was asked to do. In the long
 * form, since the programs are fetched from Debian.
 */
@Timeout(600)
@EnabledIfSystemProperty(named = "long", matches = "true", disabledReason = "tests/run --long runs it")
final class ConfigManagementIT {

    private static final Path BASE = Path.of(System.getProperty("basedir", ".")).toAbsolutePath();

    /** Puppet's word for a run that changed something, and all went well. */
    private static final int PUPPET_CHANGED = 2;

    @TempDir
    private Path folder;

    private Path bin = Path.of("");
    private Path spec = Path.of("");
    private int port;

    @BeforeEach
    void prepareMachine() throws IOException {
        bin = Files.createDirectory(folder.resolve("bin"));
        spec = folder.resolve("target.yaml");
        port = DaemonProcess.freePort();
        script(
                "nvmf-target",
                "exec " + Objects.requireNonNull(System.getProperty("java.home")) + "/bin/java"
                        + " -XX:TieredStopAtLevel=1 -XX:+UseSerialGC --enable-native-access=ALL-UNNAMED -cp '"
                        + Objects.requireNonNull(System.getProperty("java.class.path")) + "' " + Main.class.getName()
                        + " \"$@\"\n");
        script("systemctl", """
            echo "$*" >>FOLDER/systemctl.log
            case "$*" in
              *reload*) kill -HUP "$(cat FOLDER/pid)" ;;
              *show*) printf 'LoadState=loaded\\nActiveState=active\\nSubState=running\\nUnitFileState=enabled\\nCanReload=yes\\n' ;;
              *is-enabled*) echo enabled ;;
              *is-active*) echo active ;;
            esac
            """.replace("FOLDER", folder.toString()));
    }

    private void script(String name, String text) throws IOException {
        Path script = Files.writeString(bin.resolve(name), "#!/bin/sh\n" + text);
        Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private String text(int listeners) {
        StringBuilder text = new StringBuilder("""
            version: 1
            transports: { tcp: }
            subsystems:
              nqn.2026-11.org.example:a:
                allow_any_host: true
                protect: true
                listeners:
            """);
        for (int i = 1; i <= listeners; i++) {
            text.append("      - { trtype: tcp, traddr: 127.0.0.")
                    .append(i)
                    .append(", trsvcid: ")
                    .append(port)
                    .append(" }\n");
        }
        return text.toString();
    }

    /** A daemon that runs before the first run, with a spec that is not the wanted one. */
    private DaemonProcess daemon() throws IOException {
        Files.writeString(spec, text(1));
        DaemonProcess daemon = DaemonProcess.start(folder, spec);
        Files.writeString(folder.resolve("pid"), Long.toString(daemon.pid()));
        CommandRun status = daemon.command("status", "--wait", "60s", "--for-file", spec);
        assertEquals(0, status.exitCode(), status.err());
        return daemon;
    }

    private record Run(int exitCode, String output) {}

    private Run run(List<String> command) throws IOException, InterruptedException {
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectErrorStream(true).directory(folder.toFile());
        builder.environment().put("PATH", bin + ":" + System.getenv("PATH"));
        builder.environment().put("HOME", folder.toString());
        builder.environment().put("LC_ALL", "C.UTF-8");
        Process process = builder.start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Run(process.waitFor(), output);
    }

    private String program(String name) throws IOException, InterruptedException {
        Process prepare = new ProcessBuilder(BASE.resolve("tests/tools/prepare").toString(), name)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        String path = new String(prepare.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, prepare.waitFor(), name + " is not there");
        return path.strip();
    }

    private List<String> asked(String verb) throws IOException {
        Path log = folder.resolve("systemctl.log");
        return Files.exists(log)
                ? Files.readAllLines(log).stream()
                        .filter(line -> line.contains(verb))
                        .toList()
                : List.of();
    }

    private String options() {
        return "--rpc-socket " + folder.resolve("rpc.sock") + " --state-dir " + folder.resolve("state");
    }

    private Run puppet(String wanted) throws IOException, InterruptedException {
        Path source = Files.writeString(folder.resolve("wanted.yaml"), wanted);
        Path manifest = Files.writeString(
                folder.resolve("site.pp"), """
                    class { 'nvmf_target':
                      content => file('%s'),
                      file    => '%s',
                      program => '%s',
                      options => '%s',
                      service => {
                        provider => base,
                        start    => 'systemctl start nvmf-target',
                        stop     => 'systemctl stop nvmf-target',
                        status   => 'systemctl is-active nvmf-target',
                      },
                    }
                    """.formatted(source, spec, bin.resolve("nvmf-target"), options()));
        return run(List.of(
                program("puppet"),
                "apply",
                "--detailed-exitcodes",
                "--modulepath",
                BASE.resolve("examples/puppet").toString(),
                "--confdir",
                folder.resolve("puppet/conf").toString(),
                "--vardir",
                folder.resolve("puppet/var").toString(),
                manifest.toString()));
    }

    private Run ansible(String wanted) throws IOException, InterruptedException {
        Path source = Files.writeString(folder.resolve("wanted.yaml"), wanted);
        Path inventory =
                Files.writeString(folder.resolve("inventory"), "[nvmf_targets]\nlocalhost ansible_connection=local\n");
        List<String> command = new ArrayList<>(List.of(
                program("ansible"),
                "-i",
                inventory.toString(),
                BASE.resolve("examples/ansible/nvmf-target.yaml").toString()));
        for (String variable : List.of(
                "nvmf_source=" + source,
                "nvmf_file=" + spec,
                "nvmf_program=" + bin.resolve("nvmf-target"),
                "nvmf_options='" + options() + "'")) {
            command.add("-e");
            command.add(variable);
        }
        return run(command);
    }

    private static int generation(DaemonProcess daemon) {
        return daemon.call("nvmf_target_get_status").path("accepted_generation").asInt();
    }

    @Test
    void puppetKeepsTheTargetAsTheFileSays() throws Exception {
        try (DaemonProcess daemon = daemon()) {
            Run first = puppet(text(2));
            assertEquals(PUPPET_CHANGED, first.exitCode(), first.output());
            assertEquals(2, generation(daemon));
            assertEquals(1, asked("reload").size());

            Run second = puppet(text(2));
            assertEquals(0, second.exitCode(), second.output());
            assertEquals(1, asked("reload").size());

            Run broken = puppet(text(2).replace("trsvcid", "trsvcd"));
            assertTrue(broken.exitCode() > PUPPET_CHANGED, broken.output());
            assertTrue(broken.output().contains("did you mean `trsvcid`?"), broken.output());
            assertEquals(text(2), Files.readString(spec));

            Run refused = puppet("version: 1\n");
            assertTrue(refused.exitCode() > PUPPET_CHANGED, refused.output());
            assertTrue(refused.output().contains("Refused"), refused.output());
            Run still = puppet("version: 1\n");
            assertTrue(still.exitCode() > PUPPET_CHANGED, still.output());
            unharmed(daemon);

            Run mended = puppet(text(3));
            assertEquals(PUPPET_CHANGED, mended.exitCode(), mended.output());
            assertEquals(3, generation(daemon));
        }
    }

    @Test
    void ansibleKeepsTheTargetAsTheFileSays() throws Exception {
        try (DaemonProcess daemon = daemon()) {
            Run first = ansible(text(2));
            assertEquals(0, first.exitCode(), first.output());
            assertTrue(first.output().contains("changed=2"), first.output());
            assertEquals(2, generation(daemon));
            assertEquals(1, asked("reload").size());

            Run second = ansible(text(2));
            assertEquals(0, second.exitCode(), second.output());
            assertTrue(second.output().contains("changed=0"), second.output());
            assertEquals(1, asked("reload").size());

            Run broken = ansible(text(2).replace("trsvcid", "trsvcd"));
            assertNotEquals(0, broken.exitCode(), broken.output());
            assertTrue(broken.output().contains("failed to validate"), broken.output());
            assertEquals(text(2), Files.readString(spec));

            Run refused = ansible("version: 1\n");
            assertNotEquals(0, refused.exitCode(), refused.output());
            assertTrue(refused.output().contains("Refused"), refused.output());
            Run still = ansible("version: 1\n");
            assertNotEquals(0, still.exitCode(), still.output());
            unharmed(daemon);

            Run mended = ansible(text(3));
            assertEquals(0, mended.exitCode(), mended.output());
            assertEquals(3, generation(daemon));
        }
    }

    private void unharmed(DaemonProcess daemon) throws IOException {
        assertEquals(2, generation(daemon));
        assertTrue(daemon.isAlive());
        assertEquals(List.of(), asked("stop"));
        assertEquals(List.of(), asked("restart"));
    }
}
