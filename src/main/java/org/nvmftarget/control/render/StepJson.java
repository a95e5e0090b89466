package org.nvmftarget.control.render;

import java.util.SortedSet;
import org.nvmftarget.control.plan.DataEffect;
import org.nvmftarget.control.plan.PlanStep;
import org.nvmftarget.model.BdevLatencies;
import org.nvmftarget.model.BdevLimits;
import org.nvmftarget.model.BdevSpec;
import org.nvmftarget.model.ListenerSpec;
import org.nvmftarget.model.NamespaceSpec;
import org.nvmftarget.model.Nqn;
import org.nvmftarget.model.Referral;
import org.nvmftarget.model.Step;
import org.nvmftarget.model.TransportAddress;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** One step of a plan as JSON, for the plan and for the journal. Sizes are in bytes. */
public final class StepJson {
    private StepJson() {}

    /** {@code {n, action, …the step's own keys, disruption, data (unless none), hosts, reason}}. */
    public static ObjectNode node(PlanStep planned) {
        ObjectNode node = Formats.object();
        node.put("n", planned.number());
        addStep(node, planned.step());
        node.put("disruption", planned.disruption().key());
        node.put("data", planned.data() == DataEffect.LOST ? "lost" : "kept");
        ArrayNode hosts = node.putArray("hosts");
        planned.hosts().stream().map(Nqn::value).forEach(hosts::add);
        planned.declaredAt().ifPresent(place -> node.put("declared_at", place));
        node.put("reason", planned.reason());
        return node;
    }

    /** {@code {action, …the step's own keys}}. */
    public static ObjectNode node(Step step) {
        ObjectNode node = Formats.object();
        addStep(node, step);
        return node;
    }

    private static void addStep(ObjectNode node, Step step) {
        node.put("action", step.action());
        switch (step) {
            case Step.CreateTransport s ->
                addOptions(node, s.options().trtype().name(), SpecTree.transport(s.options()));
            case Step.SetTransportOptions s ->
                addOptions(node, s.options().trtype().name(), SpecTree.transport(s.options()));
            case Step.RemoveTransport s -> node.put("trtype", s.trtype().name());
            case Step.CreateBdev s -> addBdev(node, s.bdev());
            case Step.ResizeBdev s -> node.put("bdev", s.name()).put("size", s.sizeBytes());
            case Step.SetBdevLimits s -> addLimits(node.put("bdev", s.name()), s.limits());
            case Step.SetBdevLatencies s -> addLatencies(node.put("bdev", s.name()), s.latencies());
            case Step.SetBdevErrors s -> node.put("bdev", s.name()).set("errors", BdevTree.errors(s.errors()));
            case Step.RemoveBdev s -> node.put("bdev", s.name());
            case Step.CreateSubsystem s -> addSubsystem(node, s);
            case Step.RemoveSubsystem s -> subsystem(node, s.nqn());
            case Step.PauseSubsystem s -> addPause(subsystem(node, s.nqn()), s);
            case Step.ResumeSubsystem s -> subsystem(node, s.nqn());
            case Step.AddNamespace s -> addNamespace(subsystem(node, s.nqn()), s.namespace());
            case Step.RemoveNamespace s ->
                subsystem(node, s.nqn())
                        .put("nsid", Integer.toUnsignedLong(s.nsid().value()));
            case Step.AddHost s -> subsystem(node, s.nqn()).put("host", s.host().value());
            case Step.SetHostKeys s -> addKeys(subsystem(node, s.nqn()), s);
            case Step.RemoveHost s ->
                subsystem(node, s.nqn()).put("host", s.host().value());
            case Step.SetAllowAnyHost s -> subsystem(node, s.nqn()).put("allow_any_host", s.allow());
            case Step.SetAnaGroup s ->
                subsystem(node, s.nqn())
                        .put("nsid", Integer.toUnsignedLong(s.nsid().value()))
                        .put("ana_group", s.anaGroup());
            case Step.SetNamespaceHosts s -> addNamespaceHosts(subsystem(node, s.nqn()), s);
            case Step.AddListener s -> addListener(subsystem(node, s.nqn()), s.listener());
            case Step.SetAnaState s -> addListener(subsystem(node, s.nqn()), s.listener());
            case Step.RemoveListener s -> addAddress(subsystem(node, s.nqn()), s.address());
            case Step.AddReferral s -> addReferral(node, s.referral());
            case Step.RemoveReferral s -> addAddress(node, s.address());
        }
    }

    private static ObjectNode subsystem(ObjectNode node, Nqn nqn) {
        return node.put("subsystem", nqn.value());
    }

    private static void addOptions(ObjectNode node, String trtype, ObjectNode options) {
        node.put("trtype", trtype);
        if (!options.isEmpty()) {
            node.set("options", options);
        }
    }

