package org.nvmftarget.data.bdev;

import java.util.List;
import org.nvmftarget.data.reactor.Reactor;
import org.nvmftarget.model.BdevLatencies;
import org.nvmftarget.model.BdevSpec;

/**
 * Another device, slower: what that one has done is told later. Every hundredth operation of a reactor that reads, and
 * every hundredth that writes, takes the longer time; flushing takes none. For tests: each delay costs a timer.
 */
final class DelayBdev extends Wrapper {

    private static final int HUNDREDTH = 100;
    private static final int STRIDE = 16; // longs of two cache lines
    private static final long NS_PER_US = 1000;

    private volatile BdevSpec.Delay spec;
    /** By reactor: how many have read, and how many have written. */
    private final long[] counts;

    DelayBdev(BdevSpec.Delay spec, Bdev base, List<Reactor> reactors) {
        super(base, reactors);
        this.spec = spec;
        counts = new long[reactors.size() * STRIDE];
    }

    /** From the next operation on. */
    void latencies(BdevLatencies latencies) {
        spec = spec.withLatencies(latencies);
    }

    @Override
    public BdevSpec spec() {
        return spec.withShape(blocks() * blockSizeBytes(), blockSizeBytes());
    }

    @Override
    public void submit(BdevIo io) {
        forward(io);
    }

    @Override
    void baseEnded(BdevIo io, BdevStatus status) {
        long delayUs = delayUs(io);
        if (delayUs == 0) {
            io.complete(status);
        } else {
            reactor(io).schedule(delayUs * NS_PER_US, () -> io.complete(status));
        }
    }

    private long delayUs(BdevIo io) {
        if (Limiter.isFree(io.op())) {
            return 0;
        }
        boolean reads = Limiter.isRead(io.op());
        int counter = io.channel() * STRIDE + (reads ? 0 : 1);
        boolean isHundredth = ++counts[counter] % HUNDREDTH == 0;
        BdevLatencies now = spec.latencies();
        if (reads) {
            return isHundredth ? now.p99ReadUs() : now.avgReadUs();
        }
        return isHundredth ? now.p99WriteUs() : now.avgWriteUs();
    }
}
