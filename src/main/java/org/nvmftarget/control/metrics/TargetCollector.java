package org.nvmftarget.control.metrics;

import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.Locale;
import org.nvmftarget.control.admit.Candidate;
import org.nvmftarget.control.metrics.Families.Family;
import org.nvmftarget.control.reconcile.StatusSource;
import org.nvmftarget.control.reconcile.TargetStatus;
import org.nvmftarget.model.EventLoops;
import org.nvmftarget.model.LiveState;
import org.nvmftarget.model.LiveState.PollGroup;
import org.nvmftarget.model.LiveState.RdmaDevice;
import org.nvmftarget.model.LiveState.TransportStats;

/** Makes every value of one scrape from one status and one snapshot. */
final class TargetCollector implements MultiCollector {

    private final String version;
    private final StatusSource source;

    TargetCollector(String version, StatusSource source) {
        this.version = version;
        this.source = source;
    }

    @Override
    public MetricSnapshots collect() {
        Families families = new Families();
        families.gauge("build_info", "Which version this is; always 1.").value(1, "version", version);
        status(families, source.status());
        LiveState live = source.live();
        subsystems(families, live);
        reactors(families, live.stats());
        devices(families, live.stats());
        threads(families, source.eventLoops());
        new BdevFamilies(families).add(source.activity(), source);
        return families.all();
    }

    private static void status(Families families, TargetStatus status) {
        families.gauge("accepted_generation", "Generation of the accepted spec; 0 before the first.")
                .value(status.acceptedGeneration());
        families.gauge("converged_generation", "Newest generation that the live target has been equal to.")
                .value(status.convergedGeneration());
        Family condition = families.gauge("condition", "Whether a condition holds, as status shows it: 1 or 0.");
        Family since = families.gauge("condition_since_seconds", "When the condition last changed, in Unix time.");
        status.conditions().forEach(c -> {
            String type = c.type().name().toLowerCase(Locale.ROOT);
            condition.value(c.status() ? 1 : 0, "type", type);
            since.value(c.since().toEpochMilli() / 1000.0, "type", type);
        });
        Family candidate = families.gauge("candidate", "What became of the text that was judged last: 1 for that.");
        status.candidate().ifPresent(judged -> {
            for (Candidate.Outcome outcome : Candidate.Outcome.values()) {
                candidate.value(
                        outcome == judged.outcome() ? 1 : 0,
                        "outcome",
                        outcome.name().toLowerCase(Locale.ROOT));
            }
        });
        families.gauge("pending_objects", "Declared objects that wait for something outside.")
                .value(status.pending().size());
        families.gauge("failed_steps", "Steps of the last pass that failed.")
                .value(status.failures().size());
    }

    private static void subsystems(Families families, LiveState live) {
        Family controllers = families.gauge("controllers", "Connected controllers of a subsystem.");
        Family queues = families.gauge("io_queues", "Connected I/O queues of a subsystem.");
        Family namespaces = families.gauge("namespaces", "Namespaces of a subsystem.");
        Family serving = families.gauge("subsystem_serving", "Whether a subsystem serves: 0 while it is paused.");
        live.subsystems().forEach((nqn, subsystem) -> {
            String[] labels = {"subsystem", nqn.value()};
            controllers.value(subsystem.controllers().size(), labels);
            queues.value(
                    subsystem.controllers().stream()
                            .mapToInt(LiveState.Controller::ioQueues)
                            .sum(),
                    labels);
            serving.value(subsystem.state() == LiveState.SubsystemState.ACTIVE ? 1 : 0, labels);
        });
        live.config()
                .subsystems()
                .forEach((nqn, spec) -> namespaces.value(spec.namespaces().size(), "subsystem", nqn.value()));
    }

    private static void reactors(Families families, LiveState.Stats stats) {
        Family io = families.counter("reactor_completed_io", "I/O commands that were completed.");
        Family admin = families.gauge("reactor_admin_queues", "Connected admin queues of a reactor.");
        Family queues = families.gauge("reactor_io_queues", "Connected I/O queues of a reactor.");
        Family pool = families.gauge("transport_pool_bytes", "Memory for data and capsules.");
        Family waits = families.counter("transport_buffer_waits", "Requests that had to wait for a buffer.");
        for (PollGroup group : stats.pollGroups()) {
            io.value(group.completedNvmeIo(), "reactor", group.name());
            admin.value(group.currentAdminQpairs(), "reactor", group.name());
            queues.value(group.currentIoQpairs(), "reactor", group.name());
            for (TransportStats transport : group.transports()) {
                String[] labels = {
                    "reactor", group.name(), "trtype", transport.trtype().key()
                };
                pool.value(transport.poolBytes(), labels);
                waits.value(transport.pendingDataBuffer(), labels);
            }
        }
    }

    private static void devices(Families families, LiveState.Stats stats) {
        Family requests = families.counter("rdma_requests", "Commands that came over an RDMA device.");
        Family seconds = families.counter(
                "rdma_request_seconds", "Time from a command's arrival to its response, summed up over all.");
        Family polls = families.counter("rdma_polls", "Polls of a device's completion queue.");
        Family idle = families.counter("rdma_idle_polls", "Polls that found nothing.");
        Family sends = families.counter("rdma_send_work_requests", "Work requests posted to send queues.");
        Family receives = families.counter("rdma_receive_work_requests", "Work requests posted to receive queues.");
        for (PollGroup group : stats.pollGroups()) {
            for (TransportStats transport : group.transports()) {
                for (RdmaDevice device : transport.devices()) {
                    String[] labels = {"reactor", group.name(), "device", device.name()};
                    requests.value(device.requests(), labels);
                    seconds.value(device.requestLatencyNs() / 1e9, labels);
                    polls.value(device.polls(), labels);
                    idle.value(device.idlePolls(), labels);
                    sends.value(device.totalSendWrs(), labels);
                    receives.value(device.totalRecvWrs(), labels);
                }
            }
        }
    }

    private static void threads(Families families, EventLoops loops) {
        Family busy = families.counter("reactor_busy_seconds", "Time in turns that found work.");
        Family idle = families.counter("reactor_idle_seconds", "Time asleep, or looking for work in vain.");
        for (EventLoops.EventLoop reactor : loops.reactors()) {
            busy.value(reactor.busyNs() / 1e9, "reactor", reactor.name());
            idle.value(reactor.idleNs() / 1e9, "reactor", reactor.name());
        }
    }
}
