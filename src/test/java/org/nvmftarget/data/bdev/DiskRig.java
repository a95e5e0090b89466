package org.nvmftarget.data.bdev;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.nvmftarget.data.reactor.EpollReactor;
import org.nvmftarget.data.reactor.Reactor;
import org.nvmftarget.data.reactor.ReactorOptions;
import org.nvmftarget.model.BdevSpec;

/** Real reactors with disks on them. */
public final class DiskRig implements AutoCloseable {

    private static final long TIMEOUT_S = 60;
    private static final long KNOWN_BYTES = 32L << 20;
    private static final int PAGE_BYTES = 4096;

    private final List<Reactor> reactors = new ArrayList<>();
    private final AtomicReference<Throwable> fatal = new AtomicReference<>();
    private final DiskLanes lanes;
    private final Bdevs bdevs;
    private final List<DiskBdev> open = new ArrayList<>();

    /** What transports have: memory that the reactors know. */
    private final MemorySegment known = Arena.ofAuto().allocate(KNOWN_BYTES, PAGE_BYTES);

    private long knownUsedBytes;

    public DiskRig(int count, boolean mayUseUring) {
        this(count, mayUseUring ? UringEngine::new : null);
    }

    DiskRig(int count, DiskLanes.@Nullable RingMaker rings) {
        this(count, rings, DiskMemory.NONE);
    }

    DiskRig(int count, DiskLanes.@Nullable RingMaker rings, DiskMemory memory) {
        for (int i = 0; i < count; i++) {
            reactors.add(EpollReactor.start(
                    ReactorOptions.of("disk-reactor-" + i, (_, thrown) -> fatal.compareAndSet(null, thrown))));
        }
        reactors.forEach(reactor -> reactor.execute(() -> reactor.dataMemory().add(known)));
        lanes = new DiskLanes(reactors, rings);
        bdevs = new Bdevs(reactors, lanes, memory, System::nanoTime);
    }

    DiskLanes lanes() {
        return lanes;
    }

    public Bdevs bdevs() {
        return bdevs;
    }

    public static BdevSpec.File file(Path path, long sizeBytes, int blockSizeBytes) {
        return new BdevSpec.File(
                path.getFileName().toString(), path.toString(), sizeBytes, blockSizeBytes, false, new UUID(7, 8));
    }

    public static BdevSpec.Block block(String path, int blockSizeBytes) {
        return new BdevSpec.Block("disk", path, 0, blockSizeBytes, new UUID(7, 8));
    }

    /** A device; what it is of a disk ends with the rig at the latest. */
    public LimitedBdev open(BdevSpec spec) {
        return switch (bdevs.open(spec)) {
            case Bdevs.Opened.Ready ready -> {
                if (ready.bdev().device() instanceof DiskBdev disk) {
                    open.add(disk);
                }
                yield ready.bdev();
            }
            case Bdevs.Opened.Refused refused ->
                throw new AssertionError(refused.why().toString());
        };
    }

    /** An operation that has been submitted. */
    public final class Op extends BdevIo {
        private final Bdev bdev;
        private final CompletableFuture<BdevStatus> end = new CompletableFuture<>();

        Op(Bdev bdev) {
            this.bdev = bdev;
        }

        @Override
        protected void completed(BdevStatus status) {
            if (!reactors.get(channel()).inReactor() || !end.complete(status)) {
                fatal.compareAndSet(null, new AssertionError("completed twice, or elsewhere: " + status));
            }
        }

        @Override
        protected void deferred() {
            reactors.get(channel()).execute(() -> bdev.proceed(this));
        }

        public BdevStatus await() {
            try {
                return end.get(TIMEOUT_S, TimeUnit.SECONDS);
            } catch (Exception failed) {
                throw new AssertionError("an operation did not end: " + fatal.get(), failed);
            }
        }
    }

    /** What to do, on which blocks, with which data. */
    public record Work(
            BdevOp op, long lba, long blocks, int flags, MemorySegment data, long destination, MemorySegment expected) {

        public static Work of(BdevOp op, long lba, long blocks, MemorySegment data) {
            return new Work(op, lba, blocks, 0, data, 0, MemorySegment.NULL);
        }

        public Work fua() {
            return new Work(op, lba, blocks, BdevIo.FUA, data, destination, expected);
        }
    }

    /** Starts {@code work} on a reactor. */
    public Op start(Bdev bdev, int reactor, Work work) {
        Op op = new Op(bdev);
        reactors.get(reactor).execute(() -> {
            op.prepare(work.op(), work.lba(), work.blocks(), reactor, work.flags());
            op.data(work.data(), 0);
            op.expected(work.expected(), 0);
            op.destination(work.destination());
            bdev.submit(op);
        });
        return op;
    }

    public BdevStatus run(Bdev bdev, Work work) {
        return start(bdev, 0, work).await();
    }

    public void write(Bdev bdev, long lba, byte[] bytes) {
        assertEquals(
                BdevStatus.OK,
                run(bdev, Work.of(BdevOp.WRITE, lba, bytes.length / bdev.blockSizeBytes(), aligned(bytes))));
    }

    public byte[] read(Bdev bdev, long lba, int blocks) {
        byte[] bytes = new byte[blocks * bdev.blockSizeBytes()];
        MemorySegment data = aligned(bytes);
        assertEquals(BdevStatus.OK, run(bdev, Work.of(BdevOp.READ, lba, blocks, data)));
        MemorySegment.copy(data, 0, MemorySegment.ofArray(bytes), 0, bytes.length);
        return bytes;
    }

    /** Page-aligned memory that the reactors know, with ones in it; used again after the next 32 MiB. */
    public MemorySegment memory(long bytes) {
        long wholePages = (bytes + PAGE_BYTES - 1) & -PAGE_BYTES;
        if (knownUsedBytes + wholePages > KNOWN_BYTES) {
            knownUsedBytes = 0;
        }
        MemorySegment piece = known.asSlice(knownUsedBytes, bytes);
        knownUsedBytes += wholePages;
        return piece.fill((byte) 0xFF);
    }

    public static MemorySegment aligned(byte[] bytes) {
        MemorySegment segment = Arena.ofAuto().allocate(bytes.length, 4096);
        MemorySegment.copy(MemorySegment.ofArray(bytes), 0, segment, 0, bytes.length);
        return segment;
    }

    /** At an address that no disk takes. */
    public static MemorySegment unaligned(byte[] bytes) {
        MemorySegment segment =
                Arena.ofAuto().allocate(bytes.length + 4096L, 4096).asSlice(3, bytes.length);
        MemorySegment.copy(MemorySegment.ofArray(bytes), 0, segment, 0, bytes.length);
        return segment;
    }

    @Override
    public void close() {
        open.forEach(DiskBdev::close);
        bdevs.close();
        reactors.forEach(reactor -> ((EpollReactor) reactor).close());
        Throwable thrown = fatal.get();
        if (thrown != null) {
            throw new AssertionError("a reactor died", thrown);
        }
    }
}
