package org.nvmftarget.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The layout against another way to find a bucket: one range after the other, as SPDK's header tells of them. */
final class LatencyHistogramTest {

    private static final long SEED = 20_261_126;

    /** Goes through the ranges until one has the value: each begins where the one before ended. */
    private static int bucketByCounting(long ns) {
        long start = 0;
        for (int range = 0; range < LatencyHistogram.RANGES; range++) {
            long width = range < 2 ? 1 : 1L << (range - 1);
            for (int i = 0; i < 16; i++) {
                if (ns < start + width) {
                    return range * 16 + i;
                }
                start += width;
            }
        }
        return LatencyHistogram.RANGES * 16 - 1;
    }

    private static int bucket(long ns) {
        int range = LatencyHistogram.range(ns);
        return range * 16 + LatencyHistogram.bucketInRange(ns, range);
    }

    @Test
    void eachPowerOfTwoBeginsARange() {
        for (int bit = 0; bit < Long.SIZE - 1; bit++) {
            for (long ns : new long[] {(1L << bit) - 1, 1L << bit, (1L << bit) + 1}) {
                assertEquals(bucketByCounting(ns), bucket(ns), () -> ns + " ns");
            }
        }
    }

    @Test
    void anyLatencyIsInItsBucket() {
        Random random = new Random(SEED);
        for (int i = 0; i < 100_000; i++) {
            long ns = random.nextLong() >>> (1 + random.nextInt(Long.SIZE - 1));
            assertEquals(bucketByCounting(ns), bucket(ns), () -> ns + " ns, seed " + SEED);
        }
    }

    @Test
    void aBucketBeginsWhereTheOneBeforeEnds() {
        for (int i = 1; i < LatencyHistogram.BUCKETS; i++) {
            long start = LatencyHistogram.startNs(i);
            assertEquals(i, bucket(start));
            assertEquals(i - 1, bucket(start - 1));
        }
        assertEquals(0, LatencyHistogram.startNs(0));
    }

    @Test
    void histogramsAddUp() {
        long[] some = new long[LatencyHistogram.BUCKETS];
        some[bucket(100)] = 2;
        long[] others = new long[LatencyHistogram.BUCKETS];
        others[bucket(100)] = 3;
        others[bucket(5000)] = 4;
        LatencyHistogram all = new LatencyHistogram(some).plus(new LatencyHistogram(others));
        assertEquals(5, all.count(bucket(100)));
        assertEquals(9, all.count());
        assertEquals(0, all.countBefore(64));
        assertEquals(5, all.countBefore(4096));
        assertEquals(9, all.countBefore(Long.MAX_VALUE));
        assertArrayEquals(new long[] {0, 5, 4, 0}, all.split(List.of(64L, 128L, 8192L)));
        assertThrows(IllegalArgumentException.class, () -> new LatencyHistogram(new long[1]));
    }
}
