package org.nvmftarget.control.rpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nvmftarget.model.IoKind;
import org.nvmftarget.model.IoLatencies;
import org.nvmftarget.model.LatencyHistogram;
import tools.jackson.databind.JsonNode;

/** How long operations of two devices took, of which one was never used, as clients of SPDK read it. */
final class SpdkHistogramMethodsTest {

    private final FakeViews fake = new FakeViews();
    private final Map<String, Method> methods = RpcServer.methods("9.9", fake.views());

    SpdkHistogramMethodsTest() {
        fake.latencies = Map.of(
                "disk0",
                new IoLatencies(
                        Map.of(
                                IoKind.READ, histogram(7, 70_000, 70_001, 1_000_000),
                                IoKind.FLUSH, histogram(30_000_000)),
                        histogram(70_000, 400_000_000_000L)),
                "idle",
                new IoLatencies(Map.of(), LatencyHistogram.NONE));
    }

    private static LatencyHistogram histogram(long... latenciesNs) {
        long[] counts = new long[LatencyHistogram.BUCKETS];
        for (long ns : latenciesNs) {
            int range = LatencyHistogram.range(ns);
            counts[(range << LatencyHistogram.GRANULARITY) + LatencyHistogram.bucketInRange(ns, range)]++;
        }
        return new LatencyHistogram(counts);
    }

    /** Reads an answer as SPDK's {@code scripts/histogram.py} does: to counts by where a bucket ends, in ns. */
    private static Map<Long, Long> read(JsonNode answer) {
        byte[] bytes = Base64.getDecoder().decode(answer.path("histogram").stringValue());
        int granularity = answer.path("granularity").intValue();
        int min = answer.path("min_range").intValue();
        int max = answer.path("max_range").intValue();
        assertEquals((max - min + 1) << granularity << 3, bytes.length);
        Map<Long, Long> found = new TreeMap<>();
        for (int range = min; range <= max; range++) {
            for (int i = 0; i < 1 << granularity; i++) {
                int at = (((range - min) << granularity) + i) * 8;
                long count = 0;
                for (int b = 7; b >= 0; b--) {
                    count = (count << 8) | (bytes[at + b] & 0xFF);
                }
                long end = range == 0 ? i + 1 : (1L << (range + granularity - 1)) + ((long) (i + 1) << (range - 1));
                if (count != 0) {
                    found.put(end, count);
                }
            }
        }
        return found;
    }

    @Test
    void theHistogramIsOfAllOperationsOfTheDevice() throws RpcError {
        JsonNode answer = call("bdev_get_histogram", "{\"name\":\"disk0\"}");
        assertEquals(
                List.of("histogram", "granularity", "min_range", "max_range", "tsc_rate"),
                List.copyOf(answer.propertyNames()));
        assertEquals(1_000_000_000, answer.path("tsc_rate").longValue());
        assertEquals(Map.of(8L, 1L, 73_728L, 3L, 1_015_808L, 1L, 30_408_704L, 1L, 1L << 38, 1L), read(answer));
    }

    @Test
    void aDeviceThatWasNeverUsedHasOneToo() throws RpcError {
        assertEquals(Map.of(), read(call("bdev_get_histogram", "{\"name\":\"idle\"}")));
    }

    @Test
    void upToEachBorderItIsCountedAndAtLastAll() throws RpcError {
        assertEquals(
                "{\"borders_count\":[1,1,4,5,6,7,7]}",
                call(
                                "bdev_get_histogram_borders",
                                "{\"name\":\"disk0\",\"borders\":[1,60,70,1000,30000,18446744073709551615]}")
                        .toString());
    }

    @Test
    void withoutABorderItIsTheHistogram() throws RpcError {
        assertEquals(
                call("bdev_get_histogram", "{\"name\":\"disk0\"}"),
                call("bdev_get_histogram_borders", "{\"name\":\"disk0\",\"borders\":[]}"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "bdev_get_histogram|{\"name\":\"no\"}|-19|No such device",
                "bdev_get_histogram||-32603|spdk_json_decode_object failed",
                "bdev_get_histogram|{}|-32603|spdk_json_decode_object failed",
                "bdev_get_histogram|{\"name\":1}|-32603|spdk_json_decode_object failed",
                "bdev_get_histogram|{\"name\":\"disk0\",\"opc\":\"read\"}|-32603|spdk_json_decode_object failed",
                "bdev_get_histogram_borders|{\"name\":\"no\",\"borders\":[1]}|-19|No such device",
                "bdev_get_histogram_borders|{\"name\":\"disk0\"}|-32603|spdk_json_decode_object failed",
                "bdev_get_histogram_borders|{\"name\":\"disk0\",\"borders\":7}|-32603|spdk_json_decode_object failed",
                "bdev_get_histogram_borders|{\"name\":\"disk0\",\"borders\":[-1]}|-32603|spdk_json_decode_object failed"
            })
    void errorsAreSpdks(String method, @Nullable String params, int code, String message) {
        RpcError error = assertThrows(RpcError.class, () -> call(method, params));
        assertEquals(message, error.getMessage());
        assertEquals(code, error.code());
    }

    @Test
    void moreBordersThanSpdkTakesAreRefused() throws RpcError {
        String most = "1,".repeat(255) + "1";
        assertEquals(
                257,
                call("bdev_get_histogram_borders", "{\"name\":\"idle\",\"borders\":[" + most + "]}")
                        .path("borders_count")
                        .size());
        assertThrows(
                RpcError.class,
                () -> call("bdev_get_histogram_borders", "{\"name\":\"idle\",\"borders\":[1," + most + "]}"));
    }

    private JsonNode call(String method, @Nullable String params) throws RpcError {
        return FakeViews.call(methods, method, params == null ? null : Json.parse(params));
    }
}
