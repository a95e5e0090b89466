package org.nvmftarget.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.nvmftarget.data.ffi.libc.Posix;
import org.nvmftarget.initiator.Commands;
import org.nvmftarget.initiator.Completion;
import org.nvmftarget.initiator.Host;
import org.nvmftarget.initiator.HostQueue;

/**
 * What a monitor that asks 50 times a second costs a host that reads 4 KiB blocks over TCP loopback: nobody asks, the
 * monitor asks, a monitor asks socat, which says back what it hears, one wakes as often and asks nobody, nobody asks
 * again; in turn, round by round. What the last differs from the first by is noise. Host and monitor have the nice
 * value that is told, so that of two processors the target gets what it wants of a host at 19, as it does where hosts
 * have processors of their own. Medians of all rounds.
 */
final class MonitorBench {
    private static final int ROUNDS = 7;
    private static final long ROUND_NS = TimeUnit.SECONDS.toNanos(2);
    private static final int WARM_UP_ANSWERS = 30_000;
    private static final int MOST_READS = 1 << 20;
    private static final int QUEUES = 2;
    private static final int[] DEPTHS = {1, 32};
    private static final int[] NICE = {0, 19};
    private static final long POLL_NS = TimeUnit.MILLISECONDS.toNanos(20);
    private static final String NQN = "nqn.2026-11.org.example:monitored";
    private static final String[] METHODS = {
        "nvmf_get_subsystems", "bdev_get_iostat", "thread_get_stats", "nvmf_get_stats", "framework_get_reactors"
    };

    private enum Monitor {
        NONE,
        ASKS,
        ASKS_AN_ECHO,
        ASKS_NOBODY,
        NONE_AGAIN
    }

    /** Of one turn; times in µs. */
    private record Figures(double perSecond, double p50, double p99) {}

    private MonitorBench() {}

    static void main() throws IOException, InterruptedException, ExecutionException {
        Path folder = Files.createTempDirectory("monitor-bench");
        int port = DaemonProcess.freePort();
        Path spec = Files.writeString(folder.resolve("target.yaml"), """
            version: 1
            transports: { tcp: }
            bdevs: { disk: { type: malloc, size: 64MiB } }
            subsystems:
              %s:
                allow_any_host: true
                namespaces: { 1: { bdev: disk } }
                listeners: [{ trtype: tcp, traddr: 127.0.0.1, trsvcid: %d }]
            """.formatted(NQN, port));
        try (DaemonProcess daemon = DaemonProcess.start(folder, spec)) {
            CommandRun status = daemon.command("status", "--wait", "60s", "--for-file", spec);
            if (status.exitCode() != 0) {
                throw new IllegalStateException(status.out() + status.err() + daemon.err());
            }
            Path echo = folder.resolve("echo.sock");
            Process socat = echo(echo);
            try (RpcConnection rpc = new RpcConnection(daemon.socket());
                    RpcConnection toEcho = new RpcConnection(echo)) {
                for (int i = 0; i < WARM_UP_ANSWERS; i++) {
                    ask(rpc, i);
                }
                Map<Monitor, RpcConnection> asked = Map.of(Monitor.ASKS, rpc, Monitor.ASKS_AN_ECHO, toEcho);
                IO.println("| host and monitor | in flight | monitor | reads/s | p50 µs | p99 µs |");
                IO.println("|---|---|---|---|---|---|");
                for (int nice : NICE) {
                    // Its threads have its nice value, as is Linux's way.
                    FutureTask<Void> host = new FutureTask<>(() -> measure(nice, port, asked));
                    Thread.ofPlatform().start(host);
                    host.get();
                }
            } finally {
                socat.destroy();
            }
            daemon.terminate(10);
        }
    }

    /** As nice as the target's thread that answers. */
    private static Process echo(Path socket) throws IOException, InterruptedException {
        Process socat = new ProcessBuilder("nice", "-n", "10", "socat", "UNIX-LISTEN:" + socket, "PIPE")
                .inheritIO()
                .start();
        while (!Files.exists(socket)) {
            if (socat.waitFor(10, TimeUnit.MILLISECONDS)) {
                throw new IllegalStateException("socat does not run");
            }
        }
        return socat;
    }

