package org.nvmftarget.data.bdev;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.nvmftarget.model.BdevSpec;

/**
 * Memory as a device. It is a table of chunks, each allocated when it is first written, so that memory is used as data
 * come and a device grows in place. A chunk and its place in the table are touched under the chunk's lock alone: that
 * makes each block, which never crosses a chunk, atomic between reactors.
 */
public final class MallocBdev implements Bdev {

    private static final int CHUNK_SHIFT = 20;
    private static final long CHUNK_BYTES = 1L << CHUNK_SHIFT;

    private final RangeLocks locks = new RangeLocks();
    private final ChunkPool pool = new ChunkPool(CHUNK_BYTES);
    private final BdevStats stats;
    private final int blockShift;
    private volatile BdevSpec.Malloc spec;
    private volatile long blocks;
    private @Nullable MemorySegment[] chunks;

    /** @param reactors how many reactors will submit */
    public MallocBdev(BdevSpec.Malloc spec, int reactors) {
        this.spec = spec;
        stats = new BdevStats(reactors);
        blockShift = Integer.numberOfTrailingZeros(spec.blockSizeBytes());
        blocks = spec.sizeBytes() >>> blockShift;
        chunks = new MemorySegment[chunksFor(spec.sizeBytes())];
    }

    @Override
    public BdevSpec spec() {
        return spec;
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
    public BdevStats stats() {
        return stats;
    }

    @Override
    public void submit(BdevIo io) {
        long lba = io.lba();
        long count = io.blocks();
        if (io.op() != BdevOp.FLUSH && (lba < 0 || count < 0 || lba > blocks - count)) {
            io.complete(BdevStatus.OUT_OF_RANGE);
            return;
        }
        BdevStatus status;
        try {
            status = execute(io, lba << blockShift, count << blockShift);
        } catch (OutOfMemoryError full) {
            status = BdevStatus.NO_SPACE;
        }
        io.complete(status);
    }

    private BdevStatus execute(BdevIo io, long offset, long lengthBytes) {
        switch (io.op()) {
            case READ -> {
                read(offset, lengthBytes, io.data(), io.dataOffset());
                stats.read(io.channel(), lengthBytes);
            }
            case WRITE -> {
                write(offset, lengthBytes, io.data(), io.dataOffset());
                stats.write(io.channel(), lengthBytes);
            }
            case WRITE_ZEROES -> {
                zero(offset, lengthBytes);
                stats.write(io.channel(), lengthBytes);
            }
            case UNMAP -> zero(offset, lengthBytes);
            case FLUSH -> {
                // Memory is as stable as it gets.
            }
        }
        return BdevStatus.OK;
    }

    private void read(long from, long lengthBytes, MemorySegment to, long toOffset) {
        for (long done = 0; done < lengthBytes; ) {
            int i = chunkOf(from + done);
            long at = (from + done) & (CHUNK_BYTES - 1);
            long n = Math.min(lengthBytes - done, CHUNK_BYTES - at);
            locks.lockShared(i);
            try {
                MemorySegment chunk = chunks[i];
                if (chunk == null) {
                    to.asSlice(toOffset + done, n).fill((byte) 0);
                } else {
                    MemorySegment.copy(chunk, at, to, toOffset + done, n);
                }
            } finally {
                locks.unlockShared(i);
            }
            done += n;
        }
    }

    private void write(long to, long lengthBytes, MemorySegment from, long fromOffset) {
        for (long done = 0; done < lengthBytes; ) {
            int i = chunkOf(to + done);
            long at = (to + done) & (CHUNK_BYTES - 1);
            long n = Math.min(lengthBytes - done, CHUNK_BYTES - at);
            locks.lockExclusive(i);
            try {
                MemorySegment chunk = chunks[i];
                if (chunk == null) {
                    chunk = pool.take();
                    chunks[i] = chunk;
                }
                MemorySegment.copy(from, fromOffset + done, chunk, at, n);
            } finally {
                locks.unlockExclusive(i);
            }
            done += n;
        }
    }

    private void zero(long offset, long lengthBytes) {
        for (long done = 0; done < lengthBytes; ) {
            int i = chunkOf(offset + done);
            long at = (offset + done) & (CHUNK_BYTES - 1);
            long n = Math.min(lengthBytes - done, CHUNK_BYTES - at);
            locks.lockExclusive(i);
            try {
                zeroInChunk(i, at, n);
            } finally {
                locks.unlockExclusive(i);
            }
            done += n;
        }
    }

    private void zeroInChunk(int i, long at, long lengthBytes) {
        MemorySegment chunk = chunks[i];
        if (chunk == null) {
            return;
        }
        if (lengthBytes == CHUNK_BYTES) {
            chunks[i] = null;
            pool.give(chunk);
        } else {
            chunk.asSlice(at, lengthBytes).fill((byte) 0);
        }
    }

    @Override
    public void resize(long sizeBytes) {
        locks.lockAll();
        try {
            if (sizeBytes < spec.sizeBytes()) {
                dropFrom(sizeBytes);
            }
            chunks = Arrays.copyOf(chunks, chunksFor(sizeBytes));
            spec = spec.withSizeBytes(sizeBytes);
            blocks = sizeBytes >>> blockShift;
        } finally {
            locks.unlockAll();
        }
    }

    /** What is cut off must read as zeroes if the device grows again. */
    private void dropFrom(long sizeBytes) {
        int whole = chunksFor(sizeBytes);
        long at = sizeBytes & (CHUNK_BYTES - 1);
        if (at != 0) {
            zeroInChunk(whole - 1, at, CHUNK_BYTES - at);
        }
        for (int i = whole; i < chunks.length; i++) {
            zeroInChunk(i, 0, CHUNK_BYTES);
        }
    }

    private static int chunkOf(long offset) {
        return (int) (offset >>> CHUNK_SHIFT);
    }

    private static int chunksFor(long sizeBytes) {
        return Math.toIntExact((sizeBytes + CHUNK_BYTES - 1) >>> CHUNK_SHIFT);
    }

    @Override
    public void close() {
        pool.close();
    }
}
