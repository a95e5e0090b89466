package org.nvmftarget.data.bdev;

import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * One operation on a device. Its owner extends it, keeps it and uses it again: submitting allocates nothing. Between
 * {@link Bdev#submit} and {@link #completed} it belongs to the device.
 */
public abstract class BdevIo {

    /** A flag: what is written is stable before the operation completes. */
    public static final int FUA = 1;

    /** A flag: deallocated blocks are not read as zeroes, but end the operation in {@link BdevStatus#UNMAPPED}. */
    public static final int FAIL_UNMAPPED = 2;

    private BdevOp op = BdevOp.READ;
    private long lba;
    private long blocks;
    private int channel;
    private int flags;
    private MemorySegment data = MemorySegment.NULL;
    private long dataOffset;
    private MemorySegment expected = MemorySegment.NULL;
    private long expectedOffset;
    private long destination;
    private long progress;

    // Since it was submitted to a device that counts: who counts, and from when.

    private @Nullable BdevStats counting;
    private long submittedNs;

    // While it waits to begin: where, and between whom.

    @Nullable
    WaitLine line;

    @Nullable
    BdevIo ahead;

    @Nullable
    BdevIo behind;

    /**
     * @param firstLba first logical block
     * @param blockCount number of logical blocks
     * @param reactorIndex which reactor submits, from 0: completion comes there
     * @param flagMask {@link #FUA} and its fellows
     */
    protected final void prepare(BdevOp operation, long firstLba, long blockCount, int reactorIndex, int flagMask) {
        op = operation;
        lba = firstLba;
        blocks = blockCount;
        channel = reactorIndex;
        flags = flagMask;
        progress = 0;
    }

    /** The same operation as {@code other}, from now on. */
    final void copyOf(BdevIo other) {
        prepare(other.op, other.lba, other.blocks, other.channel, other.flags);
        data = other.data;
        dataOffset = other.dataOffset;
        expected = other.expected;
        expectedOffset = other.expectedOffset;
        destination = other.destination;
    }

    /** Where the data to read, write or compare are: as many bytes as the blocks have, from {@code offset}. */
    protected final void data(MemorySegment segment, long offset) {
        data = segment;
        dataOffset = offset;
    }

    /** What the blocks must be before they are written. */
    protected final void expected(MemorySegment segment, long offset) {
        expected = segment;
        expectedOffset = offset;
    }

    /** Where to copy to. */
    protected final void destination(long firstLba) {
        destination = firstLba;
    }

    /** Called once per submit, on the reactor that submitted; perhaps before {@link Bdev#submit} returns. */
    protected abstract void completed(BdevStatus status);

    /** The device asks for a call of {@link Bdev#proceed} in a later turn of the same reactor. */
    protected abstract void deferred();

    /** Takes it back if it still waits to begin, on the reactor that submitted it: then it will not complete. */
    public final boolean withdraw() {
        WaitLine where = line;
        if (where == null) {
            return false;
        }
        where.withdraw(this);
        BdevStats stats = counting;
        if (stats != null) {
            counting = null;
            stats.withdrawn(this);
        }
        return true;
    }

    public final BdevOp op() {
        return op;
    }

    public final long lba() {
        return lba;
    }

    public final long blocks() {
        return blocks;
    }

    public final MemorySegment data() {
        return data;
    }

    public final long dataOffset() {
        return dataOffset;
    }

    /** For {@link BdevOp#COMPARE_AND_WRITE}. */
    public final MemorySegment expected() {
        return expected;
    }

    public final long expectedOffset() {
        return expectedOffset;
    }

    /** First block to copy to. */
    public final long destination() {
        return destination;
    }

    /** The index of the submitting reactor. */
    public final int channel() {
        return channel;
    }

    public final boolean isFua() {
        return (flags & FUA) != 0;
    }

    public final boolean failsUnmapped() {
        return (flags & FAIL_UNMAPPED) != 0;
    }

    /** For the device: whether all blocks that it is about are on a device of {@code deviceBlocks}. */
    final boolean isWithin(long deviceBlocks) {
        return switch (op) {
            case FLUSH -> true;
            case COPY -> isWithin(lba, deviceBlocks) && isWithin(destination, deviceBlocks);
            default -> isWithin(lba, deviceBlocks);
        };
    }

    private boolean isWithin(long first, long deviceBlocks) {
        return first >= 0 && blocks >= 0 && first <= deviceBlocks - blocks;
    }

    /** {@code stats} count it from now on. */
    final void countedBy(BdevStats stats, long nowNs) {
        counting = stats;
        submittedNs = nowNs;
    }

    final long submittedNs() {
        return submittedNs;
    }

    /** For the device: how far it has come, in whatever it counts. 0 at first. */
    final long progress() {
        return progress;
    }

    /** For the device: it has come so far, and goes on in a later turn. */
    final void later(long soFar) {
        progress = soFar;
        deferred();
    }

    /** For the device: ends the operation. */
    public final void complete(BdevStatus status) {
        BdevStats stats = counting;
        if (stats != null) {
            counting = null;
            stats.ended(this, status);
        }
        completed(status);
    }
}
