package org.nvmftarget.data.bdev;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.function.LongSupplier;
import org.nvmftarget.model.Activity;

/** Counters of one device, one writer per reactor; a reader sums them up and may be a little behind. */
public final class BdevStats {

    private static final List<BdevStatus> STATUSES = List.of(BdevStatus.values());

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
    private static final int UNDER_WAY = 21;
    /** One for each status; that of {@link BdevStatus#OK} stays 0. */
    private static final int ERRORS = 22;

    private static final int CACHE_LINE = 8; // longs
    /** Whole cache lines, so that reactors share none that is written often. */
    private static final int STRIDE = (ERRORS + STATUSES.size() + CACHE_LINE - 1) & -CACHE_LINE;

    private final AtomicLongArray counters;
    private final int blockShift;
    private final LongSupplier clock;

    /** @param clock in nanoseconds */
    BdevStats(int reactors, int blockSizeBytes, LongSupplier clock) {
        counters = new AtomicLongArray(reactors * STRIDE);
        blockShift = Integer.numberOfTrailingZeros(blockSizeBytes);
        this.clock = clock;
    }

    /** An operation begins, perhaps with a wait at a limit: {@link #ended} or {@link #withdrawn} follows. */
    void submitted(BdevIo io) {
        add(io.channel() * STRIDE + UNDER_WAY, 1);
        io.countedBy(this, clock.getAsLong());
    }

    /** An operation was taken back before the device had it: as if it had never been. */
    void withdrawn(BdevIo io) {
        add(io.channel() * STRIDE + UNDER_WAY, -1);
    }

    /** Comparing is reading; what writes without data counts as none of these. */
    void ended(BdevIo io, BdevStatus status) {
        int channel = io.channel() * STRIDE;
        add(channel + UNDER_WAY, -1);
        if (status == BdevStatus.OK) {
            wentWell(io, channel, clock.getAsLong() - io.submittedNs());
        } else {
            add(channel + ERRORS + STATUSES.indexOf(status), 1);
        }
    }

    private void wentWell(BdevIo io, int channel, long latencyNs) {
        long bytes = io.blocks() << blockShift;
        switch (io.op()) {
            case READ, COMPARE -> done(channel + READ, bytes, latencyNs);
            case WRITE -> done(channel + WRITE, bytes, latencyNs);
            case COMPARE_AND_WRITE -> {
                done(channel + READ, bytes, latencyNs);
                done(channel + WRITE, bytes, latencyNs);
            }
            case UNMAP -> done(channel + UNMAP, bytes, latencyNs);
            case COPY -> done(channel + COPY, bytes, latencyNs);
            case VERIFY -> add(channel + VERIFIED_BYTES, bytes);
            case FLUSH, WRITE_ZEROES, WRITE_UNCORRECTABLE -> {
                // No data.
            }
        }
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
                    errors(channel + ERRORS),
                    counters.getOpaque(channel + UNDER_WAY)));
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

    /** Those that there were: mostly none. */
    private SortedMap<String, Long> errors(int first) {
        SortedMap<String, Long> found = null;
        for (int i = 0; i < STATUSES.size(); i++) {
            long count = counters.getOpaque(first + i);
            if (count != 0) {
                found = found == null ? new TreeMap<>() : found;
                found.put(STATUSES.get(i).name().toLowerCase(Locale.ROOT), count);
            }
        }
        return found == null ? Collections.emptySortedMap() : found;
    }
}
