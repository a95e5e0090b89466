package org.nvmftarget.data.tcp;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.nvmftarget.data.target.NamespaceStore;
import org.nvmftarget.initiator.Commands;
import org.nvmftarget.initiator.Completion;
import org.nvmftarget.initiator.Host;
import org.nvmftarget.initiator.HostQueue;
import org.nvmftarget.model.Step;
import org.nvmftarget.model.TransportAddress;

/**
 * How long admin commands are held while a listener is added, from the pause to the end of the resume, over TCP loopback:
 * without I/O, and with a queue that reads all the time.
 */
final class PauseBench {
    private static final int WARM_UP = 2_000;
    private static final int ROUNDS = 2_000;
    private static final int QUEUES = 1;
    private static final int IN_FLIGHT = 8;

    private PauseBench() {}

    static void main() throws IOException, InterruptedException {
        IO.println("| I/O | reads/s | pauses | p50 µs | p99 µs | p99.9 µs | max µs |");
        IO.println("|---|---|---|---|---|---|---|");
        int reactors = Math.max(1, Runtime.getRuntime().availableProcessors() / 2); // as the program has it
        try (TargetRig rig = new TargetRig(NamespaceStore.NONE, reactors)) {
            pauses(rig, WARM_UP);
            print("none", 0, pauses(rig, ROUNDS));
            try (Host host = rig.host()) {
                AtomicBoolean over = new AtomicBoolean();
                AtomicLong reads = new AtomicLong();
                List<Thread> readers = host.connectIoQueues(QUEUES).stream()
                        .map(queue -> Thread.ofPlatform().start(() -> read(queue, over, reads)))
                        .toList();
                pauses(rig, WARM_UP);
                long readsBefore = reads.get();
                long startNs = System.nanoTime();
                long[] held = pauses(rig, ROUNDS);
                double seconds = (System.nanoTime() - startNs) / 1e9;
                print("4 KiB, 8 in flight", (reads.get() - readsBefore) / seconds, held);
                over.set(true);
                for (Thread reader : readers) {
                    reader.join();
                }
            }
        }
    }

    /** Adds and removes a listener; the time of each pause for adding it, in nanoseconds, in order of length. */
    private static long[] pauses(TargetRig rig, int rounds) throws InterruptedException {
        long[] heldNs = new long[rounds];
        for (int i = 0; i < rounds; i++) {
            TransportAddress another = TargetRig.newAddress();
            long startNs = System.nanoTime();
            rig.pause();
            rig.apply(new Step.AddListener(TargetRig.NQN, another));
            rig.resume();
            heldNs[i] = System.nanoTime() - startNs;
            rig.pause();
            rig.apply(new Step.RemoveListener(TargetRig.NQN, another));
            rig.resume();
            TimeUnit.MILLISECONDS.sleep(2);
        }
        Arrays.sort(heldNs);
        return heldNs;
    }

    private static void read(HostQueue queue, AtomicBoolean over, AtomicLong reads) {
        Queue<CompletableFuture<Completion>> inFlight = new ArrayDeque<>();
        while (!over.get()) {
            while (inFlight.size() < IN_FLIGHT) {
                inFlight.add(queue.submitRead(Commands.read(1, 0, 8), 4096));
            }
            if (!HostQueue.await(inFlight.remove()).succeeded()) {
                throw new IllegalStateException("a read failed");
            }
            reads.incrementAndGet();
        }
        inFlight.forEach(HostQueue::await);
    }

    private static void print(String io, double readsPerSecond, long[] heldNs) {
        IO.println(String.format(
                Locale.ROOT,
                "| %s | %.0f | %d | %.0f | %.0f | %.0f | %.0f |",
                io,
                readsPerSecond,
                heldNs.length,
                us(heldNs, 0.5),
                us(heldNs, 0.99),
                us(heldNs, 0.999),
                us(heldNs, 1)));
    }

    private static double us(long[] sortedNs, double quantile) {
        return sortedNs[(int) Math.min(sortedNs.length - 1L, (long) (sortedNs.length * quantile))] / 1e3;
    }
}
