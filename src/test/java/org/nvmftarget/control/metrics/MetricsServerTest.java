package org.nvmftarget.control.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.nvmftarget.control.admit.Candidate;
import org.nvmftarget.control.plan.Pending;
import org.nvmftarget.control.plan.Refusal;
import org.nvmftarget.control.reconcile.Condition;
import org.nvmftarget.control.reconcile.ObjectStatus;
import org.nvmftarget.control.reconcile.StatusSource;
import org.nvmftarget.control.reconcile.TargetStatus;
import org.nvmftarget.model.Activity;
import org.nvmftarget.model.AddressFamily;
import org.nvmftarget.model.DesiredState;
import org.nvmftarget.model.EventLoops;
import org.nvmftarget.model.IoKind;
import org.nvmftarget.model.IoLatencies;
import org.nvmftarget.model.LatencyHistogram;
import org.nvmftarget.model.LiveState;
import org.nvmftarget.model.LiveState.Controller;
import org.nvmftarget.model.LiveState.PollGroup;
import org.nvmftarget.model.LiveState.QueuePair;
import org.nvmftarget.model.LiveState.RdmaDevice;
import org.nvmftarget.model.LiveState.Stats;
import org.nvmftarget.model.LiveState.Subsystem;
import org.nvmftarget.model.LiveState.SubsystemState;
import org.nvmftarget.model.LiveState.TransportStats;
import org.nvmftarget.model.Nqn;
import org.nvmftarget.model.ObjectRef;
import org.nvmftarget.model.TargetConfig;
import org.nvmftarget.model.TransportAddress;
import org.nvmftarget.model.TransportType;

/** What a scrape reads. */
final class MetricsServerTest {

