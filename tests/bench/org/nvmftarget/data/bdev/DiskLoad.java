package org.nvmftarget.data.bdev;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.nvmftarget.data.reactor.EpollReactor;
import org.nvmftarget.data.reactor.ReactorOptions;
import org.nvmftarget.model.BdevLimits;
import org.nvmftarget.model.BdevSpec;
import org.nvmftarget.model.StepResult;

/** Random I/O of 4 KiB on one disk, from one reactor: so many operations under way at any time. */
final class DiskLoad implements AutoCloseable {

    static final int BYTES = 4096;
    private static final int MOST_DEPTH = 128;
    private static final int OPEN_TRIES = 100;
    private static final int MOST_SAMPLES = 4_000_000;
    private static final long MOST_NS = TimeUnit.SECONDS.toNanos(120);
    private static final UUID ID = new UUID(7, 8);

    private final AtomicReference<Throwable> fatal = new AtomicReference<>();
    private final EpollReactor reactor;
    private final Bdevs bdevs;
    private final Bdev disk;

    /** As transports have it: the reactor knows it, so that the ring has it registered. */
    private final MemorySegment memory = Arena.ofAuto().allocate((long) MOST_DEPTH * BYTES, BYTES);

    /** Opens what the load is on. */
    interface Opener {
        Bdev open(Bdevs bdevs, DiskLanes lanes);
    }

    DiskLoad(BdevSpec spec, boolean uring) {
        this(spec, uring, ReactorOptions.MOST_SPIN_NS);
    }

    /** @param maxSpinNs how long the reactor looks for completions at most before it sleeps */
    DiskLoad(BdevSpec spec, boolean uring, long maxSpinNs) {
        this((bdevs, _) -> ready(bdevs, spec), uring, maxSpinNs);
    }

    DiskLoad(Opener opener, boolean uring, long maxSpinNs) {
        reactor = EpollReactor.start(
                ReactorOptions.of("load", (_, thrown) -> fatal.set(thrown)).withMaxSpinNs(maxSpinNs));
        reactor.execute(() -> reactor.dataMemory().add(memory));
        DiskLanes lanes = new DiskLanes(List.of(reactor), uring ? UringEngine::new : null);
        bdevs = new Bdevs(List.of(reactor), lanes, DiskMemory.NONE, System::nanoTime);
        disk = opener.open(bdevs, lanes);
    }

