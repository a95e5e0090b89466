package org.nvmftarget.control.metrics;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.LongStream;
import org.nvmftarget.control.metrics.Families.Family;
import org.nvmftarget.control.metrics.Families.Histogram;
import org.nvmftarget.control.reconcile.StatusSource;
import org.nvmftarget.model.Activity;
import org.nvmftarget.model.IoKind;
import org.nvmftarget.model.LatencyHistogram;

/**
 * What is told of block devices. Of a kind of operation that a device has not seen there is nothing but zeroes of the four
 * that SPDK counts, and an error is there once it has happened: so of thousands of idle devices there is little.
 */
final class BdevFamilies {

    /** Counted from the start. */
    private static final Set<IoKind> ALWAYS = EnumSet.of(IoKind.READ, IoKind.WRITE, IoKind.UNMAP, IoKind.COPY);

    /** Every other power of two from 2 µs to 9 s: there the buckets that are counted in begin, so nothing is guessed. */
    private static final List<Long> BOUNDS_NS = LongStream.iterate(1L << 11, ns -> ns <= 1L << 33, ns -> ns << 2)
            .boxed()
            .toList();

    private final Family operations;
    private final Family bytes;
    private final Family seconds;
    private final Family failures;
    private final Family errors;
    private final Family depth;
    private final Histogram latencies;

    BdevFamilies(Families families) {
        operations = families.counter("bdev_operations", "Operations of a block device that went well.");
        bytes = families.counter("bdev_bytes", "What they read, wrote, deallocated or copied.");
        seconds = families.counter("bdev_operation_seconds", "From submission to completion, over all.");
        failures = families.counter("bdev_failures", "Operations that ended in an error, miscompares included.");
        errors = families.counter("bdev_errors", "Operations that ended in an error, by how they ended.");
        depth = families.gauge("bdev_queue_depth", "Operations that have not ended, also those that wait for a limit.");
        latencies = families.histogram(
                "bdev_latency_seconds",
                "From submission to completion, of operations that went well.",
                BOUNDS_NS.stream().mapToDouble(ns -> ns / 1e9).toArray());
    }

    void add(Activity activity, StatusSource source) {
        activity.bdevs().forEach((name, bdev) -> {
            Activity.Channel total = bdev.total();
            for (IoKind kind : IoKind.values()) {
                if (ALWAYS.contains(kind) || total.done().containsKey(kind)) {
                    add(total.of(kind), "bdev", name, "operation", kind.key());
                }
            }
            failures.value(total.miscompares() + total.failures(), "bdev", name);
            total.errors().forEach((status, count) -> errors.value(count, "bdev", name, "status", status));
            depth.value(total.queueDepth(), "bdev", name);
            source.latencies(name)
                    .ifPresent(all -> all.done()
                            .forEach((kind, histogram) ->
                                    add(histogram, total.of(kind), "bdev", name, "operation", kind.key())));
        });
    }

    private void add(Activity.Io io, String... labels) {
        operations.value(io.ops(), labels);
        bytes.value(io.bytes(), labels);
        seconds.value(io.latencyNs() / 1e9, labels);
    }

    private void add(LatencyHistogram histogram, Activity.Io io, String... labels) {
        latencies.value(histogram.split(BOUNDS_NS), io.latencyNs() / 1e9, labels);
    }
}
