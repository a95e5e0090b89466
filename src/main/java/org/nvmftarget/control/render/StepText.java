package org.nvmftarget.control.render;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.nvmftarget.control.plan.DataEffect;
import org.nvmftarget.control.plan.Disruption;
import org.nvmftarget.control.plan.PlanStep;
import org.nvmftarget.model.AnaState;
import org.nvmftarget.model.BdevLatencies;
import org.nvmftarget.model.BdevLimits;
import org.nvmftarget.model.BdevSpec;
import org.nvmftarget.model.ByteSize;
import org.nvmftarget.model.KeyFile;
import org.nvmftarget.model.ListenerSpec;
import org.nvmftarget.model.Nqn;
import org.nvmftarget.model.Step;

/** One step of a plan as one line. */
public final class StepText {
    private static final int HOSTS_SHOWN = 3;

    private StepText() {}

    /** {@code add_namespace nqn…:disk0 nsid 1 (bdev disk0)}: the action and its object. */
    public static String render(Step step) {
        String what = switch (step) {
            case Step.CreateTransport s -> s.options().trtype().key();
            case Step.SetTransportOptions s -> s.options().trtype().key();
            case Step.RemoveTransport s -> s.trtype().key();
            case Step.CreateBdev s -> s.bdev().name() + " (" + made(s.bdev()) + ")";
            case Step.ResizeBdev s -> s.name() + " to " + new ByteSize(s.sizeBytes());
            case Step.SetBdevLimits s -> s.name() + " to " + limits(s.limits());
            case Step.SetBdevLatencies s -> s.name() + " to " + latencies(s.latencies());
            case Step.SetBdevErrors s ->
                s.name() + " to "
                        + (s.errors().isEmpty() ? "none" : counted(s.errors().size(), "rule"));
            case Step.RemoveBdev s -> s.name();
            case Step.CreateSubsystem s -> s.nqn().value();
            case Step.RemoveSubsystem s -> s.nqn().value();
            case Step.PauseSubsystem s -> s.nqn() + scope(s);
            case Step.ResumeSubsystem s -> s.nqn().value();
            case Step.AddNamespace s ->
                s.nqn() + " nsid " + s.namespace().nsid() + " (bdev "
                        + s.namespace().bdev() + ")";
            case Step.RemoveNamespace s -> s.nqn() + " nsid " + s.nsid();
            case Step.AddHost s -> s.nqn() + " " + s.host();
            case Step.SetHostKeys s -> s.nqn() + " " + s.host() + keys(s);
            case Step.RemoveHost s -> s.nqn() + " " + s.host();
            case Step.SetAllowAnyHost s -> s.nqn() + " " + s.allow();
            case Step.SetAnaGroup s -> s.nqn() + " nsid " + s.nsid() + " to group " + s.anaGroup();
            case Step.SetNamespaceHosts s -> s.nqn() + " nsid " + s.nsid() + seen(s);
            case Step.AddListener s -> s.nqn() + " " + s.address() + anaState(s.listener(), "");
            case Step.SetAnaState s ->
                s.nqn() + " " + s.listener().address() + anaState(s.listener(), AnaState.OPTIMIZED.key());
            case Step.RemoveListener s -> s.nqn() + " " + s.address();
            case Step.AddReferral s ->
                s.referral().address() + " " + s.referral().subnqn();
            case Step.RemoveReferral s -> s.address().toString();
        };
        return step.action() + " " + what;
    }

    private static String scope(Step.PauseSubsystem pause) {
        return pause.namespaces().isEmpty() ? "" : " for nsid " + joined(pause.namespaces().stream());
    }

    private static String counted(int count, String what) {
        return count + " " + what + (count == 1 ? "" : "s");
    }

