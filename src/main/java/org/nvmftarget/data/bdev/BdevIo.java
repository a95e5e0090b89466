package org.nvmftarget.data.bdev;

import java.lang.foreign.MemorySegment;

/**
 * One operation on a device. Its owner extends it, keeps it and uses it again: submitting allocates nothing. Between
 * {@link Bdev#submit} and {@link #completed} it belongs to the device.
 */
public abstract class BdevIo {

    private BdevOp op = BdevOp.READ;
    private long lba;
    private long blocks;
    private MemorySegment data = MemorySegment.NULL;
    private long dataOffset;
    private int channel;
    private boolean fua;

    /**
     * @param lba first logical block
     * @param blockCount number of logical blocks
     * @param segment where data of a read or write are: {@code blockCount} blocks from {@code offset}
     * @param reactorIndex which reactor submits, from 0: completion comes there
     * @param forceUnitAccess a write is stable before it completes
     */
    protected final void prepare(
            BdevOp operation,
            long lba,
            long blockCount,
            MemorySegment segment,
            long offset,
            int reactorIndex,
            boolean forceUnitAccess) {
        op = operation;
        this.lba = lba;
        blocks = blockCount;
        data = segment;
        dataOffset = offset;
        channel = reactorIndex;
        fua = forceUnitAccess;
    }

    /** Called once per submit, on the reactor that submitted; perhaps before {@link Bdev#submit} returns. */
    protected abstract void completed(BdevStatus status);

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

    /** The index of the submitting reactor. */
    public final int channel() {
        return channel;
    }

    public final boolean fua() {
        return fua;
    }

    /** For the device: ends the operation. */
    public final void complete(BdevStatus status) {
        completed(status);
    }
}
