package org.nvmftarget.cli;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.JsonNode;

/** A daemon as a process of its own, in a folder of its own. */
final class DaemonProcess implements AutoCloseable {

    /** However the tests were started: under nohup a program ignores SIGHUP. */
    private static final List<String> DEFAULT_SIGNALS = List.of("env", "--default-signal");

    private final Path folder;
    private final Path spec;
    private final Process process;

    private DaemonProcess(Path folder, Path spec, Process process) {
        this.folder = folder;
        this.spec = spec;
        this.process = process;
    }

    /** Starts {@code run} on {@code spec}; socket and state are in {@code folder}. */
    static DaemonProcess start(Path folder, Path spec, String... options) throws IOException {
        return start(folder, spec, Map.of(), options);
    }

    /** The same, with more in its environment. */
    static DaemonProcess start(Path folder, Path spec, Map<String, String> environment, String... options)
            throws IOException {
        return start(folder, spec, environment, DEFAULT_SIGNALS, options);
    }

    /** The same, by a command that becomes the program. */
    static DaemonProcess start(
            Path folder, Path spec, Map<String, String> environment, List<String> launcher, String... options)
            throws IOException {
        List<String> command = new ArrayList<>(launcher);
        command.addAll(List.of(
                Objects.requireNonNull(System.getProperty("java.home")) + "/bin/java",
                "--enable-native-access=ALL-UNNAMED",
                "-XX:+UseSerialGC",
                "-Xmx256m",
                "-cp",
                Objects.requireNonNull(System.getProperty("java.class.path")),
                Main.class.getName(),
                "run",
                spec.toString(),
                "--rpc-socket",
                folder.resolve("rpc.sock").toString(),
                "--state-dir",
                folder.resolve("state").toString()));
        command.addAll(List.of(options));
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectOutput(folder.resolve("out").toFile())
                .redirectError(folder.resolve("err").toFile());
        builder.environment().putAll(environment);
        Process process = builder.start();
        return new DaemonProcess(folder, spec, process);
    }

    /** A port of 127.0.0.1 that nobody uses now. */
    static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    /** Runs a command that finds this daemon. */
    CommandRun command(Object... arguments) {
        Object[] all = new Object[arguments.length + 4];
        System.arraycopy(arguments, 0, all, 0, arguments.length);
        all[arguments.length] = "--rpc-socket";
        all[arguments.length + 1] = socket();
        all[arguments.length + 2] = "--state-dir";
        all[arguments.length + 3] = folder.resolve("state");
        return CommandRun.of(all);
    }

    Path spec() {
        return spec;
    }

    Path socket() {
        return folder.resolve("rpc.sock");
    }

    /** The result of a call without parameters. */
    JsonNode call(String method) {
        return new RpcClient(socket()).call(method);
    }

    String out() throws IOException {
        return Files.readString(folder.resolve("out"));
    }

    String err() throws IOException {
        return Files.readString(folder.resolve("err"));
    }

    String errOrNone() {
        try {
            return err();
        } catch (IOException e) {
            return e.toString();
        }
    }

    /** Sends SIGTERM; returns the exit status, or −1 if there is none after so long. */
    int terminate(long seconds) throws InterruptedException {
        process.destroy();
        return process.waitFor(seconds, TimeUnit.SECONDS) ? process.exitValue() : -1;
    }

    long pid() {
        return process.pid();
    }

    /** SIGKILL; returns when it has ended. */
    void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    void hangUp() throws IOException, InterruptedException {
        signal("HUP");
    }

    /** Sends a signal by its name without SIG. */
    void signal(String name) throws IOException, InterruptedException {
        new ProcessBuilder("kill", "-" + name, Long.toString(process.pid()))
                .start()
                .waitFor();
    }

    boolean isAlive() {
        return process.isAlive();
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
