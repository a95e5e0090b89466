package org.nvmftarget.data.bdev;

import java.util.Arrays;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.nvmftarget.model.BdevSpec;
import org.nvmftarget.model.StepResult;

/**
 * Memory as a device. It is a table of chunks, each made when it is first written, so that memory is used as data come
 * and a device grows in place. A chunk and its place in the table are touched under the chunk's lock alone. Reading,
 * writing and comparing lock all their chunks before they begin, so no one sees such an operation half done; what may
 * be larger works chunk by chunk and lets its reactor turn in between.
 */
public final class MallocBdev implements Bdev {

    private static final int CHUNK_SHIFT = 20;
    private static final long CHUNK_BYTES = 1L << CHUNK_SHIFT;

    /** Chunks whose blocks change their state, without a look at the data, in one turn of the reactor: about 10 µs. */
    private static final int CHUNKS_PER_TURN = 64;

    private static final int COPY_BYTES_PER_TURN = 1 << 18;
    private static final int PREFERRED_BYTES = 4096;

    private final RangeLocks locks = new RangeLocks();
    private final ChunkPool pool = new ChunkPool(CHUNK_BYTES);
    private final LongAdder used = new LongAdder();
    private final Traits traits;
    private final int blockShift;
    /** Blocks of a chunk, as a power of two. */
    private final int perChunkShift;

    private volatile BdevSpec.Malloc spec;
    private volatile long blocks;
    private @Nullable Chunk[] chunks;

    public MallocBdev(BdevSpec.Malloc spec) {
        this.spec = spec;
        blockShift = Integer.numberOfTrailingZeros(spec.blockSizeBytes());
        perChunkShift = CHUNK_SHIFT - blockShift;
        traits = new Traits(
                true,
                true,
                1 << perChunkShift,
                Granularity.of(Math.max(1, PREFERRED_BYTES >>> blockShift)),
                WriteAtomicity.BLOCK);
        blocks = spec.sizeBytes() >>> blockShift;
        chunks = new Chunk[chunksFor(spec.sizeBytes())];
    }

    @Override
    public BdevSpec spec() {
        return spec;
    }

    @Override
    public Traits traits() {
        return traits;
    }

    @Override
    public int blockSizeBytes() {
        return 1 << blockShift;
    }

    @Override
    public long blocks() {
        return blocks;
    }

    @Override
    public long usedBlocks() {
        return used.sum();
    }

    @Override
    public void submit(BdevIo io) {
        if (io.op() == BdevOp.FLUSH) { // memory is as stable as it gets
            io.complete(BdevStatus.OK);
        } else if (!io.isWithin(blocks)) {
            io.complete(BdevStatus.OUT_OF_RANGE);
        } else {
            proceed(io);
        }
    }

    @Override
    public void proceed(BdevIo io) {
        BdevStatus status;
        try {
            status = execute(io);
        } catch (OutOfMemoryError full) {
            status = BdevStatus.NO_SPACE;
        }
        if (status != null) {
            io.complete(status);
        }
    }

    /** A status, or null if it goes on later. */
    private @Nullable BdevStatus execute(BdevIo io) {
        if (io.blocks() == 0) {
            return BdevStatus.OK;
        }
        return switch (io.op()) {
            case READ, COMPARE -> look(io);
            case WRITE, COMPARE_AND_WRITE -> change(io);
            case COPY -> copy(io);
            default -> sweep(io);
        };
    }

    // Operations with data

    private BdevStatus look(BdevIo io) {
        int first = chunkOf(io.lba());
        int last = chunkOf(io.lba() + io.blocks() - 1);
        locks.lockShared(first, last);
        try {
            BdevStatus status = readable(io);
            if (status != BdevStatus.OK) {
                return status;
            }
            if (io.op() == BdevOp.COMPARE) {
                return equal(io, false) ? BdevStatus.OK : BdevStatus.MISCOMPARE;
            }
            read(io);
            return BdevStatus.OK;
        } finally {
            locks.unlockShared(first, last);
        }
    }

