package org.nvmftarget.control.render;

import java.util.List;
import org.nvmftarget.model.BdevError;
import org.nvmftarget.model.BdevLatencies;
import org.nvmftarget.model.BdevLimits;
import org.nvmftarget.model.BdevSpec;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** What bdevs have beside their shape, as the tree of canonical YAML: values equal to their defaults are left out. */
final class BdevTree {

    private static final long US_PER_MS = 1000;

    private BdevTree() {}

    static ObjectNode limits(BdevLimits limits) {
        ObjectNode node = Formats.object();
        putCount(node, "iops", limits.iops(), 0);
        putCount(node, "read_iops", limits.readIops(), 0);
        putCount(node, "write_iops", limits.writeIops(), 0);
        SpecTree.putSize(node, "bandwidth", limits.bandwidthBytes(), 0);
        SpecTree.putSize(node, "read_bandwidth", limits.readBandwidthBytes(), 0);
        SpecTree.putSize(node, "write_bandwidth", limits.writeBandwidthBytes(), 0);
        return node;
    }

    /** What only bdevs of one type have. */
    static void addOwn(ObjectNode node, BdevSpec bdev) {
        if (bdev instanceof BdevSpec.Delay delay) {
            addLatencies(node, delay.latencies());
        }
        if (bdev instanceof BdevSpec.Failing error && !error.errors().isEmpty()) {
            node.set("errors", errors(error.errors()));
        }
    }

    static void addLatencies(ObjectNode node, BdevLatencies latencies) {
        putLatency(node, "avg_read_latency", latencies.avgReadUs());
        putLatency(node, "p99_read_latency", latencies.p99ReadUs());
        putLatency(node, "avg_write_latency", latencies.avgWriteUs());
        putLatency(node, "p99_write_latency", latencies.p99WriteUs());
    }

    static ArrayNode errors(List<BdevError> errors) {
        ArrayNode list = Formats.array();
        errors.forEach(error -> list.add(error(error)));
        return list;
    }

    private static ObjectNode error(BdevError error) {
        ObjectNode node = Formats.object();
        if (error.ioType() != BdevError.IoType.ALL) {
            node.put("io_type", error.ioType().key());
        }
        node.put("status", error.status().key());
        putCount(node, "lba", error.lba(), 0);
        putCount(node, "blocks", error.blocks(), 0);
        putCount(node, "every", error.every(), 1);
        putCount(node, "num", error.num(), 0);
        return node;
    }

    private static void putCount(ObjectNode node, String key, long value, long usual) {
        if (value != usual) {
            node.put(key, value);
        }
    }

    private static void putLatency(ObjectNode node, String key, long us) {
        if (us != 0) {
            node.put(key, latency(us));
        }
    }

    static String latency(long us) {
        return us % US_PER_MS == 0 && us > 0 ? us / US_PER_MS + "ms" : us + "us";
    }
}
