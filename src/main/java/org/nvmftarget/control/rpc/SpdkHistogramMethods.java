package org.nvmftarget.control.rpc;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.nvmftarget.control.reconcile.StatusSource;
import org.nvmftarget.model.IoLatencies;
import org.nvmftarget.model.LatencyHistogram;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * SPDK's methods about how long operations of a block device take. There a histogram is to be enabled first; here each
 * device has one. As there it is of all operations, also of those that ended in an error.
 */
final class SpdkHistogramMethods {

    private static final int MOST_BORDERS = 256;
    private static final long NS_PER_US = 1000;

    private final StatusSource source;

    SpdkHistogramMethods(StatusSource source) {
        this.source = source;
    }

    void addTo(Map<String, Method> methods) {
        methods.put("bdev_get_histogram", this::histogram);
        methods.put("bdev_get_histogram_borders", this::borders);
    }

    private Result histogram(Params given) throws RpcError {
        Params params = given.faultedBy(SpdkHistogramMethods::notDecoded);
        String name = params.string("name").orElseThrow(SpdkHistogramMethods::notDecoded);
        params.end();
        return Result.of(encoded(of(name)));
    }

    private Result borders(Params given) throws RpcError {
        Params params = given.faultedBy(SpdkHistogramMethods::notDecoded);
        String name = params.string("name").orElseThrow(SpdkHistogramMethods::notDecoded);
        List<Long> bordersUs = params.bigCounts("borders").orElseThrow(SpdkHistogramMethods::notDecoded);
        params.end();
        if (bordersUs.size() > MOST_BORDERS) {
            throw notDecoded();
        }
        LatencyHistogram histogram = of(name);
        // So SPDK does.
        return Result.of(bordersUs.isEmpty() ? encoded(histogram) : counted(histogram, bordersUs));
    }

    private static RpcError notDecoded() {
        return new RpcError(RpcError.INTERNAL_ERROR, "spdk_json_decode_object failed");
    }

    private LatencyHistogram of(String name) throws RpcError {
        return source.latencies(name).map(IoLatencies::all).orElseThrow(RpcError::noSuchDevice);
    }

    private static ObjectNode encoded(LatencyHistogram histogram) {
        ByteBuffer counts =
                ByteBuffer.allocate(LatencyHistogram.BUCKETS * Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < LatencyHistogram.BUCKETS; i++) {
            counts.putLong(histogram.count(i));
        }
        return Json.object()
                .put("histogram", Base64.getEncoder().encodeToString(counts.array()))
                .put("granularity", LatencyHistogram.GRANULARITY)
                .put("min_range", 0)
                .put("max_range", LatencyHistogram.RANGES - 1)
                .put("tsc_rate", SpdkLiveJson.TICKS_PER_SECOND);
    }

    /** Up to each border, with the bucket in which it is; then all. */
    private static ObjectNode counted(LatencyHistogram histogram, List<Long> bordersUs) {
        ObjectNode result = Json.object();
        ArrayNode counts = result.putArray("borders_count");
        for (long us : bordersUs) {
            counts.add(histogram.countBefore(Math.min(us, Long.MAX_VALUE / NS_PER_US - 1) * NS_PER_US + 1));
        }
        counts.add(histogram.count());
        return result;
    }
}