    private static String made(BdevSpec bdev) {
        if (!bdev.base().isEmpty()) {
            return bdev.type() + " on " + bdev.base();
        }
        return bdev.type()
                + (bdev.path().isEmpty() ? "" : ", " + bdev.path())
                + (bdev.sizeBytes() == 0 ? "" : ", " + new ByteSize(bdev.sizeBytes()));
    }

    private static String latencies(BdevLatencies latencies) {
        return "avg_read " + BdevTree.latency(latencies.avgReadUs()) + ", p99_read "
                + BdevTree.latency(latencies.p99ReadUs()) + ", avg_write " + BdevTree.latency(latencies.avgWriteUs())
                + ", p99_write " + BdevTree.latency(latencies.p99WriteUs());
    }

    private static String limits(BdevLimits limits) {
        List<String> all = new ArrayList<>();
        addLimit(all, "iops", limits.iops(), Long.toString(limits.iops()));
        addLimit(all, "read_iops", limits.readIops(), Long.toString(limits.readIops()));
        addLimit(all, "write_iops", limits.writeIops(), Long.toString(limits.writeIops()));
        addBandwidth(all, "bandwidth", limits.bandwidthBytes());
        addBandwidth(all, "read_bandwidth", limits.readBandwidthBytes());
        addBandwidth(all, "write_bandwidth", limits.writeBandwidthBytes());
        return all.isEmpty() ? "none" : joined(all.stream());
    }

    private static void addBandwidth(List<String> all, String key, long bytes) {
        addLimit(all, key, bytes, new ByteSize(bytes).toString());
    }

    private static void addLimit(List<String> all, String key, long limit, String text) {
        if (limit != 0) {
            all.add(key + " " + text);
        }
    }

    private static String keys(Step.SetHostKeys s) {
        return s.keys()
                .map(keys -> " (" + joined(keys.files().map(KeyFile::path)) + (keys.isUsable() ? ")" : ", unread)"))
                .orElse(" to none");
    }

    private static String seen(Step.SetNamespaceHosts s) {
        return s.hosts()
                .map(hosts -> hosts.isEmpty() ? " to nobody" : " to " + joined(hosts.stream()))
                .orElse(" to every host");
    }

    /** @param usual what is said of a listener that is optimized for all groups */
    private static String anaState(ListenerSpec listener, String usual) {
        String text = listener.anaStates().isEmpty()
                ? listener.anaState() == AnaState.OPTIMIZED
                        ? usual
                        : listener.anaState().key()
                : joined(listener.anaStates().entrySet().stream()
                        .map(e -> "group " + e.getKey() + " " + e.getValue().key()));
        return text.isEmpty() ? "" : " (" + text + ")";
    }

    private static String joined(Stream<?> parts) {
        return String.join(", ", parts.map(Object::toString).toList());
    }

    /** What follows the step: {@code [namespace, data lost; nqn…:host1] reason}. */
    static String notes(PlanStep step) {
        List<String> notes = new ArrayList<>();
        if (step.disruption() != Disruption.NONE) {
            notes.add(step.disruption().key());
        }
        if (step.data() != DataEffect.NONE) {
            notes.add(step.data() == DataEffect.LOST ? "data lost" : "data kept");
        }
        String hosts = hosts(step.hosts());
        String marks = String.join(", ", notes) + (hosts.isEmpty() ? "" : (notes.isEmpty() ? "" : "; ") + hosts);
        return (marks.isEmpty() ? "" : " [" + marks + "]") + ": " + step.reason() + place(step);
    }

    /** Where it is declared, if the reason does not say. */
    private static String place(PlanStep step) {
        return step.declaredAt()
                .filter(place -> !step.reason().contains(place))
                .map(place -> "; " + place)
                .orElse("");
    }

    private static String hosts(List<Nqn> hosts) {
        String shown = joined(hosts.stream().limit(HOSTS_SHOWN));
        return hosts.size() > HOSTS_SHOWN ? shown + " and " + (hosts.size() - HOSTS_SHOWN) + " more hosts" : shown;
    }
}
