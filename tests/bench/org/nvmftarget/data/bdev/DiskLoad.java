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
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.nvmftarget.data.reactor.EpollReactor;
import org.nvmftarget.data.reactor.ReactorOptions;

/** Random I/O of 4 KiB on one disk, from one reactor: so many operations under way at any time. */
final class DiskLoad implements AutoCloseable {

    static final int BYTES = 4096;
    private static final int MOST_DEPTH = 128;
    private static final int MOST_SAMPLES = 4_000_000;

    private final AtomicReference<Throwable> fatal = new AtomicReference<>();
    private final EpollReactor reactor;
    private final Bdevs bdevs;
    private final Bdev disk;

    /** As transports have it: the reactor knows it, so that the ring has it registered. */
    private final MemorySegment memory = Arena.ofAuto().allocate((long) MOST_DEPTH * BYTES, BYTES);

    DiskLoad(Path file, long sizeBytes, boolean uring) {
        this(file, sizeBytes, uring, ReactorOptions.MOST_SPIN_NS);
    }

    /** @param maxSpinNs how long the reactor looks for completions at most before it sleeps */
    DiskLoad(Path file, long sizeBytes, boolean uring, long maxSpinNs) {
        reactor = EpollReactor.start(
                ReactorOptions.of("load", (_, thrown) -> fatal.set(thrown)).withMaxSpinNs(maxSpinNs));
        reactor.execute(() -> reactor.dataMemory().add(memory));
        bdevs = new Bdevs(List.of(reactor), uring);
        disk = switch (bdevs.open(DiskRig.file(file, sizeBytes, BYTES))) {
            case Bdevs.Opened.Ready ready -> ready.bdev();
            case Bdevs.Opened.Refused refused ->
                throw new IllegalStateException(refused.why().toString());
        };
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
        try (DiskLoad load = new DiskLoad(file, size, true)) {
            long most = TimeUnit.SECONDS.toNanos(120);
            for (boolean writes : new boolean[] {false, true, false, true, false, true}) {
                load.run(writes, 32, most, 100_000);
            }
            for (boolean writes : new boolean[] {false, true}) {
                System.out.printf("%s %.4f%n", writes, leastAllocated(load, writes, most));
            }
        } finally {
            Files.delete(file);
        }
    }

    /** Of some runs, since in one of them the machine may still have been compiling: what an operation itself costs is in all. */
    private static double leastAllocated(DiskLoad load, boolean writes, long mostNs) throws InterruptedException {
        double least = Double.MAX_VALUE;
        for (int i = 0; i < 5; i++) {
            Result result = load.run(writes, 32, mostNs, 100_000);
            least = Math.min(least, (double) result.reactorBytes() / result.operations());
        }
        return least;
    }
}
