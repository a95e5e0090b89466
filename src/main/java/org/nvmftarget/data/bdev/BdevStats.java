package org.nvmftarget.data.bdev;

import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.nvmftarget.model.Activity;
import org.nvmftarget.model.IoKind;
import org.nvmftarget.model.IoLatencies;
import org.nvmftarget.model.LatencyHistogram;

/** Counters of one device, one writer per reactor; a reader sums them up and may be a little behind. */
public final class BdevStats {

    private static final List<IoKind> KINDS = List.of(IoKind.values());
    private static final List<BdevStatus> STATUSES = List.of(BdevStatus.values());

    private static final int READ = KINDS.indexOf(IoKind.READ);
    private static final int WRITE = KINDS.indexOf(IoKind.WRITE);
    private static final int UNMAP = KINDS.indexOf(IoKind.UNMAP);
    private static final int COPY = KINDS.indexOf(IoKind.COPY);
    private static final int FLUSH = KINDS.indexOf(IoKind.FLUSH);
    private static final int WRITE_ZEROES = KINDS.indexOf(IoKind.WRITE_ZEROES);
    private static final int VERIFY = KINDS.indexOf(IoKind.VERIFY);
    private static final int WRITE_UNCORRECTABLE = KINDS.indexOf(IoKind.WRITE_UNCORRECTABLE);

    // The counters of a channel: those of each kind, which are five, and then the others.
    private static final int OPS = 0;
    private static final int BYTES = 1;
    private static final int LATENCY = 2;
    private static final int MAX_LATENCY = 3;
    private static final int MIN_LATENCY = 4;
    private static final int PER_KIND = 5;

    private static final int UNDER_WAY = KINDS.size() * PER_KIND;
    /** One for each status; that of {@link BdevStatus#OK} stays 0. */
    private static final int ERRORS = UNDER_WAY + 1;

    private static final int CACHE_LINE = 8; // longs
    /** Whole cache lines, so that reactors share none that is written often. */
    private static final int STRIDE = (ERRORS + STATUSES.size() + CACHE_LINE - 1) & -CACHE_LINE;

    // The latencies of a channel: those of each kind, and those of what ended in an error. Made when first needed.
    private static final int FAILED = KINDS.size();
    private static final int LATENCIES = FAILED + 1;

    private final AtomicLongArray counters;
    private final AtomicReferenceArray<LatencyCounts> latencies;
    private final int blockShift;
    private final LongSupplier clock;

