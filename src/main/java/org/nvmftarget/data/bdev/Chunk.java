package org.nvmftarget.data.bdev;

import java.lang.foreign.MemorySegment;
import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/**
 * A piece of a {@link MallocBdev}, and what each of its blocks is: deallocated; written and stored in memory; written
 * with zeroes, which take none; or spoiled. For whoever has the piece's lock. Ranges of blocks are from {@code from}
 * up to, not including, {@code to}; what changes them says how many more blocks are in use after it.
 */
final class Chunk {

    private static final MemorySegment ZEROES = MemorySegment.ofArray(new byte[1 << 16]);

    private final int blockShift;
    /** Written: stored, zeroes or spoiled. */
    private final BitSet mapped;
    /** What they are is in {@link #memory}. */
    private final BitSet stored;
    /** They cannot be read. */
    private @Nullable BitSet spoiled;

    private @Nullable MemorySegment memory;

    Chunk(int blocks, int blockShift) {
        this.blockShift = blockShift;
        mapped = new BitSet(blocks);
        stored = new BitSet(blocks);
    }

    BdevStatus readable(int from, int to, boolean failUnmapped) {
        if (stored.nextClearBit(from) >= to) {
            return BdevStatus.OK;
        }
        if (spoiled != null && within(spoiled.nextSetBit(from), to)) {
            return BdevStatus.UNREADABLE;
        }
        return failUnmapped && mapped.nextClearBit(from) < to ? BdevStatus.UNMAPPED : BdevStatus.OK;
    }

    private static boolean within(int bit, int to) {
        return bit >= 0 && bit < to;
    }

    /** The blocks are readable. */
    void read(int from, int to, MemorySegment target, long offset) {
        long at = offset;
        for (int b = from; b < to; ) {
            boolean inMemory = stored.get(b);
            int end = runEnd(inMemory, b, to);
            long n = bytes(end - b);
            if (inMemory) {
                MemorySegment.copy(memory(), bytes(b), target, at, n);
            } else {
                zero(target, at, n);
            }
            at += n;
            b = end;
        }
    }

    /** Whether the blocks, which are readable, are just {@code other}. */
    boolean equal(int from, int to, MemorySegment other, long offset) {
        long at = offset;
        for (int b = from; b < to; ) {
            boolean inMemory = stored.get(b);
            int end = runEnd(inMemory, b, to);
            long n = bytes(end - b);
            boolean same = inMemory
                    ? MemorySegment.mismatch(memory(), bytes(b), bytes(b) + n, other, at, at + n) < 0
                    : isZero(other, at, n);
            if (!same) {
                return false;
            }
            at += n;
            b = end;
        }
        return true;
    }

    /** Has memory from now on. */
    void provide(ChunkPool pool) {
        if (memory == null) {
            memory = pool.take();
        }
    }

    /** There is memory. */
    int write(int from, int to, MemorySegment data, long offset) {
        MemorySegment.copy(data, offset, memory(), bytes(from), bytes(to - from));
        if (stored.nextClearBit(from) >= to) {
            return 0;
        }
        stored.set(from, to);
        heal(from, to);
        return map(from, to);
    }

    int writeZeroes(int from, int to, ChunkPool pool) {
        forget(from, to, pool);
        heal(from, to);
        return map(from, to);
    }

    int unmap(int from, int to, ChunkPool pool) {
        if (mapped.nextSetBit(from) < 0) {
            return 0;
        }
        forget(from, to, pool);
        heal(from, to);
        int before = mapped.cardinality();
        mapped.clear(from, to);
        return mapped.cardinality() - before;
    }

    int spoil(int from, int to, ChunkPool pool) {
        forget(from, to, pool);
        if (spoiled == null) {
            spoiled = new BitSet(mapped.size());
        }
        spoiled.set(from, to);
        return map(from, to);
    }

    /** Takes over one readable block of {@code source}, perhaps this same chunk. If it is stored, there is memory here. */
    int copyBlock(@Nullable Chunk source, int from, int to, ChunkPool pool) {
        if (source != null && source.stored.get(from)) {
            return write(to, to + 1, source.memory(), bytes(from));
        }
        return writeZeroes(to, to + 1, pool);
    }

    boolean isStored(int block) {
        return stored.get(block);
    }

    private int map(int from, int to) {
        if (mapped.nextClearBit(from) >= to) {
            return 0;
        }
        int before = mapped.cardinality();
        mapped.set(from, to);
        return mapped.cardinality() - before;
    }

    private void heal(int from, int to) {
        if (spoiled != null) {
            spoiled.clear(from, to);
        }
    }

    private void forget(int from, int to, ChunkPool pool) {
        stored.clear(from, to);
        if (memory != null && stored.isEmpty()) {
            pool.give(memory);
            memory = null;
        }
    }

    private int runEnd(boolean inMemory, int from, int to) {
        int end = inMemory ? stored.nextClearBit(from) : stored.nextSetBit(from);
        return end < 0 ? to : Math.min(end, to);
    }

    private MemorySegment memory() {
        MemorySegment m = memory;
        if (m == null) {
            throw new IllegalStateException("stored blocks without memory");
        }
        return m;
    }

    private long bytes(int blocks) {
        return (long) blocks << blockShift;
    }

    /** Clears {@code lengthBytes} of {@code target} without making a slice of it. */
    static void zero(MemorySegment target, long offset, long lengthBytes) {
        for (long done = 0; done < lengthBytes; ) {
            long n = Math.min(lengthBytes - done, ZEROES.byteSize());
            MemorySegment.copy(ZEROES, 0, target, offset + done, n);
            done += n;
        }
    }

    static boolean isZero(MemorySegment data, long offset, long lengthBytes) {
        for (long done = 0; done < lengthBytes; ) {
            long n = Math.min(lengthBytes - done, ZEROES.byteSize());
            if (MemorySegment.mismatch(ZEROES, 0, n, data, offset + done, offset + done + n) >= 0) {
                return false;
            }
            done += n;
        }
        return true;
    }
}
