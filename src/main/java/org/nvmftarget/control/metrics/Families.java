package org.nvmftarget.control.metrics;

import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricMetadata;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The families of one scrape. A family without a value is not there. */
final class Families {
    private static final String PREFIX = "nvmf_target_";

    private final Map<MetricMetadata, List<GaugeDataPointSnapshot>> gauges = new LinkedHashMap<>();
    private final Map<MetricMetadata, List<CounterDataPointSnapshot>> counters = new LinkedHashMap<>();

    /** One kind of value, for one set of labels each time. */
    interface Family {
        /** @param namesAndValues of the labels, in turn */
        void value(double value, String... namesAndValues);

        /** Exact up to 2⁵³, as every number in these formats. */
        default void value(long value, String... namesAndValues) {
            value((double) value, namesAndValues);
        }
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
        return all.build();
    }
}