    private BdevStatus change(BdevIo io) {
        int first = chunkOf(io.lba());
        int last = chunkOf(io.lba() + io.blocks() - 1);
        locks.lockExclusive(first, last);
        try {
            if (io.op() == BdevOp.COMPARE_AND_WRITE) {
                BdevStatus status = readable(io);
                if (status != BdevStatus.OK || !equal(io, true)) {
                    return status != BdevStatus.OK ? status : BdevStatus.MISCOMPARE;
                }
            }
            for (int i = first; i <= last; i++) {
                chunkAt(i).provide(pool); // before anything is changed: it may fail
            }
            write(io);
            return BdevStatus.OK;
        } finally {
            locks.unlockExclusive(first, last);
        }
    }

    private BdevStatus readable(BdevIo io) {
        for (long done = 0; done < io.blocks(); ) {
            int from = blockInChunk(io.lba() + done);
            int n = blocksHere(from, io.blocks() - done);
            Chunk chunk = chunks[chunkOf(io.lba() + done)];
            BdevStatus status = readable(chunk, from, from + n, io);
            if (status != BdevStatus.OK) {
                return status;
            }
            done += n;
        }
        return BdevStatus.OK;
    }

    private static BdevStatus readable(@Nullable Chunk chunk, int from, int to, BdevIo io) {
        if (chunk == null) {
            return io.failsUnmapped() ? BdevStatus.UNMAPPED : BdevStatus.OK;
        }
        return chunk.readable(from, to, io.failsUnmapped());
    }

    private void read(BdevIo io) {
        for (long done = 0; done < io.blocks(); ) {
            int from = blockInChunk(io.lba() + done);
            int n = blocksHere(from, io.blocks() - done);
            Chunk chunk = chunks[chunkOf(io.lba() + done)];
            long at = io.dataOffset() + (done << blockShift);
            if (chunk == null) {
                Chunk.zero(io.data(), at, (long) n << blockShift);
            } else {
                chunk.read(from, from + n, io.data(), at);
            }
            done += n;
        }
    }

    /** @param expected whether to compare with what the operation expects, or with its data */
    private boolean equal(BdevIo io, boolean expected) {
        var with = expected ? io.expected() : io.data();
        long offset = expected ? io.expectedOffset() : io.dataOffset();
        for (long done = 0; done < io.blocks(); ) {
            int from = blockInChunk(io.lba() + done);
            int n = blocksHere(from, io.blocks() - done);
            Chunk chunk = chunks[chunkOf(io.lba() + done)];
            long at = offset + (done << blockShift);
            boolean same = chunk == null
                    ? Chunk.isZero(with, at, (long) n << blockShift)
                    : chunk.equal(from, from + n, with, at);
            if (!same) {
                return false;
            }
            done += n;
        }
        return true;
    }

    private void write(BdevIo io) {
        int more = 0;
        for (long done = 0; done < io.blocks(); ) {
            int from = blockInChunk(io.lba() + done);
            int n = blocksHere(from, io.blocks() - done);
            Chunk chunk = chunkAt(chunkOf(io.lba() + done));
            more += chunk.write(from, from + n, io.data(), io.dataOffset() + (done << blockShift));
            done += n;
        }
        use(more);
    }

    // Operations on the state of blocks

    /** Some chunks; the rest in later turns. */
    private @Nullable BdevStatus sweep(BdevIo io) {
        long done = io.progress();
        for (int i = 0; i < CHUNKS_PER_TURN && done < io.blocks(); i++) {
            int from = blockInChunk(io.lba() + done);
            int n = blocksHere(from, io.blocks() - done);
            BdevStatus status = sweepChunk(io, chunkOf(io.lba() + done), from, from + n);
            if (status != BdevStatus.OK) {
                return status;
            }
            done += n;
        }
        if (done < io.blocks()) {
            io.later(done);
            return null;
        }
        return BdevStatus.OK;
    }

