package org.nvmftarget.data.bdev;

import org.nvmftarget.model.BdevSpec;

/** Reads zeroes and forgets writes. */
public final class NullBdev implements Bdev {

    private final BdevStats stats;
    private final int blockShift;
    private volatile BdevSpec.Null spec;
    private volatile long blocks;

    /** @param reactors how many reactors will submit */
    public NullBdev(BdevSpec.Null spec, int reactors) {
        this.spec = spec;
        stats = new BdevStats(reactors);
        blockShift = Integer.numberOfTrailingZeros(spec.blockSizeBytes());
        blocks = spec.sizeBytes() >>> blockShift;
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
        long count = io.blocks();
        if (io.op() != BdevOp.FLUSH && (io.lba() < 0 || count < 0 || io.lba() > blocks - count)) {
            io.complete(BdevStatus.OUT_OF_RANGE);
            return;
        }
        switch (io.op()) {
            case READ -> {
                io.data().asSlice(io.dataOffset(), count << blockShift).fill((byte) 0);
                stats.read(io.channel(), count << blockShift);
            }
            case WRITE, WRITE_ZEROES -> stats.write(io.channel(), count << blockShift);
            case FLUSH, UNMAP -> {
                // Nothing is kept, so nothing is to be done.
            }
        }
        io.complete(BdevStatus.OK);
    }

    @Override
    public void resize(long sizeBytes) {
        spec = spec.withSizeBytes(sizeBytes);
        blocks = sizeBytes >>> blockShift;
    }

    @Override
    public void close() {
        // It holds nothing.
    }
}
