package org.nvmftarget.control.render;

import java.util.SortedSet;
import org.nvmftarget.model.AnaState;
import org.nvmftarget.model.BdevSpec;
import org.nvmftarget.model.ByteSize;
import org.nvmftarget.model.DhchapDigest;
import org.nvmftarget.model.DhchapGroup;
import org.nvmftarget.model.DiscoverySpec;
import org.nvmftarget.model.HostKeys;
import org.nvmftarget.model.Identity;
import org.nvmftarget.model.KeyFile;
import org.nvmftarget.model.ListenerSpec;
import org.nvmftarget.model.NamespaceSpec;
import org.nvmftarget.model.Nqn;
import org.nvmftarget.model.Referral;
import org.nvmftarget.model.SubsystemSpec;
import org.nvmftarget.model.TargetConfig;
import org.nvmftarget.model.TransportAddress;
import org.nvmftarget.model.TransportOptions;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** A configuration as the tree of its canonical YAML: values equal to their defaults are left out, uuids never. */
final class SpecTree {
    private SpecTree() {}

    static void addConfig(ObjectNode document, TargetConfig config) {
        if (!config.transports().isEmpty()) {
            ObjectNode transports = document.putObject("transports");
            config.transports().values().forEach(t -> transports.set(t.trtype().key(), transport(t)));
        }
        if (!config.bdevs().isEmpty()) {
            ObjectNode bdevs = document.putObject("bdevs");
            config.bdevs().values().forEach(b -> bdevs.set(b.name(), bdev(b)));
        }
        if (!config.subsystems().isEmpty()) {
            ObjectNode subsystems = document.putObject("subsystems");
            config.subsystems().values().forEach(s -> subsystems.set(s.nqn().value(), subsystem(s)));
        }
        if (!config.discovery().isEmpty()) {
            document.set("discovery", discovery(config.discovery()));
        }
    }

    static ObjectNode transport(TransportOptions options) {
        ObjectNode node = Formats.object();
        addCommon(node, options.common());
        switch (options) {
            case TransportOptions.Rdma o -> {
                TransportOptions.Rdma usual = TransportOptions.rdma();
                put(node, "max_srq_depth", o.maxSrqDepth(), usual.maxSrqDepth());
                put(node, "no_srq", o.noSrq(), usual.noSrq());
                put(node, "num_cqe", o.numCqe(), usual.numCqe());
                put(node, "acceptor_backlog", o.acceptorBacklog(), usual.acceptorBacklog());
                put(node, "no_wr_batching", o.noWrBatching(), usual.noWrBatching());
                put(node, "data_wr_pool_size", o.dataWrPoolSize(), usual.dataWrPoolSize());
                if (o.poll() != usual.poll()) {
                    node.put("poll", o.poll().key());
                }
            }
            case TransportOptions.Tcp o -> {
                TransportOptions.Tcp usual = TransportOptions.tcp();
                put(node, "c2h_success", o.c2hSuccess(), usual.c2hSuccess());
                put(node, "sock_priority", o.sockPriority(), usual.sockPriority());
                put(node, "control_msg_num", o.controlMsgNum(), usual.controlMsgNum());
            }
        }
        return node;
    }

    private static void addCommon(ObjectNode node, TransportOptions.Common o) {
        TransportOptions.Common usual = TransportOptions.Common.DEFAULTS;
        put(node, "max_queue_depth", o.maxQueueDepth(), usual.maxQueueDepth());
        put(node, "max_io_qpairs_per_ctrlr", o.maxIoQpairsPerCtrlr(), usual.maxIoQpairsPerCtrlr());
        putSize(node, "in_capsule_data_size", o.inCapsuleDataSizeBytes(), usual.inCapsuleDataSizeBytes());
        put(node, "max_aq_depth", o.maxAqDepth(), usual.maxAqDepth());
        putSize(node, "max_io_size", o.maxIoSizeBytes(), usual.maxIoSizeBytes());
        put(node, "ack_timeout", o.ackTimeoutMs(), usual.ackTimeoutMs());
        put(node, "kas", o.kasUnits(), usual.kasUnits());
        // What min_kato is where it is not written depends on kas.
        if (o.kasUnits() != usual.kasUnits() || o.minKatoMs() != usual.minKatoMs()) {
            node.put("min_kato", o.minKatoMs());
        }
        put(node, "abort_timeout_sec", o.abortTimeoutSec(), usual.abortTimeoutSec());
    }

    static ObjectNode bdev(BdevSpec bdev) {
        ObjectNode node = Formats.object();
        node.put("type", bdev.type());
        if (!bdev.path().isEmpty()) {
            node.put("path", bdev.path());
        }
        if (!bdev.base().isEmpty()) {
            node.put("base", bdev.base());
        } else if (!(bdev instanceof BdevSpec.Device)) {
            node.put("size", new ByteSize(bdev.sizeBytes()).toString());
        }
        if (bdev.blockSizeBytes() > 0 && bdev.base().isEmpty()) {
            node.put("block_size", bdev.blockSizeBytes());
        }
        BdevTree.addOwn(node, bdev);
        if (bdev instanceof BdevSpec.File file && file.allowShrink()) {
            node.put("allow_shrink", true);
        }
        node.put("uuid", bdev.uuid().toString());
        if (bdev.limits().isAny()) {
            node.set("limits", BdevTree.limits(bdev.limits()));
        }
        return node;
    }

