package org.nvmftarget.control.metrics;

import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Exemplars;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot.HistogramDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricMetadata;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The families of one scrape. A family without a value is not there. */
final class Families {
    private static final String PREFIX = "nvmf_target_";

    private final Map<MetricMetadata, List<GaugeDataPointSnapshot>> gauges = new LinkedHashMap<>();
    private final Map<MetricMetadata, List<CounterDataPointSnapshot>> counters = new LinkedHashMap<>();
    private final Map<MetricMetadata, List<HistogramDataPointSnapshot>> histograms = new LinkedHashMap<>();

    /** One kind of value, for one set of labels each time. */
    interface Family {
        /** @param namesAndValues of the labels, in turn */
        void value(double value, String... namesAndValues);

        /** Exact up to 2⁵³, as every number in these formats. */
        default void value(long value, String... namesAndValues) {
            value((double) value, namesAndValues);
        }
    }

    /** Distributions of one kind of value, for one set of labels each time. */
    interface Histogram {
        /**
         * @param counts of the values between two bounds, the last of those beyond all
         * @param sum of the values
         * @param namesAndValues of the labels, in turn
         */
        void value(long[] counts, double sum, String... namesAndValues);
    }

    Family gauge(String name, String help) {
        List<GaugeDataPointSnapshot> points = new ArrayList<>();
        gauges.put(new MetricMetadata(PREFIX + name, help), points);
        return (value, labels) -> points.add(new GaugeDataPointSnapshot(value, Labels.of(labels), null));
    }

    /** What only ever grows; {@code _total} is put behind its name. */
    Family counter(String name, String help) {
        List<CounterDataPointSnapshot> points = new ArrayList<>();
        counters.put(new MetricMetadata(PREFIX + name, help), points);
        return (value, labels) -> points.add(new CounterDataPointSnapshot(value, Labels.of(labels), null, 0));
    }

    /** @param bounds ascending; infinity comes after them */
    Histogram histogram(String name, String help, double... bounds) {
        List<HistogramDataPointSnapshot> points = new ArrayList<>();
        histograms.put(new MetricMetadata(PREFIX + name, help), points);
        double[] upperBounds = Arrays.copyOf(bounds, bounds.length + 1);
        upperBounds[bounds.length] = Double.POSITIVE_INFINITY;
        return (counts, sum, labels) -> points.add(new HistogramDataPointSnapshot(
                ClassicHistogramBuckets.of(upperBounds, counts), sum, Labels.of(labels), Exemplars.EMPTY, 0));
    }

    MetricSnapshots all() {
        MetricSnapshots.Builder all = MetricSnapshots.builder();
        gauges.forEach((metadata, points) -> {
            if (!points.isEmpty()) {
                all.metricSnapshot(new GaugeSnapshot(metadata, points));
            }
        });
        counters.forEach((metadata, points) -> {
            if (!points.isEmpty()) {
                all.metricSnapshot(new CounterSnapshot(metadata, points));
            }
        });
        histograms.forEach((metadata, points) -> {
            if (!points.isEmpty()) {
                all.metricSnapshot(new HistogramSnapshot(metadata, points));
            }
        });
        return all.build();
    }
}
