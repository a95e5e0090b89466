package org.nvmftarget.data.bdev;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.nvmftarget.data.drive.DriveHealth;
import org.nvmftarget.model.BdevError;
import org.nvmftarget.model.BdevLatencies;
import org.nvmftarget.model.BdevLimits;
import org.nvmftarget.model.BdevSpec;
import org.nvmftarget.model.StepResult;

/**
 * A device of any kind, what it has done, and how much of its I/O may begin in a second. Without limits these cost a look
 * at a flag. Here every operation comes by, whatever the device: it is counted from here until it is completed.
 */
public final class LimitedBdev implements Bdev {

    private final Bdev device;
    private final LimitLanes lanes;
    private final LimitGate[] gates;
    private final BdevStats stats;
    private volatile BdevLimits limits = BdevLimits.NONE;

    LimitedBdev(Bdev device, LimitLanes lanes) {
        this.device = device;
        this.lanes = lanes;
        gates = lanes.gatesTo(device);
        stats = new BdevStats(gates.length, device.blockSizeBytes(), lanes.clock());
    }

    /**
     * Every reactor goes by these limits from its next turn on, also for what waits; they know nothing of what began
     * before them. For control threads.
     */
    public void limit(BdevLimits next) {
        if (!next.equals(limits)) {
            limits = next;
            lanes.adopt(
                    gates, next.isAny() ? new Limiter(next, Integer.numberOfTrailingZeros(blockSizeBytes())) : null);
        }
    }

    /** Has {@code latencies} from the next operation on; false if it is no device of type delay. */
    public boolean delay(BdevLatencies latencies) {
        if (device instanceof DelayBdev delay) {
            delay.latencies(latencies);
            return true;
        }
        return false;
    }

    /** Fails by {@code errors} from the next operation on; false if it is no device of type error. */
    public boolean fail(List<BdevError> errors) {
        if (device instanceof ErrorBdev error) {
            error.errors(errors);
            return true;
        }
        return false;
    }

    /** What it is without its limits. */
    Bdev device() {
        return device;
    }

    @Override
    public void submit(BdevIo io) {
        stats.submitted(io);
        gates[io.channel()].submit(io);
    }

    @Override
    public void proceed(BdevIo io) {
        device.proceed(io);
    }

    @Override
    public BdevSpec spec() {
        return device.spec().withLimits(limits);
    }

    @Override
    public Traits traits() {
        return device.traits();
    }

    @Override
    public int blockSizeBytes() {
        return device.blockSizeBytes();
    }

    @Override
    public long loss() {
        return device.loss();
    }

    @Override
    public boolean hasVolatileCache() {
        return device.hasVolatileCache();
    }

    @Override
    public @Nullable DriveHealth health() {
        return device.health();
    }

    @Override
    public long blocks() {
        return device.blocks();
    }

    @Override
    public long usedBlocks() {
        return device.usedBlocks();
    }

    @Override
    public StepResult resize(long sizeBytes) {
        return device.resize(sizeBytes);
    }

    /** What it has done. */
    public BdevStats stats() {
        return stats;
    }

    @Override
    public void close() {
        device.close();
    }
}
