package org.nvmftarget.model;

import java.util.Arrays;
import java.util.List;

/**
 * How many operations took how long, in the layout of SPDK's histograms ({@code spdk/histogram_data.h}) with a granularity
 * of 4, so that a bucket is at most a sixteenth as wide as its values. A value is nanoseconds.
 *
 * <pre>
 * range   values                     each of its 16 buckets
 * 0       0 to 15                    1 value
 * 1       16 to 31                   1 value
 * r       2^(r+3) to 2^(r+4) - 1     2^(r-1) values
 * 34      2^37 to 2^38 - 1, 275 s    2^33 values; the last has what is longer, too
 * </pre>
 */
public final class LatencyHistogram {

    /** A range has so many buckets, as a power of two. */
    public static final int GRANULARITY = 4;

    public static final int BUCKETS_PER_RANGE = 1 << GRANULARITY;
    public static final int RANGES = 35;
    public static final int BUCKETS = RANGES << GRANULARITY;

    public static final LatencyHistogram NONE = new LatencyHistogram(new long[BUCKETS]);

    private final long[] counts;

    /** @param counts of the buckets, range after range */
    public LatencyHistogram(long[] counts) {
        if (counts.length != BUCKETS) {
            throw new IllegalArgumentException(counts.length + " buckets");
        }
        this.counts = counts.clone();
    }

    /** The range that {@code ns} falls into. */
    public static int range(long ns) {
        int bits = Long.SIZE - Long.numberOfLeadingZeros(ns);
        return Math.clamp(bits - GRANULARITY, 0, RANGES - 1);
    }

    /** Its bucket there. */
    public static int bucketInRange(long ns, int range) {
        long bucket = range == 0 ? ns : (ns >>> (range - 1)) - BUCKETS_PER_RANGE;
        return (int) Math.min(bucket, BUCKETS_PER_RANGE - 1);
    }

    /** The least value of a bucket. */
    public static long startNs(int bucket) {
        int range = bucket >>> GRANULARITY;
        int inRange = bucket & (BUCKETS_PER_RANGE - 1);
        return range == 0 ? inRange : (long) (BUCKETS_PER_RANGE + inRange) << (range - 1);
    }

    public LatencyHistogram plus(LatencyHistogram other) {
        long[] sums = counts.clone();
        for (int i = 0; i < BUCKETS; i++) {
            sums[i] += other.counts[i];
        }
        return new LatencyHistogram(sums);
    }

    /** How many there are in a bucket. */
    public long count(int bucket) {
        return counts[bucket];
    }

    public long count() {
        return Arrays.stream(counts).sum();
    }

    /**
     * How many there are below each of {@code bordersNs}, which ascend and are starts of buckets, and not below the one
     * before; at last how many are below none.
     */
    public long[] split(List<Long> bordersNs) {
        long[] sums = new long[bordersNs.size() + 1];
        int place = 0;
        for (int i = 0; i < BUCKETS; i++) {
            while (place < bordersNs.size() && startNs(i) >= bordersNs.get(place)) {
                place++;
            }
            sums[place] += counts[i];
        }
        return sums;
    }

    /** How many there are in the buckets that begin before {@code ns}. */
    public long countBefore(long ns) {
        long sum = 0;
        for (int i = 0; i < BUCKETS && startNs(i) < ns; i++) {
            sum += counts[i];
        }
        return sum;
    }
}
