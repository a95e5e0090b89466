package org.nvmftarget.data.target;

import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;
import org.nvmftarget.data.bdev.Bdev;
import org.nvmftarget.data.bdev.BdevIo;
import org.nvmftarget.data.bdev.BdevStatus;
import org.nvmftarget.data.bdev.Granularity;
import org.nvmftarget.data.bdev.WriteAtomicity;
import org.nvmftarget.data.drive.DriveHealth;
import org.nvmftarget.model.BdevSpec;
import org.nvmftarget.model.StepResult;

/** A device that completes when the test says so. */
final class SlowBdev implements Bdev {

    private final BdevSpec spec;
    final ArrayDeque<BdevIo> working = new ArrayDeque<>();
    boolean closed;
    boolean cached = true;
    Granularity granularity = new Granularity(1, 1, 0, 0);
    WriteAtomicity atomicity = new WriteAtomicity(1, 1, 0, 0, 0);

    @Nullable
    DriveHealth health;

    SlowBdev(BdevSpec.Null spec) {
        this.spec = spec;
    }

    void completeOne(BdevStatus status) {
        working.removeFirst().complete(status);
    }

    /** Whether this request's operation is under way. */
    boolean isWorkingFor(TestRequest request) {
        return working.contains(Command.of(request));
    }

    void completeAll() {
        while (!working.isEmpty()) {
            completeOne(BdevStatus.OK);
        }
    }

    @Override
    public BdevSpec spec() {
        return spec;
    }

    @Override
    public int blockSizeBytes() {
        return spec.blockSizeBytes();
    }

    @Override
    public long blocks() {
        return spec.sizeBytes() / spec.blockSizeBytes();
    }

    @Override
    public Traits traits() {
        return new Traits(false, false, 1, granularity, atomicity);
    }

    @Override
    public boolean hasVolatileCache() {
        return cached;
    }

    @Override
    public @Nullable DriveHealth health() {
        return health;
    }

    @Override
    public long usedBlocks() {
        return blocks();
    }

    @Override
    public void proceed(BdevIo io) {
        throw new AssertionError("this device puts nothing off");
    }

    @Override
    public void submit(BdevIo io) {
        if (closed) {
            throw new AssertionError("I/O on a closed device");
        }
        working.add(io);
    }

    @Override
    public StepResult resize(long sizeBytes) {
        throw new AssertionError("this device has one size");
    }

    @Override
    public void close() {
        if (!working.isEmpty()) {
            throw new AssertionError("closed with I/O under way");
        }
        closed = true;
    }
}