    private static final Nqn NQN = new Nqn("nqn.2026-11.org.example:a");
    private static final Nqn HOST = new Nqn("nqn.2026-11.org.example:host");
    private static final InetSocketAddress ANY_PORT = new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0);

    @Test
    void aScrapeHasTheStatusAndTheCounters() throws Exception {
        assertEquals("""
            # HELP nvmf_target_accepted_generation Generation of the accepted spec; 0 before the first.
            # TYPE nvmf_target_accepted_generation gauge
            nvmf_target_accepted_generation 7.0
            # HELP nvmf_target_bdev_bytes_total What they read, wrote, deallocated or copied.
            # TYPE nvmf_target_bdev_bytes_total counter
            nvmf_target_bdev_bytes_total{bdev="b",operation="copy"} 0.0
            nvmf_target_bdev_bytes_total{bdev="b",operation="flush"} 0.0
            nvmf_target_bdev_bytes_total{bdev="b",operation="read"} 8192.0
            nvmf_target_bdev_bytes_total{bdev="b",operation="unmap"} 0.0
            nvmf_target_bdev_bytes_total{bdev="b",operation="write"} 0.0
            # HELP nvmf_target_bdev_errors_total Operations that ended in an error, by how they ended.
            # TYPE nvmf_target_bdev_errors_total counter
            nvmf_target_bdev_errors_total{bdev="b",status="io_error"} 4.0
            nvmf_target_bdev_errors_total{bdev="b",status="miscompare"} 3.0
            # HELP nvmf_target_bdev_failures_total Operations that ended in an error, miscompares included.
            # TYPE nvmf_target_bdev_failures_total counter
            nvmf_target_bdev_failures_total{bdev="b"} 7.0
            # HELP nvmf_target_bdev_latency_seconds From submission to completion, of operations that went well.
            # TYPE nvmf_target_bdev_latency_seconds histogram
            nvmf_target_bdev_latency_seconds_bucket{bdev="b",operation="flush",le="2.048E-6"} 2
            nvmf_target_bdev_latency_seconds_bucket{bdev="b",operation="flush",le="8.192E-6"} 3
            nvmf_target_bdev_latency_seconds_bucket{bdev="b",operation="flush",le="3.2768E-5"} 3
            nvmf_target_bdev_latency_seconds_bucket{bdev="b",operation="flush",le="1.31072E-4"} 3
            nvmf_target_bdev_latency_seconds_bucket{bdev="b",operation="flush",le="5.24288E-4"} 3
            nvmf_target_bdev_latency_seconds_bucket{bdev="b",operation="flush",le="0.002097152"} 3
            nvmf_target_bdev_latency_seconds_bucket{bdev="b",operation="flush",le="0.008388608"} 3
            nvmf_target_bdev_latency_seconds_bucket{bdev="b",operation="flush",le="0.033554432"} 3
            nvmf_target_bdev_latency_seconds_bucket{bdev="b",operation="flush",le="0.134217728"} 3
            nvmf_target_bdev_latency_seconds_bucket{bdev="b",operation="flush",le="0.536870912"} 3
            nvmf_target_bdev_latency_seconds_bucket{bdev="b",operation="flush",le="2.147483648"} 3
            nvmf_target_bdev_latency_seconds_bucket{bdev="b",operation="flush",le="8.589934592"} 4
            nvmf_target_bdev_latency_seconds_bucket{bdev="b",operation="flush",le="+Inf"} 5
            nvmf_target_bdev_latency_seconds_count{bdev="b",operation="flush"} 5
            nvmf_target_bdev_latency_seconds_sum{bdev="b",operation="flush"} 17.5
            nvmf_target_bdev_latency_seconds_bucket{bdev="b",operation="read",le="2.048E-6"} 0
            nvmf_target_bdev_latency_seconds_bucket{bdev="b",operation="read",le="8.192E-6"} 0
            nvmf_target_bdev_latency_seconds_bucket{bdev="b",operation="read",le="3.2768E-5"} 0
            nvmf_target_bdev_latency_seconds_bucket{bdev="b",operation="read",le="1.31072E-4"} 0
            nvmf_target_bdev_latency_seconds_bucket{bdev="b",operation="read",le="5.24288E-4"} 0
            nvmf_target_bdev_latency_seconds_bucket{bdev="b",operation="read",le="0.002097152"} 0
            nvmf_target_bdev_latency_seconds_bucket{bdev="b",operation="read",le="0.008388608"} 0
            nvmf_target_bdev_latency_seconds_bucket{bdev="b",operation="read",le="0.033554432"} 0
            nvmf_target_bdev_latency_seconds_bucket{bdev="b",operation="read",le="0.134217728"} 0
            nvmf_target_bdev_latency_seconds_bucket{bdev="b",operation="read",le="0.536870912"} 0
            nvmf_target_bdev_latency_seconds_bucket{bdev="b",operation="read",le="2.147483648"} 2
            nvmf_target_bdev_latency_seconds_bucket{bdev="b",operation="read",le="8.589934592"} 2
            nvmf_target_bdev_latency_seconds_bucket{bdev="b",operation="read",le="+Inf"} 2
            nvmf_target_bdev_latency_seconds_count{bdev="b",operation="read"} 2
            nvmf_target_bdev_latency_seconds_sum{bdev="b",operation="read"} 1.5
            # HELP nvmf_target_bdev_operation_seconds_total From submission to completion, over all.
            # TYPE nvmf_target_bdev_operation_seconds_total counter
            nvmf_target_bdev_operation_seconds_total{bdev="b",operation="copy"} 0.0
            nvmf_target_bdev_operation_seconds_total{bdev="b",operation="flush"} 17.5
            nvmf_target_bdev_operation_seconds_total{bdev="b",operation="read"} 1.5
            nvmf_target_bdev_operation_seconds_total{bdev="b",operation="unmap"} 0.0
            nvmf_target_bdev_operation_seconds_total{bdev="b",operation="write"} 0.0
            # HELP nvmf_target_bdev_operations_total Operations of a block device that went well.
            # TYPE nvmf_target_bdev_operations_total counter
            nvmf_target_bdev_operations_total{bdev="b",operation="copy"} 0.0
            nvmf_target_bdev_operations_total{bdev="b",operation="flush"} 5.0
            nvmf_target_bdev_operations_total{bdev="b",operation="read"} 2.0
            nvmf_target_bdev_operations_total{bdev="b",operation="unmap"} 0.0
            nvmf_target_bdev_operations_total{bdev="b",operation="write"} 0.0
            # HELP nvmf_target_bdev_queue_depth Operations that have not ended, also those that wait for a limit.
            # TYPE nvmf_target_bdev_queue_depth gauge
            nvmf_target_bdev_queue_depth{bdev="b"} 5.0
            # HELP nvmf_target_build_info Which version this is; always 1.
            # TYPE nvmf_target_build_info gauge
            nvmf_target_build_info{version="1.2.3"} 1.0
            # HELP nvmf_target_candidate What became of the text that was judged last: 1 for that.
            # TYPE nvmf_target_candidate gauge
            nvmf_target_candidate{outcome="accepted"} 0.0
            nvmf_target_candidate{outcome="invalid"} 0.0
            nvmf_target_candidate{outcome="refused"} 1.0
            nvmf_target_candidate{outcome="settling"} 0.0
            # HELP nvmf_target_condition Whether a condition holds, as status shows it: 1 or 0.
            # TYPE nvmf_target_condition gauge
            nvmf_target_condition{type="ready"} 1.0
            nvmf_target_condition{type="refused"} 1.0
            # HELP nvmf_target_condition_since_seconds When the condition last changed, in Unix time.
            # TYPE nvmf_target_condition_since_seconds gauge
            nvmf_target_condition_since_seconds{type="ready"} 1.5
            nvmf_target_condition_since_seconds{type="refused"} 2.0
            # HELP nvmf_target_controllers Connected controllers of a subsystem.
            # TYPE nvmf_target_controllers gauge
            nvmf_target_controllers{subsystem="nqn.2026-11.org.example:a"} 1.0
            # HELP nvmf_target_converged_generation Newest generation that the live target has been equal to.
            # TYPE nvmf_target_converged_generation gauge
            nvmf_target_converged_generation 6.0
            # HELP nvmf_target_failed_steps Steps of the last pass that failed.
            # TYPE nvmf_target_failed_steps gauge
            nvmf_target_failed_steps 1.0
            # HELP nvmf_target_io_queues Connected I/O queues of a subsystem.
            # TYPE nvmf_target_io_queues gauge
            nvmf_target_io_queues{subsystem="nqn.2026-11.org.example:a"} 1.0
            # HELP nvmf_target_pending_objects Declared objects that wait for something outside.
            # TYPE nvmf_target_pending_objects gauge
            nvmf_target_pending_objects 1.0
            # HELP nvmf_target_rdma_idle_polls_total Polls that found nothing.
            # TYPE nvmf_target_rdma_idle_polls_total counter
            nvmf_target_rdma_idle_polls_total{device="rxe0",reactor="reactor-0"} 2.0
            # HELP nvmf_target_rdma_polls_total Polls of a device's completion queue.
            # TYPE nvmf_target_rdma_polls_total counter
            nvmf_target_rdma_polls_total{device="rxe0",reactor="reactor-0"} 1.0
            # HELP nvmf_target_rdma_receive_work_requests_total Work requests posted to receive queues.
            # TYPE nvmf_target_rdma_receive_work_requests_total counter
            nvmf_target_rdma_receive_work_requests_total{device="rxe0",reactor="reactor-0"} 12.0
            # HELP nvmf_target_rdma_request_seconds_total Time from a command's arrival to its response, summed up over all.
            # TYPE nvmf_target_rdma_request_seconds_total counter
            nvmf_target_rdma_request_seconds_total{device="rxe0",reactor="reactor-0"} 2.5
            # HELP nvmf_target_rdma_requests_total Commands that came over an RDMA device.
            # TYPE nvmf_target_rdma_requests_total counter
            nvmf_target_rdma_requests_total{device="rxe0",reactor="reactor-0"} 4.0
            # HELP nvmf_target_rdma_send_work_requests_total Work requests posted to send queues.
            # TYPE nvmf_target_rdma_send_work_requests_total counter
            nvmf_target_rdma_send_work_requests_total{device="rxe0",reactor="reactor-0"} 10.0
            # HELP nvmf_target_reactor_admin_queues Connected admin queues of a reactor.
            # TYPE nvmf_target_reactor_admin_queues gauge
            nvmf_target_reactor_admin_queues{reactor="reactor-0"} 3.0
            # HELP nvmf_target_reactor_busy_seconds_total Time in turns that found work.
            # TYPE nvmf_target_reactor_busy_seconds_total counter
            nvmf_target_reactor_busy_seconds_total{reactor="reactor-0"} 2.0
            # HELP nvmf_target_reactor_completed_io_total I/O commands that were completed.
            # TYPE nvmf_target_reactor_completed_io_total counter
            nvmf_target_reactor_completed_io_total{reactor="reactor-0"} 6.0
            # HELP nvmf_target_reactor_idle_seconds_total Time asleep, or looking for work in vain.
            # TYPE nvmf_target_reactor_idle_seconds_total counter
            nvmf_target_reactor_idle_seconds_total{reactor="reactor-0"} 3.0
            # HELP nvmf_target_reactor_io_queues Connected I/O queues of a reactor.
            # TYPE nvmf_target_reactor_io_queues gauge
            nvmf_target_reactor_io_queues{reactor="reactor-0"} 4.0
            # HELP nvmf_target_subsystem_serving Whether a subsystem serves: 0 while it is paused.
            # TYPE nvmf_target_subsystem_serving gauge
            nvmf_target_subsystem_serving{subsystem="nqn.2026-11.org.example:a"} 0.0
            # HELP nvmf_target_transport_buffer_waits_total Requests that had to wait for a buffer.
            # TYPE nvmf_target_transport_buffer_waits_total counter
            nvmf_target_transport_buffer_waits_total{reactor="reactor-0",trtype="rdma"} 7.0
            # HELP nvmf_target_transport_pool_bytes Memory for data and capsules.
            # TYPE nvmf_target_transport_pool_bytes gauge
            nvmf_target_transport_pool_bytes{reactor="reactor-0",trtype="rdma"} 4096.0
            """, scrape(new Views()));
    }

    @Test
    void aPortThatIsTakenIsNamed() throws Exception {
        try (MetricsServer first = MetricsServer.start(ANY_PORT, "1", new Views())) {
            InetSocketAddress taken = new InetSocketAddress(ANY_PORT.getAddress(), first.port());
            IOException thrown = assertThrows(IOException.class, () -> MetricsServer.start(taken, "1", new Views()));
            String message = String.valueOf(thrown.getMessage());
            assertTrue(
                    message.startsWith("metrics cannot be offered at 127.0.0.1 port " + first.port() + ": "), message);
        }
    }

    private static String scrape(StatusSource source) throws Exception {
        try (MetricsServer server = MetricsServer.start(ANY_PORT, "1.2.3", source);
                HttpClient client = HttpClient.newHttpClient()) {
            URI uri = URI.create("http://127.0.0.1:" + server.port() + "/metrics");
            return client.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString())
                    .body();
        }
    }

    /** A target on which every number is another. */
    private static final class Views implements StatusSource {

        private static final TransportAddress ADDRESS =
                new TransportAddress(TransportType.RDMA, AddressFamily.IPV4, "10.0.0.1", 4420);

        @Override
        public TargetStatus status() {
            return new TargetStatus(
                    7,
                    "abc",
                    6,
                    List.of(
                            new Condition(Condition.Type.READY, true, 7, "Applied", "", Instant.ofEpochMilli(1500)),
                            new Condition(Condition.Type.REFUSED, true, 7, "Guard", "", Instant.ofEpochMilli(2000))),
                    List.of(new Pending(new ObjectRef.Bdev("b"), "ENOENT")),
                    List.of("add_listener failed"),
                    Optional.of(new Candidate(
                            "def",
                            Candidate.Outcome.REFUSED,
                            List.of(),
                            List.of(new Refusal("empty", "nothing would be left", true)),
                            Optional.of("sha256:11"),
                            false,
                            Instant.EPOCH)),
                    Optional.empty());
        }

        @Override
        public Activity activity() {
            Activity.Io reads = new Activity.Io(2, 8192, 1_500_000_000L, 900_000_000L, 600_000_000L);
            Activity.Channel used = new Activity.Channel(
                    Map.of(IoKind.READ, reads, IoKind.FLUSH, new Activity.Io(5, 0, 17_500_000_000L, 1, 1)),
                    new TreeMap<>(Map.of("miscompare", 3L, "io_error", 4L)),
                    5);
            return new Activity(0, new TreeMap<>(Map.of("b", new Activity.Bdev(List.of(used)))), List.of());
        }

        @Override
        public EventLoops eventLoops() {
            return new EventLoops(
                    List.of(new EventLoops.EventLoop(
                            "reactor-0", OptionalInt.empty(), 9, 2_000_000_000L, 3_000_000_000L, 5, 4)),
                    List.of());
        }

        @Override
        public Optional<IoLatencies> latencies(String bdev) {
            long[] reads = new long[LatencyHistogram.BUCKETS];
            long[] flushes = new long[LatencyHistogram.BUCKETS];
            for (long ns : new long[] {600_000_000, 900_000_000}) {
                reads[bucket(ns)]++;
            }
            for (long ns : new long[] {0, 2047, 2048, 8_589_934_591L, 8_589_934_592L}) {
                flushes[bucket(ns)]++;
            }
            return Optional.of(new IoLatencies(
                    Map.of(
                            IoKind.READ, new LatencyHistogram(reads),
                            IoKind.FLUSH, new LatencyHistogram(flushes)),
                    LatencyHistogram.NONE));
        }

        private static int bucket(long ns) {
            int range = LatencyHistogram.range(ns);
            return (range << LatencyHistogram.GRANULARITY) + LatencyHistogram.bucketInRange(ns, range);
        }

        @Override
        public LiveState live() {
            Controller controller = new Controller(
                    1,
                    HOST,
                    "1".repeat(32),
                    ADDRESS,
                    List.of(
                            new QueuePair(0, false, "reactor-0", ADDRESS, Optional.empty()),
                            new QueuePair(1, false, "reactor-0", ADDRESS, Optional.empty())),
                    new TreeSet<>());
            RdmaDevice device = new RdmaDevice("rxe0", 1, 2, 3, 4, 2_500_000_000L, 5, 6, 7, 8, 10, 11, 12, 13);
            PollGroup group = new PollGroup(
                    "reactor-0",
                    1,
                    2,
                    3,
                    4,
                    5,
                    6,
                    List.of(new TransportStats(TransportType.RDMA, 4096, 7, List.of(device))));
            return new LiveState(
                    TargetConfig.EMPTY,
                    new TreeMap<>(Map.of(NQN, new Subsystem(SubsystemState.PAUSED, List.of(controller)))),
                    new Stats(List.of(group)));
        }

        @Override
        public List<ObjectStatus> objects() {
            return List.of();
        }

        @Override
        public DesiredState accepted() {
            throw new AssertionError("metrics do not need it");
        }

        @Override
        public List<String> history(int most) {
            throw new AssertionError("metrics do not need it");
        }
    }
}
