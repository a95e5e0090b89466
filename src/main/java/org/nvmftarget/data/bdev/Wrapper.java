package org.nvmftarget.data.bdev;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.nvmftarget.data.drive.DriveHealth;
import org.nvmftarget.data.reactor.Reactor;
import org.nvmftarget.model.StepResult;

/** A device that is made of another one, its base, and has that one's size and traits. */
abstract sealed class Wrapper implements Bdev permits DelayBdev, ErrorBdev {

    private final Bdev base;
    private final List<Reactor> reactors;
    private final WrapperLane[] lanes;

    Wrapper(Bdev base, List<Reactor> reactors) {
        this.base = base;
        this.reactors = List.copyOf(reactors);
        lanes = this.reactors.stream()
                .map(reactor -> new WrapperLane(this, reactor))
                .toArray(WrapperLane[]::new);
    }

    final Bdev base() {
        return base;
    }

    final Reactor reactor(BdevIo io) {
        return reactors.get(io.channel());
    }

    /** Lets the base do it; {@link #baseEnded} follows. */
    final void forward(BdevIo io) {
        lanes[io.channel()].begin(io);
    }

    /** The base has done it, or not. */
    abstract void baseEnded(BdevIo io, BdevStatus status);

    /** What the base puts off goes on by itself. */
    @Override
    public final void proceed(BdevIo io) {
        throw new IllegalStateException("no operation of a device that is made of another is put off");
    }

    @Override
    public final Traits traits() {
        return base.traits();
    }

    @Override
    public final int blockSizeBytes() {
        return base.blockSizeBytes();
    }

    @Override
    public final long blocks() {
        return base.blocks();
    }

    @Override
    public final long usedBlocks() {
        return base.usedBlocks();
    }

    @Override
    public final long loss() {
        return base.loss();
    }

    @Override
    public final boolean hasVolatileCache() {
        return base.hasVolatileCache();
    }

    @Override
    public final @Nullable DriveHealth health() {
        return base.health();
    }

    @Override
    public final StepResult resize(long sizeBytes) {
        return new StepResult.Failed(
                "it has the size of its base, " + base.spec().name());
    }

    /** The base is another's to close. */
    @Override
    public final void close() {
        // It holds nothing.
    }
}
