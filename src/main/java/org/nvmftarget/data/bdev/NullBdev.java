package org.nvmftarget.data.bdev;

import org.nvmftarget.model.BdevSpec;
import org.nvmftarget.model.StepResult;

/** Reads zeroes and forgets writes. */
public final class NullBdev implements Bdev {

    private final Traits traits;
    private final int blockShift;
    private volatile BdevSpec.Null spec;
    private volatile long blocks;

    public NullBdev(BdevSpec.Null spec) {
        this.spec = spec;
        traits = new Traits(false, false, 1 << 16, Granularity.of(1), WriteAtomicity.BLOCK);
        blockShift = Integer.numberOfTrailingZeros(spec.blockSizeBytes());
        blocks = spec.sizeBytes() >>> blockShift;
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
        return blocks;
    }

    @Override
    public void submit(BdevIo io) {
        proceed(io);
    }

    @Override
    public void proceed(BdevIo io) {
        io.complete(execute(io));
    }

    private BdevStatus execute(BdevIo io) {
        long lengthBytes = io.blocks() << blockShift;
        if (!io.isWithin(blocks)) {
            return BdevStatus.OUT_OF_RANGE;
        }
        return switch (io.op()) {
            case READ -> {
                Chunk.zero(io.data(), io.dataOffset(), lengthBytes);
                yield BdevStatus.OK;
            }
            case COMPARE -> ifZero(Chunk.isZero(io.data(), io.dataOffset(), lengthBytes));
            case COMPARE_AND_WRITE -> ifZero(Chunk.isZero(io.expected(), io.expectedOffset(), lengthBytes));
            case WRITE_UNCORRECTABLE -> BdevStatus.UNSUPPORTED;
            default -> BdevStatus.OK; // nothing is kept, so nothing is to be done
        };
    }

    private static BdevStatus ifZero(boolean zero) {
        return zero ? BdevStatus.OK : BdevStatus.MISCOMPARE;
    }

    @Override
    public StepResult resize(long sizeBytes) {
        spec = spec.withSizeBytes(sizeBytes);
        blocks = sizeBytes >>> blockShift;
        return StepResult.DONE;
    }

    @Override
    public void close() {
        // It holds nothing.
    }
}