    private BdevStatus sweepChunk(BdevIo io, int i, int from, int to) {
        locks.lockExclusive(i, i);
        try {
            switch (io.op()) {
                case VERIFY -> {
                    return readable(chunks[i], from, to, io);
                }
                case WRITE_ZEROES -> use(chunkAt(i).writeZeroes(from, to, pool));
                case WRITE_UNCORRECTABLE -> use(chunkAt(i).spoil(from, to, pool));
                default -> {
                    Chunk chunk = chunks[i];
                    use(chunk == null ? 0 : chunk.unmap(from, to, pool));
                }
            }
            return BdevStatus.OK;
        } finally {
            locks.unlockExclusive(i, i);
        }
    }

    // Copy

    /**
     * Some blocks; the rest in later turns. Where source and destination overlap, it goes the way in which no block is
     * overwritten before it was read.
     */
    private @Nullable BdevStatus copy(BdevIo io) {
        boolean backwards = io.destination() > io.lba();
        long done = io.progress();
        long end = Math.min(io.blocks(), done + (COPY_BYTES_PER_TURN >>> blockShift));
        while (done < end) {
            long k = backwards ? io.blocks() - 1 - done : done;
            BdevStatus status = copyBlock(io, io.lba() + k, io.destination() + k);
            if (status != BdevStatus.OK) {
                return status;
            }
            done++;
        }
        if (done < io.blocks()) {
            io.later(done);
            return null;
        }
        return BdevStatus.OK;
    }

    private BdevStatus copyBlock(BdevIo io, long source, long destination) {
        int from = chunkOf(source);
        int to = chunkOf(destination);
        locks.lockPair(from, to);
        try {
            Chunk read = chunks[from];
            int block = blockInChunk(source);
            BdevStatus status = readable(read, block, block + 1, io);
            if (status == BdevStatus.OK) {
                Chunk written = chunkAt(to);
                if (read != null && read.isStored(block)) {
                    written.provide(pool);
                }
                use(written.copyBlock(read, block, blockInChunk(destination), pool));
            }
            return status;
        } finally {
            locks.unlockPair(from, to);
        }
    }

    // Size

    @Override
    public StepResult resize(long sizeBytes) {
        locks.lockAll();
        try {
            if (sizeBytes < spec.sizeBytes()) {
                dropFrom(sizeBytes >>> blockShift);
            }
            chunks = Arrays.copyOf(chunks, chunksFor(sizeBytes));
            spec = spec.withSizeBytes(sizeBytes);
            blocks = sizeBytes >>> blockShift;
            return StepResult.DONE;
        } finally {
            locks.unlockAll();
        }
    }

    /** What is cut off must read as zeroes if the device grows again. */
    private void dropFrom(long lba) {
        int i = chunkOf(lba);
        int from = blockInChunk(lba);
        for (; i < chunks.length; i++) {
            Chunk chunk = chunks[i];
            if (chunk != null) {
                use(chunk.unmap(from, 1 << perChunkShift, pool));
            }
            from = 0;
        }
    }

    // Chunks

    private Chunk chunkAt(int i) {
        Chunk chunk = chunks[i];
        if (chunk == null) {
            chunk = new Chunk(1 << perChunkShift, blockShift);
            chunks[i] = chunk;
        }
        return chunk;
    }

    private void use(int moreBlocks) {
        if (moreBlocks != 0) {
            used.add(moreBlocks);
        }
    }

    private int chunkOf(long lba) {
        return (int) (lba >>> perChunkShift);
    }

    private int blockInChunk(long lba) {
        return (int) lba & ((1 << perChunkShift) - 1);
    }

    private int blocksHere(int from, long wanted) {
        return (int) Math.min(wanted, (1 << perChunkShift) - from);
    }

    private static int chunksFor(long sizeBytes) {
        return Math.toIntExact((sizeBytes + CHUNK_BYTES - 1) >>> CHUNK_SHIFT);
    }

    @Override
    public void close() {
        pool.close();
    }
}