    /** A device may be held for a moment more: Linux lets go of a ring's files after it has closed the ring. */
    private static Bdev ready(Bdevs bdevs, BdevSpec spec) {
        for (int tries = 0; ; tries++) {
            switch (bdevs.open(spec)) {
                case Bdevs.Opened.Ready ready -> {
                    return ready.bdev();
                }
                case Bdevs.Opened.Refused refused -> {
                    if (tries == OPEN_TRIES || !(refused.why() instanceof StepResult.Waiting)) {
                        throw new IllegalStateException(refused.why().toString());
                    }
                    LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(100));
                }
            }
        }
    }

    static BdevSpec file(Path path, long sizeBytes) {
        return new BdevSpec.File("file", path.toString(), sizeBytes, BYTES, false, ID, BdevLimits.NONE);
    }

    static BdevSpec.Nvme drive(Path path) {
        return new BdevSpec.Nvme("drive", path.toString(), 0, BYTES, ID, BdevLimits.NONE);
    }

    static BdevSpec block(Path path) {
        return new BdevSpec.Block("block", path.toString(), 0, BYTES, ID, BdevLimits.NONE);
    }

    /** How its calls are carried out, as in {@code io_uring_cmd}. */
    String engine() {
        return bdevs.disks().firstEntry().getValue().engine();
    }

    /**
     * What came of one run.
     *
     * @param cpuNs of all threads of the process
     * @param reactorBytes that the reactor's thread allocated
     */
    record Result(long operations, long wallNs, long cpuNs, long p99Ns, long reactorBytes) {
        double perSecond() {
            return operations * 1e9 / wallNs;
        }

        double perCore() {
            return operations * 1e9 / Math.max(1, cpuNs);
        }
    }

    Result run(boolean writes, int depth, long durationNs, long mostOperations) throws InterruptedException {
        Run run = new Run(writes, depth, durationNs, mostOperations);
        reactor.execute(run::begin);
        if (!run.ended.await(durationNs + TimeUnit.SECONDS.toNanos(60), TimeUnit.NANOSECONDS)) {
            throw new IllegalStateException("the load hangs", fatal.get());
        }
        return run.result();
    }

    private static com.sun.management.ThreadMXBean threads() {
        return (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
    }

    private static long processCpuNs() {
        return ((com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
                .getProcessCpuTime();
    }

    /** One run; all of it on the reactor but the making and the result. */
    private final class Run {
        final CountDownLatch ended = new CountDownLatch(1);
        final long[] latencies = new long[MOST_SAMPLES];
        final List<Op> ops = new ArrayList<>();
        final SplittableRandom random = new SplittableRandom(20261126);
        final long positions = disk.blocks();
        final long durationNs;
        final long mostOperations;
        long beganNs;
        long endedNs;
        long beganCpuNs;
        long endedCpuNs;
        long beganBytes;
        long endedBytes;
        long done;
        int underWay;
        boolean stopping;

        Run(boolean writes, int depth, long durationNs, long mostOperations) {
            this.durationNs = durationNs;
            this.mostOperations = mostOperations;
            for (int i = 0; i < depth; i++) {
                ops.add(new Op(this, writes ? BdevOp.WRITE : BdevOp.READ, i));
            }
        }

        void begin() {
            beganCpuNs = processCpuNs();
            beganBytes = threads().getCurrentThreadAllocatedBytes();
            beganNs = System.nanoTime();
            underWay = ops.size();
            ops.forEach(Op::go);
        }

        /** Whether to go on. */
        boolean count(long startedNs) {
            long nowNs = System.nanoTime();
            if (!stopping) {
                latencies[(int) (done % MOST_SAMPLES)] = nowNs - startedNs;
                done++;
                if (nowNs - beganNs >= durationNs || done == mostOperations) {
                    stopping = true;
                    endedNs = nowNs;
                    endedBytes = threads().getCurrentThreadAllocatedBytes();
                    endedCpuNs = processCpuNs();
                }
            }
            if (stopping) {
                underWay--;
                if (underWay == 0) {
                    ended.countDown();
                }
            }
            return !stopping;
        }

        Result result() {
            int samples = (int) Math.min(done, MOST_SAMPLES);
            long[] sorted = Arrays.copyOf(latencies, samples);
            Arrays.sort(sorted);
            return new Result(
                    done,
                    endedNs - beganNs,
                    endedCpuNs - beganCpuNs,
                    sorted[(int) (samples * 0.99)],
                    endedBytes - beganBytes);
        }
    }

    private final class Op extends BdevIo {
        private final Run run;
        private final BdevOp what;
        private final long at;
        private long startedNs;

        Op(Run run, BdevOp what, int number) {
            this.run = run;
            this.what = what;
            at = (long) number * BYTES;
            for (int i = 0; i < BYTES; i++) {
                memory.set(java.lang.foreign.ValueLayout.JAVA_BYTE, at + i, (byte) (i * 31));
            }
        }

        void go() {
            startedNs = System.nanoTime();
            prepare(what, run.random.nextLong(run.positions), 1, 0, 0);
            data(memory, at);
            disk.submit(this);
        }

        @Override
        protected void completed(BdevStatus status) {
            if (status != BdevStatus.OK) {
                throw new IllegalStateException("an operation failed: " + status);
            }
            if (run.count(startedNs)) {
                go();
            }
        }

        @Override
        protected void deferred() {
            throw new IllegalStateException("disks put nothing off");
        }
    }

    /** A file with all its blocks written, so that reading finds data and writing no holes. */
    static void fill(Path file, long sizeBytes) {
        try (var channel = java.nio.channels.FileChannel.open(
                file,
                java.nio.file.StandardOpenOption.CREATE,
                java.nio.file.StandardOpenOption.TRUNCATE_EXISTING,
                java.nio.file.StandardOpenOption.WRITE)) {
            byte[] chunk = new byte[1 << 20];
            new java.util.Random(1).nextBytes(chunk);
            for (long at = 0; at < sizeBytes; at += chunk.length) {
                channel.write(java.nio.ByteBuffer.wrap(chunk));
            }
            channel.force(true);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    @Override
    public void close() {
        disk.close();
        bdevs.close();
        reactor.close();
    }

    /** For a test: bytes of the heap that one operation costs the reactor, in a JVM of its own. In memory, to be soon done. */
    static void main(String[] arguments) throws Exception {
        Path memory = Path.of("/dev/shm");
        Path file = Files.isWritable(memory)
                ? Files.createTempFile(memory, "disk-load", ".img")
                : Files.createTempFile("disk-load", ".img");
        long size = 16 << 20;
        fill(file, size);
        try (DiskLoad load = new DiskLoad(file(file, size), true)) {
            load.printAllocated(100_000);
        } finally {
            Files.delete(file);
        }
    }

    /** Bytes of the heap that an operation costs the reactor once the code is compiled, in lines as {@code allocated read 0.0000}. */
    void printAllocated(int operations) throws InterruptedException {
        for (boolean writes : new boolean[] {false, true, false, true, false, true}) {
            run(writes, 32, MOST_NS, operations);
        }
        for (boolean writes : new boolean[] {false, true}) {
            System.out.printf(
                    Locale.ROOT, "allocated %s %.4f%n", writes ? "write" : "read", leastAllocated(writes, operations));
        }
    }

    /** Of some runs, since in one of them the machine may still have been compiling: what an operation itself costs is in all. */
    private double leastAllocated(boolean writes, int operations) throws InterruptedException {
        double least = Double.MAX_VALUE;
        for (int i = 0; i < 5; i++) {
            Result result = run(writes, 32, MOST_NS, operations);
            least = Math.min(least, (double) result.reactorBytes() / result.operations());
        }
        return least;
    }
}