    static ObjectNode subsystem(SubsystemSpec s) {
        ObjectNode node = Formats.object();
        node.put("serial_number", s.serialNumber());
        node.put("model_number", s.modelNumber());
        put(node, "max_namespaces", s.maxNamespaces(), SubsystemSpec.DEFAULT_MAX_NAMESPACES);
        put(node, "min_cntlid", s.minCntlid(), SubsystemSpec.MIN_CNTLID);
        put(node, "max_cntlid", s.maxCntlid(), SubsystemSpec.MAX_CNTLID);
        node.put("allow_any_host", s.allowAnyHost());
        if (s.protect()) {
            node.put("protect", true);
        }
        addContents(node, s);
        return node;
    }

    private static void addContents(ObjectNode node, SubsystemSpec s) {
        if (!s.hosts().isEmpty()) {
            addHosts(node, s);
        }
        if (!s.namespaces().isEmpty()) {
            ObjectNode namespaces = node.putObject("namespaces");
            s.namespaces().values().forEach(ns -> namespaces.set(ns.nsid().toString(), namespace(ns)));
        }
        if (!s.listeners().isEmpty()) {
            ArrayNode listeners = node.putArray("listeners");
            s.listeners().values().forEach(listener -> listeners.add(listener(listener)));
        }
    }

    private static void addHosts(ObjectNode node, SubsystemSpec s) {
        ObjectNode map = node.putObject("hosts");
        s.hosts().forEach(host -> {
            ObjectNode settings = map.putObject(host.value());
            s.keysOf(host).ifPresent(keys -> addKeys(settings, keys));
        });
    }

    static void addKeys(ObjectNode node, HostKeys keys) {
        node.set("dhchap_key", keyFile(keys.dhchapKey()));
        keys.dhchapCtrlrKey().ifPresent(file -> node.set("dhchap_ctrlr_key", keyFile(file)));
        if (!keys.digests().equals(DhchapDigest.ALL)) {
            ArrayNode digests = node.putArray("dhchap_digests");
            keys.digests().forEach(digest -> digests.add(digest.key()));
        }
        if (!keys.dhgroups().equals(DhchapGroup.ALL)) {
            ArrayNode groups = node.putArray("dhchap_dhgroups");
            keys.dhgroups().forEach(group -> groups.add(group.key()));
        }
    }

    /** What is declared has no {@code content}: only a live key can be another than the one in its file. */
    private static ObjectNode keyFile(KeyFile file) {
        ObjectNode node = Formats.object();
        node.put("file", file.path());
        if (file.state() != KeyFile.State.IN_FORCE) {
            node.put("content", file.state() == KeyFile.State.CHANGED ? "older" : "unread");
        }
        return node;
    }

    private static void addHosts(ObjectNode node, SortedSet<Nqn> hosts) {
        ObjectNode map = node.putObject("hosts");
        hosts.stream().map(Nqn::value).forEach(map::putObject);
    }

    private static ObjectNode namespace(NamespaceSpec ns) {
        ObjectNode node = Formats.object();
        node.put("bdev", ns.bdev());
        node.put("uuid", ns.uuid().toString());
        if (!ns.nguid().equals(Identity.nguid(ns.uuid()))) {
            node.put("nguid", ns.nguid());
        }
        ns.eui64().ifPresent(eui64 -> node.put("eui64", eui64));
        put(node, "ana_group", ns.anaGroup(), NamespaceSpec.DEFAULT_ANA_GROUP);
        ns.hosts().ifPresent(hosts -> addHosts(node, hosts));
        return node;
    }

    static ObjectNode discovery(DiscoverySpec discovery) {
        ObjectNode node = Formats.object();
        if (!discovery.listeners().isEmpty()) {
            ArrayNode listeners = node.putArray("listeners");
            discovery.listeners().forEach(address -> listeners.add(address(address)));
        }
        if (!discovery.referrals().isEmpty()) {
            ArrayNode referrals = node.putArray("referrals");
            discovery.referrals().values().forEach(referral -> referrals.add(referral(referral)));
        }
        return node;
    }

    private static ObjectNode referral(Referral referral) {
        ObjectNode node = address(referral.address());
        if (!referral.subnqn().equals(Nqn.DISCOVERY)) {
            node.put("subnqn", referral.subnqn().value());
        }
        put(node, "secure_channel", referral.secureChannel(), false);
        return node;
    }

    private static ObjectNode listener(ListenerSpec listener) {
        ObjectNode node = address(listener.address());
        addAnaState(node, listener);
        return node;
    }

    /** A map leaves optimized groups out. */
    static void addAnaState(ObjectNode node, ListenerSpec listener) {
        if (!listener.anaStates().isEmpty()) {
            ObjectNode states = node.putObject("ana_state");
            listener.anaStates().forEach((group, state) -> states.put(Integer.toString(group), state.key()));
        } else if (listener.anaState() != AnaState.OPTIMIZED) {
            node.put("ana_state", listener.anaState().key());
        }
    }

    private static ObjectNode address(TransportAddress address) {
        ObjectNode node = Formats.object();
        node.put("trtype", address.trtype().key());
        node.put("traddr", address.traddr());
        node.put("trsvcid", address.trsvcid());
        return node;
    }

    private static void put(ObjectNode node, String key, int value, int usual) {
        if (value != usual) {
            node.put(key, value);
        }
    }

    private static void put(ObjectNode node, String key, boolean value, boolean usual) {
        if (value != usual) {
            node.put(key, value);
        }
    }

    static void putSize(ObjectNode node, String key, long value, long usual) {
        if (value != usual) {
            node.put(key, new ByteSize(value).toString());
        }
    }
}