    /** @param clock in nanoseconds */
    BdevStats(int reactors, int blockSizeBytes, LongSupplier clock) {
        counters = new AtomicLongArray(reactors * STRIDE);
        latencies = new AtomicReferenceArray<>(reactors * LATENCIES);
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

    /** An operation has ended. */
    void ended(BdevIo io, BdevStatus status) {
        int channel = io.channel();
        long latencyNs = clock.getAsLong() - io.submittedNs();
        add(channel * STRIDE + UNDER_WAY, -1);
        if (status != BdevStatus.OK) {
            add(channel * STRIDE + ERRORS + STATUSES.indexOf(status), 1);
            took(channel, FAILED, latencyNs);
            return;
        }
        long bytes = io.blocks() << blockShift;
        done(channel, kind(io.op()), bytes, latencyNs);
        if (io.op() == BdevOp.COMPARE_AND_WRITE) {
            done(channel, READ, bytes, latencyNs);
        }
    }

    private static int kind(BdevOp op) {
        return switch (op) {
            case READ, COMPARE -> READ;
            case WRITE, COMPARE_AND_WRITE -> WRITE;
            case UNMAP -> UNMAP;
            case COPY -> COPY;
            case FLUSH -> FLUSH;
            case WRITE_ZEROES -> WRITE_ZEROES;
            case VERIFY -> VERIFY;
            case WRITE_UNCORRECTABLE -> WRITE_UNCORRECTABLE;
        };
    }

    private void done(int channel, int kind, long bytes, long latencyNs) {
        int first = channel * STRIDE + kind * PER_KIND;
        long before = counters.getPlain(first + OPS);
        counters.setOpaque(first + OPS, before + 1);
        add(first + BYTES, bytes);
        add(first + LATENCY, latencyNs);
        if (latencyNs > counters.getPlain(first + MAX_LATENCY)) {
            counters.setOpaque(first + MAX_LATENCY, latencyNs);
        }
        if (before == 0 || latencyNs < counters.getPlain(first + MIN_LATENCY)) {
            counters.setOpaque(first + MIN_LATENCY, latencyNs);
        }
        took(channel, kind, latencyNs);
    }

    private void took(int channel, int kind, long latencyNs) {
        int place = channel * LATENCIES + kind;
        LatencyCounts counts = latencies.getPlain(place);
        if (counts == null) {
            counts = new LatencyCounts();
            latencies.setRelease(place, counts);
        }
        counts.add(latencyNs);
    }

    private void add(int counter, long n) {
        counters.setOpaque(counter, counters.getPlain(counter) + n);
    }

    // As SMART has it: verifying moves data but is no read command, and copying reads and writes.

    public long reads() {
        return sum(READ, OPS) + sum(COPY, OPS);
    }

    public long writes() {
        return sum(WRITE, OPS) + sum(COPY, OPS);
    }

    public long readBytes() {
        return sum(READ, BYTES) + sum(COPY, BYTES) + sum(VERIFY, BYTES);
    }

    public long writeBytes() {
        return sum(WRITE, BYTES) + sum(COPY, BYTES);
    }

    private long sum(int kind, int counter) {
        long sum = 0;
        for (int i = kind * PER_KIND + counter; i < counters.length(); i += STRIDE) {
            sum += counters.getOpaque(i);
        }
        return sum;
    }

    /** All of it but the latencies' distribution, by reactor. */
    public Activity.Bdev activity() {
        List<Activity.Channel> channels = new ArrayList<>();
        for (int channel = 0; channel < counters.length(); channel += STRIDE) {
            channels.add(new Activity.Channel(
                    done(channel), errors(channel + ERRORS), counters.getOpaque(channel + UNDER_WAY)));
        }
        return new Activity.Bdev(channels);
    }

    private Map<IoKind, Activity.Io> done(int channel) {
        Map<IoKind, Activity.Io> found = new EnumMap<>(IoKind.class);
        for (int kind = 0; kind < KINDS.size(); kind++) {
            int first = channel + kind * PER_KIND;
            long ops = counters.getOpaque(first + OPS);
            if (ops != 0) {
                found.put(
                        KINDS.get(kind),
                        new Activity.Io(
                                ops,
                                counters.getOpaque(first + BYTES),
                                counters.getOpaque(first + LATENCY),
                                counters.getOpaque(first + MAX_LATENCY),
                                counters.getOpaque(first + MIN_LATENCY)));
            }
        }
        return found;
    }

    /** How long operations took, on all reactors together. */
    public IoLatencies latencies() {
        Map<IoKind, LatencyHistogram> done = new EnumMap<>(IoKind.class);
        for (int kind = 0; kind < KINDS.size(); kind++) {
            LatencyHistogram histogram = histogram(kind);
            if (histogram != null) {
                done.put(KINDS.get(kind), histogram);
            }
        }
        LatencyHistogram failed = histogram(FAILED);
        return new IoLatencies(done, failed == null ? LatencyHistogram.NONE : failed);
    }

    /** Null where there is nothing: mostly, so that thousands of devices are soon gone through. */
    private @Nullable LatencyHistogram histogram(int kind) {
        long[] sums = null;
        for (int place = kind; place < latencies.length(); place += LATENCIES) {
            LatencyCounts counts = latencies.getAcquire(place);
            if (counts != null) {
                sums = sums == null ? new long[LatencyHistogram.BUCKETS] : sums;
                counts.addTo(sums);
            }
        }
        return sums == null ? null : new LatencyHistogram(sums);
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