    private static void addBdev(ObjectNode node, BdevSpec bdev) {
        node.put("bdev", bdev.name());
        node.put("type", bdev.type());
        if (!bdev.path().isEmpty()) {
            node.put("path", bdev.path());
        }
        if (!bdev.base().isEmpty()) {
            node.put("base", bdev.base());
        } else {
            addShape(node, bdev);
        }
        if (bdev instanceof BdevSpec.Delay delay) {
            addLatencies(node, delay.latencies());
        }
        if (bdev instanceof BdevSpec.Failing error) {
            node.set("errors", BdevTree.errors(error.errors()));
        }
        node.put("uuid", bdev.uuid().toString());
        if (bdev.limits().isAny()) {
            addLimits(node, bdev.limits());
        }
    }

    private static void addShape(ObjectNode node, BdevSpec bdev) {
        if (bdev.sizeBytes() > 0) {
            node.put("size", bdev.sizeBytes());
        }
        if (bdev.blockSizeBytes() > 0) {
            node.put("block_size", bdev.blockSizeBytes());
        }
    }

    /** In microseconds. */
    private static void addLatencies(ObjectNode node, BdevLatencies latencies) {
        node.put("avg_read_latency", latencies.avgReadUs())
                .put("p99_read_latency", latencies.p99ReadUs())
                .put("avg_write_latency", latencies.avgWriteUs())
                .put("p99_write_latency", latencies.p99WriteUs());
    }

    /** Those that there are; bandwidths in bytes. */
    private static void addLimits(ObjectNode node, BdevLimits limits) {
        ObjectNode json = node.putObject("limits");
        addLimit(json, "iops", limits.iops());
        addLimit(json, "read_iops", limits.readIops());
        addLimit(json, "write_iops", limits.writeIops());
        addLimit(json, "bandwidth", limits.bandwidthBytes());
        addLimit(json, "read_bandwidth", limits.readBandwidthBytes());
        addLimit(json, "write_bandwidth", limits.writeBandwidthBytes());
    }

    private static void addLimit(ObjectNode json, String key, long limit) {
        if (limit != 0) {
            json.put(key, limit);
        }
    }

    private static void addSubsystem(ObjectNode node, Step.CreateSubsystem s) {
        subsystem(node, s.nqn());
        node.put("serial_number", s.serialNumber());
        node.put("model_number", s.modelNumber());
        node.put("max_namespaces", s.maxNamespaces());
        node.put("min_cntlid", s.minCntlid());
        node.put("max_cntlid", s.maxCntlid());
    }

    private static void addPause(ObjectNode node, Step.PauseSubsystem s) {
        if (!s.namespaces().isEmpty()) {
            ArrayNode nsids = node.putArray("nsids");
            s.namespaces().forEach(nsid -> nsids.add(Integer.toUnsignedLong(nsid.value())));
        }
    }

    private static void addNamespace(ObjectNode node, NamespaceSpec ns) {
        node.put("nsid", Integer.toUnsignedLong(ns.nsid().value()));
        node.put("bdev", ns.bdev());
        node.put("uuid", ns.uuid().toString());
        node.put("nguid", ns.nguid());
        ns.eui64().ifPresent(eui64 -> node.put("eui64", eui64));
        if (ns.anaGroup() != NamespaceSpec.DEFAULT_ANA_GROUP) {
            node.put("ana_group", ns.anaGroup());
        }
        ns.hosts().ifPresent(hosts -> addNqns(node.putArray("visible_to"), hosts));
    }

    /** The places of the keys; none for a host that need not authenticate. */
    private static void addKeys(ObjectNode node, Step.SetHostKeys s) {
        node.put("host", s.host().value());
        s.keys().ifPresent(keys -> SpecTree.addKeys(node, keys));
    }

    /** {@code visible_to}: null for every host of the subsystem. */
    private static void addNamespaceHosts(ObjectNode node, Step.SetNamespaceHosts s) {
        node.put("nsid", Integer.toUnsignedLong(s.nsid().value()));
        s.hosts()
                .ifPresentOrElse(
                        hosts -> addNqns(node.putArray("visible_to"), hosts), () -> node.putNull("visible_to"));
    }

    private static void addNqns(ArrayNode array, SortedSet<Nqn> nqns) {
        nqns.forEach(nqn -> array.add(nqn.value()));
    }

    private static void addListener(ObjectNode node, ListenerSpec listener) {
        addAddress(node, listener.address());
        SpecTree.addAnaState(node, listener);
    }

    private static void addReferral(ObjectNode node, Referral referral) {
        addAddress(node, referral.address());
        node.put("subnqn", referral.subnqn().value());
        node.put("secure_channel", referral.secureChannel());
    }

    private static void addAddress(ObjectNode node, TransportAddress address) {
        node.put("trtype", address.trtype().name());
        node.put("adrfam", address.adrfam().json());
        node.put("traddr", address.traddr());
        node.put("trsvcid", Integer.toString(address.trsvcid()));
    }
}
