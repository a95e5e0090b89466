package org.nvmftarget.data.tcp;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.nvmftarget.data.ffi.libc.Posix;
import org.nvmftarget.data.reactor.Reactor;
import org.nvmftarget.data.target.NamespaceStore;
import org.nvmftarget.initiator.Commands;
import org.nvmftarget.initiator.Completion;
import org.nvmftarget.initiator.Host;
import org.nvmftarget.initiator.HostQueue;
import org.nvmftarget.model.Step;
import org.nvmftarget.model.TransportAddress;

/**
 * How long admin commands are held while a listener is added, from the pause to the end of the resume, over TCP loopback:
 * without I/O, and with a queue that reads all the time: from a host that takes processors from the target, and from one
 * that gets what the target leaves, so that it is to the target as a host with processors of its own is. What the machine's scheduler alone takes of it is in the rows of
 * the hand-overs, done in turn with the pauses: the reactor is asked as often as in a pause, and does nothing.
 */
final class PauseBench {
    private static final int ROUNDS = 2_000;
    private static final int QUEUES = 1;
    private static final int IN_FLIGHT = 8;
    private static final int[] NICE = {0, 19};
    /** To pause, to open, to resume. */
    private static final int HAND_OVERS = 3;

    private PauseBench() {}

    static void main() throws IOException, InterruptedException {
        IO.println("| I/O | reads/s | what | p50 µs | p99 µs | p99.9 µs | max µs |");
        IO.println("|---|---|---|---|---|---|---|");
        int reactors = Math.max(1, Runtime.getRuntime().availableProcessors() / 2); // as the program has it
        try (TargetRig rig = new TargetRig(NamespaceStore.NONE, reactors)) {
            pauses(rig); // to be compiled
            print("none", 0, pauses(rig));
            for (int nice : NICE) {
                CompletableFuture<Load> load = new CompletableFuture<>();
                Thread.ofPlatform().start(() -> load.complete(new Load(rig, nice)));
                Load running = load.join();
                pauses(rig); // to be compiled
                long readsBefore = running.reads.get();
                long startNs = System.nanoTime();
                Times held = pauses(rig);
                double seconds = (System.nanoTime() - startNs) / 1e9;
                print("4 KiB, 8 in flight, nice " + nice, (running.reads.get() - readsBefore) / seconds, held);
                running.stop();
            }
        }
    }

    /** A host that reads all the time. Its threads have the nice value of the one that makes it, as is Linux's way. */
    private static final class Load {
        final AtomicLong reads = new AtomicLong();
        private final AtomicBoolean over = new AtomicBoolean();
        private final Host host;
        private final List<Thread> readers;

        Load(TargetRig rig, int nice) {
            if (nice != 0 && Posix.niceThread(nice) < 0) {
                throw new IllegalStateException("this thread's nice value cannot be set");
            }
            try {
                host = rig.host();
                readers = host.connectIoQueues(QUEUES).stream()
                        .map(queue -> Thread.ofPlatform().start(() -> read(queue, over, reads)))
                        .toList();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        void stop() throws IOException, InterruptedException {
            over.set(true);
            for (Thread reader : readers) {
                reader.join();
            }
            host.close();
        }
    }

    /** In nanoseconds. */
    private static final class Times {
        final long[] heldNs = new long[ROUNDS];
        final long[] handOverNs = new long[ROUNDS];

        void sort() {
            Arrays.sort(heldNs);
            Arrays.sort(handOverNs);
        }
    }

    /** Adds and removes a listener; the time of each pause for adding it. */
    private static Times pauses(TargetRig rig) throws InterruptedException {
        Times times = new Times();
        for (int i = 0; i < ROUNDS; i++) {
            TransportAddress another = TargetRig.newAddress();
            long startNs = System.nanoTime();
            rig.pause();
            rig.apply(new Step.AddListener(TargetRig.NQN, another));
            rig.resume();
            times.heldNs[i] = System.nanoTime() - startNs;
            rig.pause();
            rig.apply(new Step.RemoveListener(TargetRig.NQN, another));
            rig.resume();
            TimeUnit.MILLISECONDS.sleep(2);
            times.handOverNs[i] = handOvers(rig.reactor());
        }
        times.sort();
        return times;
    }

    private static long handOvers(Reactor reactor) throws InterruptedException {
        long startNs = System.nanoTime();
        for (int i = 0; i < HAND_OVERS; i++) {
            CountDownLatch done = new CountDownLatch(1);
            reactor.execute(done::countDown);
            done.await();
        }
        return System.nanoTime() - startNs;
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

    private static void print(String io, double readsPerSecond, Times times) {
        print(io, readsPerSecond, "pause", times.heldNs);
        print(io, readsPerSecond, "hand-overs", times.handOverNs);
    }

    private static void print(String io, double readsPerSecond, String what, long[] sortedNs) {
        IO.println(String.format(
                Locale.ROOT,
                "| %s | %.0f | %s | %.0f | %.0f | %.0f | %.0f |",
                io,
                readsPerSecond,
                what,
                us(sortedNs, 0.5),
                us(sortedNs, 0.99),
                us(sortedNs, 0.999),
                us(sortedNs, 1)));
    }

    private static double us(long[] sortedNs, double quantile) {
        return sortedNs[(int) Math.min(sortedNs.length - 1L, (long) (sortedNs.length * quantile))] / 1e3;
    }
}
