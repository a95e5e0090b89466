package org.nvmftarget.data.bdev;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLongArray;
import org.nvmftarget.model.Activity;

/** Counters of one device, one writer per reactor; a reader sums them up and may be a little behind. */
public final class BdevStats {

    // Where a kind of operation begins among the counters of a channel; each has the five below.
    private static final int READ = 0;
    private static final int WRITE = 5;
    private static final int UNMAP = 10;
    private static final int COPY = 15;

    private static final int OPS = 0;
    private static final int BYTES = 1;
    private static final int LATENCY = 2;
    private static final int MAX_LATENCY = 3;
    private static final int MIN_LATENCY = 4;

    private static final int VERIFIED_BYTES = 20;
    private static final int MISCOMPARES = 21;
    private static final int FAILURES = 22;
    private static final int STRIDE = 40; // five cache lines, so that reactors share none that is written often

    private final AtomicLongArray counters;

    BdevStats(int reactors) {
        counters = new AtomicLongArray(reactors * STRIDE);
    }

    /** An operation on {@code bytes} went well. Comparing is reading; what writes without data does not count. */
    void count(BdevIo io, long bytes) {
        int channel = io.channel() * STRIDE;
        switch (io.op()) {
            case READ, COMPARE -> done(channel + READ, bytes, io.elapsedNs());
            case WRITE -> done(channel + WRITE, bytes, io.elapsedNs());
            case COMPARE_AND_WRITE -> {
                long latencyNs = io.elapsedNs();
                done(channel + READ, bytes, latencyNs);
                done(channel + WRITE, bytes, latencyNs);
            }
            case UNMAP -> done(channel + UNMAP, bytes, io.elapsedNs());
            case COPY -> done(channel + COPY, bytes, io.elapsedNs());
            case VERIFY -> add(channel + VERIFIED_BYTES, bytes);
            case FLUSH, WRITE_ZEROES, WRITE_UNCORRECTABLE -> {
                // No data.
            }
        }
    }

    /** An operation ended in {@code status}, which is an error. */
    void countError(BdevIo io, BdevStatus status) {
        add(io.channel() * STRIDE + (status == BdevStatus.MISCOMPARE ? MISCOMPARES : FAILURES), 1);
    }

    private void done(int kind, long bytes, long latencyNs) {
        long before = counters.getPlain(kind + OPS);
        counters.setOpaque(kind + OPS, before + 1);
        add(kind + BYTES, bytes);
        add(kind + LATENCY, latencyNs);
        if (latencyNs > counters.getPlain(kind + MAX_LATENCY)) {
            counters.setOpaque(kind + MAX_LATENCY, latencyNs);
        }
        if (before == 0 || latencyNs < counters.getPlain(kind + MIN_LATENCY)) {
            counters.setOpaque(kind + MIN_LATENCY, latencyNs);
        }
    }

    private void add(int counter, long n) {
        counters.setOpaque(counter, counters.getPlain(counter) + n);
    }

    // As SMART has it: verifying moves data but is no read command, and copying reads and writes.

    public long reads() {
        return sum(READ + OPS) + sum(COPY + OPS);
    }

    public long writes() {
        return sum(WRITE + OPS) + sum(COPY + OPS);
    }

    public long readBytes() {
        return sum(READ + BYTES) + sum(COPY + BYTES) + sum(VERIFIED_BYTES);
    }

    public long writeBytes() {
        return sum(WRITE + BYTES) + sum(COPY + BYTES);
    }

    private long sum(int counter) {
        long sum = 0;
        for (int i = counter; i < counters.length(); i += STRIDE) {
            sum += counters.getOpaque(i);
        }
        return sum;
    }

    /** All of it, by reactor. */
    public Activity.Bdev activity() {
        List<Activity.Channel> channels = new ArrayList<>();
        for (int channel = 0; channel < counters.length(); channel += STRIDE) {
            channels.add(new Activity.Channel(
                    io(channel + READ),
                    io(channel + WRITE),
                    io(channel + UNMAP),
                    io(channel + COPY),
                    counters.getOpaque(channel + MISCOMPARES),
                    counters.getOpaque(channel + FAILURES)));
        }
        return new Activity.Bdev(channels);
    }

    private Activity.Io io(int kind) {
        return new Activity.Io(
                counters.getOpaque(kind + OPS),
                counters.getOpaque(kind + BYTES),
                counters.getOpaque(kind + LATENCY),
                counters.getOpaque(kind + MAX_LATENCY),
                counters.getOpaque(kind + MIN_LATENCY));
    }
}
