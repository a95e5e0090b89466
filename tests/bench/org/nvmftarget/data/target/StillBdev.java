package org.nvmftarget.data.target;

import org.nvmftarget.data.bdev.Bdev;
import org.nvmftarget.data.bdev.BdevIo;
import org.nvmftarget.data.bdev.BdevStatus;
import org.nvmftarget.data.bdev.NullBdev;
import org.nvmftarget.model.BdevSpec;
import org.nvmftarget.model.StepResult;

/** A device that is done at once with everything, and touches nothing: what is left is the core's own time. */
final class StillBdev implements Bdev {

    private final Bdev facts;

    StillBdev(BdevSpec.Null spec) {
        facts = new NullBdev(spec);
    }

    @Override
    public void submit(BdevIo io) {
        io.complete(BdevStatus.OK);
    }

    @Override
    public void proceed(BdevIo io) {
        throw new AssertionError("this device puts nothing off");
    }

    @Override
    public BdevSpec spec() {
        return facts.spec();
    }

    @Override
    public Traits traits() {
        return facts.traits();
    }

    @Override
    public int blockSizeBytes() {
        return facts.blockSizeBytes();
    }

    @Override
    public long blocks() {
        return facts.blocks();
    }

    @Override
    public long usedBlocks() {
        return facts.usedBlocks();
    }

    @Override
    public StepResult resize(long sizeBytes) {
        throw new AssertionError("this device has one size");
    }

    @Override
    public void close() {
        facts.close();
    }
}