    private static @Nullable Void measure(int nice, int port, Map<Monitor, RpcConnection> asked)
            throws IOException, InterruptedException {
        if (nice != 0 && Posix.niceThread(nice) < 0) {
            throw new IllegalStateException("this thread's nice value cannot be set");
        }
        try (Host host = Host.connect(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), port),
                NQN,
                "nqn.2026-11.org.example:host",
                Host.Credentials.NONE)) {
            List<HostQueue> queues = host.connectIoQueues(QUEUES);
            for (int depth : DEPTHS) {
                Map<Monitor, Figures[]> all = new EnumMap<>(Monitor.class);
                turn(queues, depth, Monitor.ASKS, asked); // to be compiled
                for (int round = 0; round < ROUNDS; round++) {
                    for (Monitor monitor : Monitor.values()) {
                        all.computeIfAbsent(monitor, _ -> new Figures[ROUNDS])[round] =
                                turn(queues, depth, monitor, asked);
                    }
                }
                all.forEach((monitor, rounds) -> print(nice, depth, monitor, rounds));
            }
        }
        return null;
    }

    private static Figures turn(List<HostQueue> queues, int depth, Monitor monitor, Map<Monitor, RpcConnection> asked)
            throws InterruptedException {
        AtomicBoolean over = new AtomicBoolean();
        Thread asker = Thread.ofPlatform().unstarted(() -> poll(asked.get(monitor), over));
        if (monitor != Monitor.NONE && monitor != Monitor.NONE_AGAIN) {
            asker.start();
        }
        Figures figures = read(queues, depth);
        over.set(true);
        asker.join();
        return figures;
    }

    private static void poll(@Nullable RpcConnection asked, AtomicBoolean over) {
        for (int n = 0; !over.get(); n++) {
            LockSupport.parkNanos(POLL_NS);
            if (asked != null) {
                ask(asked, n);
            }
        }
    }

    private static void ask(RpcConnection rpc, int n) {
        try {
            String answer = rpc.answer(
                    "{\"jsonrpc\":\"2.0\",\"id\":" + n + ",\"method\":\"" + METHODS[n % METHODS.length] + "\"}\n");
            if (!answer.contains("\"result\"") && !answer.contains("\"method\"")) { // the latter says the echo
                throw new IllegalStateException(answer);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A read and since when it is under way. */
    private record Read(long sinceNs, CompletableFuture<Completion> done) {}

    private static Figures read(List<HostQueue> queues, int depth) {
        long[] tookNs = new long[MOST_READS];
        Queue<Read> inFlight = new ArrayDeque<>();
        int reads = 0;
        long beganNs = System.nanoTime();
        long nowNs = beganNs;
        while (nowNs - beganNs < ROUND_NS && reads < MOST_READS) {
            while (inFlight.size() < depth) {
                HostQueue queue = queues.get((reads + inFlight.size()) % queues.size());
                inFlight.add(new Read(System.nanoTime(), queue.submitRead(Commands.read(1, 0, 8), 4096)));
            }
            Read read = inFlight.remove();
            if (!HostQueue.await(read.done()).succeeded()) {
                throw new IllegalStateException("a read failed");
            }
            nowNs = System.nanoTime();
            tookNs[reads] = nowNs - read.sinceNs();
            reads++;
        }
        inFlight.forEach(read -> HostQueue.await(read.done()));
        Arrays.sort(tookNs, 0, reads);
        return new Figures(
                reads * 1e9 / (nowNs - beganNs), tookNs[reads / 2] / 1e3, tookNs[(int) (reads * 0.99)] / 1e3);
    }

    private static void print(int nice, int depth, Monitor monitor, Figures[] rounds) {
        IO.println(String.format(
                Locale.ROOT,
                "| nice %d | %d | %s | %.0f | %.0f | %.0f |",
                nice,
                depth,
                monitor.name().toLowerCase(Locale.ROOT).replace('_', ' '),
                median(Arrays.stream(rounds).mapToDouble(Figures::perSecond).toArray()),
                median(Arrays.stream(rounds).mapToDouble(Figures::p50).toArray()),
                median(Arrays.stream(rounds).mapToDouble(Figures::p99).toArray())));
    }

    private static double median(double[] values) {
        Arrays.sort(values);
        return values[values.length / 2];
    }
}
