package org.nvmftarget.data.bdev;

import java.util.BitSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.nvmftarget.data.ffi.uring.UringException;
import org.nvmftarget.data.reactor.Reactor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The disks' lanes, one for each reactor, made when the first disk is opened; and the disks that are open, for whoever
 * looks after them. For control threads, but for {@link #lane}.
 */
final class DiskLanes {

    private static final Logger LOG = LoggerFactory.getLogger(DiskLanes.class);
    private static final long REACTOR_TIMEOUT_S = 30;
    private static final long RETIREMENT_STEP_MS = 5;

    private final List<Reactor> reactors;
    private final @Nullable RingMaker rings;
    private final BitSet slots = new BitSet();
    private final Set<DiskBdev> disks = ConcurrentHashMap.newKeySet();
    private volatile DiskLane[] lanes = {};
    private volatile String engine = "";
    private final AtomicLong losses = new AtomicLong();
    private volatile Runnable onSuspicion = () -> {};
    private @Nullable ThreadPoolExecutor pool;

    /** Makes the engine of a reactor, on its thread. */
    interface RingMaker {
        DiskEngine open(Reactor reactor) throws UringException;
    }

    /** @param rings null to do without, as where the system forbids io_uring */
    DiskLanes(List<Reactor> reactors, @Nullable RingMaker rings) {
        this.reactors = List.copyOf(reactors);
        this.rings = rings;
    }

    int reactors() {
        return reactors.size();
    }

    /** How many times a disk was lost. */
    long losses() {
        return losses.get();
    }

    /** A disk is lost; returns which loss this is, from 1. */
    long countLoss() {
        return losses.incrementAndGet();
    }

    /** Of a reactor, once a disk was opened. */
    DiskLane lane(int reactorIndex) {
        return lanes[reactorIndex];
    }

    /** What carries out the calls, for the operator; empty as long as nothing does. */
    String engine() {
        return engine;
    }

    synchronized void ensureOpen() {
        if (lanes.length > 0) {
            return;
        }
        DiskLane[] made = rings == null ? null : withRings(rings);
        lanes = made == null ? withThreads() : made;
    }

    /** Null where some reactor gets no ring. */
    private DiskLane @Nullable [] withRings(RingMaker maker) {
        DiskLane[] made = new DiskLane[reactors.size()];
        for (int i = 0; i < made.length; i++) {
            int index = i;
            Reactor reactor = reactors.get(i);
            CompletableFuture<DiskLane> lane = new CompletableFuture<>();
            run(reactor, () -> {
                try {
                    DiskLane opened = new DiskLane(index, maker.open(reactor));
                    reactor.dataMemory().add(opened.scratch());
                    reactor.addPoller(opened);
                    lane.complete(opened);
                } catch (UringException refused) {
                    lane.completeExceptionally(refused);
                }
            });
            try {
                made[i] = lane.get(REACTOR_TIMEOUT_S, TimeUnit.SECONDS);
            } catch (ExecutionException | TimeoutException | InterruptedException refused) {
                closeLanes(java.util.Arrays.copyOf(made, i));
                engine = "threads: " + cause(refused);
                LOG.warn(
                        "io_uring is not to be had, so threads read and write files and block devices: {}",
                        cause(refused));
                return null;
            }
        }
        engine = "io_uring";
        return made;
    }

    private static String cause(Exception refused) {
        Throwable cause = refused.getCause();
        return String.valueOf((cause == null ? refused : cause).getMessage());
    }

    private DiskLane[] withThreads() {
        ThreadPoolExecutor threads = ThreadEngine.pool();
        pool = threads;
        if (engine.isEmpty()) {
            engine = "threads";
        }
        DiskLane[] made = new DiskLane[reactors.size()];
        for (int i = 0; i < made.length; i++) {
            Reactor reactor = reactors.get(i);
            DiskLane lane = new DiskLane(i, new ThreadEngine(reactor, threads));
            made[i] = lane;
            run(reactor, () -> reactor.addPoller(lane));
        }
        return made;
    }

    /** Makes every reactor ready to pass commands to NVMe drives; null, or why one cannot. A disk has been opened. */
    @Nullable
    String refusesCommands() {
        AtomicReference<@Nullable String> refused = new AtomicReference<>();
        boolean heard = everywhere(lane -> {
            String why = lane.engine().refusesCommands();
            if (why != null) {
                refused.set(why);
            }
        });
        return heard ? refused.get() : "a reactor does not answer";
    }

    private static void run(Reactor reactor, Runnable task) {
        if (reactor.inReactor()) {
            task.run();
        } else {
            reactor.execute(task);
        }
    }

    // Disks

    synchronized int nextSlot() {
        int slot = slots.nextClearBit(0);
        slots.set(slot);
        return slot;
    }

    /** Every reactor may use the disk from now on. */
    void attach(OpenDisk disk) {
        everywhere(lane -> lane.engine().attach(disk));
    }

    void remember(DiskBdev bdev) {
        disks.add(bdev);
    }

    void forget(DiskBdev bdev) {
        disks.remove(bdev);
    }

    Set<DiskBdev> disks() {
        return Set.copyOf(disks);
    }

    /** Closes a disk that nothing new is begun on, once everything on it has ended. */
    void retire(OpenDisk disk) {
        // Whatever a reactor began before this is counted.
        boolean seen = everywhere(lane -> {});
        if (seen && disk.isQuiet()) {
            close(disk);
        } else {
            Thread.ofVirtual().name("disk-retirement").start(() -> {
                try {
                    while (!disk.isQuiet()) {
                        Thread.sleep(RETIREMENT_STEP_MS);
                    }
                    close(disk);
                } catch (InterruptedException ending) {
                    Thread.currentThread().interrupt();
                }
            });
        }
    }

    private void close(OpenDisk disk) {
        everywhere(lane -> lane.engine().detach(disk));
        disk.close();
        synchronized (this) {
            slots.clear(disk.slot());
        }
    }

    /** Runs {@code task} on every reactor; false if one of them did not do so in time. */
    private boolean everywhere(Consumer<DiskLane> task) {
        DiskLane[] all = lanes;
        CountDownLatch left = new CountDownLatch(all.length);
        for (DiskLane lane : all) {
            run(reactors.get(lane.index()), () -> {
                task.accept(lane);
                left.countDown();
            });
        }
        try {
            return left.await(REACTOR_TIMEOUT_S, TimeUnit.SECONDS);
        } catch (InterruptedException ending) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    // Suspicion

    /** Some disk should be inspected; from any thread. */
    void inspectSoon() {
        onSuspicion.run();
    }

    void onSuspicion(Runnable listener) {
        onSuspicion = listener;
    }

    /** No disk is open any more. */
    synchronized void close() {
        closeLanes(lanes);
        lanes = new DiskLane[0];
        if (pool != null) {
            pool.shutdown();
        }
    }

    private void closeLanes(DiskLane[] all) {
        for (DiskLane lane : all) {
            Reactor reactor = reactors.get(lane.index());
            run(reactor, () -> {
                reactor.removePoller(lane);
                reactor.dataMemory().remove(lane.scratch());
                lane.engine().close();
            });
        }
    }
}
