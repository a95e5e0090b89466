package org.nvmftarget.cli;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;

/**
 * What answers to JSON-RPC take, from a daemon with 1,000 subsystems of one namespace and one listener each: all of these
 * at once, and the small ones that a monitor asks for, one after the other on one connection. Targets: a median of 20 ms
 * at most, and 2,000 in a second.
 */
final class RpcBench {
    private static final int SUBSYSTEMS = 1000;
    private static final int WARM_UP = 300;
    private static final int ROUNDS = 201;
    private static final long SMALL_NS = TimeUnit.SECONDS.toNanos(5);

    private RpcBench() {}

    static void main() throws IOException, InterruptedException {
        PrintStream out = System.out;
        Path folder = Files.createTempDirectory("rpc-bench");
        Path spec = Files.writeString(folder.resolve("target.yaml"), spec());
        try (DaemonProcess daemon = DaemonProcess.start(folder, spec)) {
            CommandRun status = daemon.command("status", "--wait", "120s", "--for-file", spec);
            if (status.exitCode() != 0) {
                throw new IllegalStateException(status.out() + status.err() + daemon.err());
            }
            try (RpcConnection rpc = new RpcConnection(daemon.socket())) {
                out.printf("nvmf_get_subsystems of %d: median %.2f ms%n", SUBSYSTEMS, medianMs(rpc));
                for (String method : new String[] {"spdk_get_version", "thread_get_stats", "nvmf_get_stats"}) {
                    out.printf("%s: %.0f in a second%n", method, perSecond(rpc, method));
                }
            }
            daemon.terminate(10);
        }
    }

    private static String spec() throws IOException {
        int port = DaemonProcess.freePort();
        StringBuilder bdevs = new StringBuilder();
        StringBuilder subsystems = new StringBuilder();
        for (int i = 0; i < SUBSYSTEMS; i++) {
            bdevs.append("  b").append(i).append(": { type: \"null\", size: 1GiB }\n");
            subsystems.append("  nqn.2026-11.org.example:s").append(i).append(":\n    allow_any_host: true\n");
            subsystems.append("    namespaces: { 1: { bdev: b").append(i).append(" } }\n    listeners:\n");
            subsystems
                    .append("      - { trtype: tcp, traddr: 127.0.0.1, trsvcid: ")
                    .append(port)
                    .append(" }\n");
        }
        return "version: 1\ntransports: { tcp: }\nbdevs:\n" + bdevs + "subsystems:\n" + subsystems;
    }

    private static String request(String method) {
        return "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"" + method + "\"}";
    }

    private static double medianMs(RpcConnection rpc) throws IOException {
        double[] ms = new double[ROUNDS];
        for (int i = -WARM_UP; i < ROUNDS; i++) {
            long beganNs = System.nanoTime();
            rpc.answer(request("nvmf_get_subsystems"));
            if (i >= 0) {
                ms[i] = (System.nanoTime() - beganNs) / 1e6;
            }
        }
        Arrays.sort(ms);
        return ms[ROUNDS / 2];
    }

    private static double perSecond(RpcConnection rpc, String method) throws IOException {
        for (int i = 0; i < 10 * WARM_UP; i++) {
            rpc.answer(request(method));
        }
        long answers = 0;
        long beganNs = System.nanoTime();
        while (System.nanoTime() - beganNs < SMALL_NS) {
            rpc.answer(request(method));
            answers++;
        }
        return answers * 1e9 / (System.nanoTime() - beganNs);
    }
}
