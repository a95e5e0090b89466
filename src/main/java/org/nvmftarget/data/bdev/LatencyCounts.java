package org.nvmftarget.data.bdev;

import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.nvmftarget.model.LatencyHistogram;

/**
 * How long operations of one kind took on one reactor, which is the only writer. Latencies of a device are mostly alike,
 * so a range has counters once something has fallen into it.
 */
final class LatencyCounts {

    private final AtomicReferenceArray<AtomicLongArray> ranges = new AtomicReferenceArray<>(LatencyHistogram.RANGES);

    void add(long ns) {
        int range = LatencyHistogram.range(ns);
        AtomicLongArray buckets = ranges.getPlain(range);
        if (buckets == null) {
            buckets = new AtomicLongArray(LatencyHistogram.BUCKETS_PER_RANGE);
            ranges.setRelease(range, buckets);
        }
        int bucket = LatencyHistogram.bucketInRange(ns, range);
        buckets.setOpaque(bucket, buckets.getPlain(bucket) + 1);
    }

    /** Adds what has been counted to {@code sums}, the buckets of a {@link LatencyHistogram}. */
    void addTo(long[] sums) {
        for (int range = 0; range < LatencyHistogram.RANGES; range++) {
            AtomicLongArray buckets = ranges.getAcquire(range);
            for (int i = 0; buckets != null && i < buckets.length(); i++) {
                sums[(range << LatencyHistogram.GRANULARITY) + i] += buckets.getOpaque(i);
            }
        }
    }
}
