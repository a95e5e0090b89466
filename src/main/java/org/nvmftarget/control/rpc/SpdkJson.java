package org.nvmftarget.control.rpc;

import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.nvmftarget.control.plan.BdevStack;
import org.nvmftarget.model.BdevLimits;
import org.nvmftarget.model.BdevSpec;
import org.nvmftarget.model.DiscoverySpec;
import org.nvmftarget.model.ListenerSpec;
import org.nvmftarget.model.LiveState;
import org.nvmftarget.model.NamespaceSpec;
import org.nvmftarget.model.Nqn;
import org.nvmftarget.model.Referral;
import org.nvmftarget.model.SubsystemSpec;
import org.nvmftarget.model.TargetConfig;
import org.nvmftarget.model.TransportAddress;
import org.nvmftarget.model.TransportOptions;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The target's objects in SPDK 26.09's words: the same keys, in the same order, with the same JSON types. */
final class SpdkJson {

    /** SPDK's word for "as many as it takes"; this target has no such caches. */
    private static final long CACHE_SIZE_DEFAULT = 0xFFFF_FFFFL;

    /** What every device takes. */
    private static final Set<String> IO = Set.of(
            "read",
            "write",
            "unmap",
            "flush",
            "reset",
            "write_zeroes",
            "compare",
            "compare_and_write",
            "abort",
            "copy");

    private static final String WRITE_UNCORRECTABLE = "write_uncorrectable";

    private static final String[] IO_TYPES = {
        "read",
        "write",
        "unmap",
        "flush",
        "reset",
        "nvme_admin",
        "nvme_io",
        "nvme_io_md",
        "write_zeroes",
        "zcopy",
        "get_zone_info",
        "zone_management",
        "zone_append",
        "compare",
        "compare_and_write",
        "abort",
        "seek_hole",
        "seek_data",
        "copy",
        "nvme_iov_md",
        "nvme_nssr",
        WRITE_UNCORRECTABLE
    };

    private SpdkJson() {}

    static ObjectNode address(TransportAddress address) {
        return Json.object()
                .put("trtype", address.trtype().name())
                .put("adrfam", address.adrfam().json())
                .put("traddr", address.traddr())
                .put("trsvcid", Integer.toString(address.trsvcid()));
    }

    /** With the addresses that are its own: it is served on those of the other subsystems, too. */
    static ObjectNode discoverySubsystem(DiscoverySpec discovery) {
        ObjectNode json = Json.object().put("nqn", Nqn.DISCOVERY.value()).put("subtype", "Discovery");
        ArrayNode listeners = json.putArray("listen_addresses");
        discovery.listeners().forEach(address -> listeners.add(address(address)));
        json.put("allow_any_host", true);
        json.putArray("hosts");
        return json;
    }

    static ObjectNode subsystem(SubsystemSpec subsystem) {
        ObjectNode json = Json.object().put("nqn", subsystem.nqn().value()).put("subtype", "NVMe");
        ArrayNode listeners = json.putArray("listen_addresses");
        subsystem.listeners().keySet().forEach(address -> listeners.add(address(address)));
        json.put("allow_any_host", subsystem.allowAnyHost());
        ArrayNode hosts = json.putArray("hosts");
        subsystem.hosts().forEach(host -> {
            ObjectNode node = hosts.addObject().put("nqn", host.value());
            subsystem.keysOf(host).ifPresent(keys -> SpdkKeys.add(node, keys));
        });
        json.put("serial_number", subsystem.serialNumber())
                .put("model_number", subsystem.modelNumber())
                .put("max_namespaces", subsystem.maxNamespaces())
                .put("passthrough", false)
                .put("min_cntlid", subsystem.minCntlid())
                .put("max_cntlid", subsystem.maxCntlid())
                .put("dmrsl", SubsystemSpec.DMRSL)
                .put("wzsl", SubsystemSpec.WZSL);
        ArrayNode namespaces = json.putArray("namespaces");
        subsystem.namespaces().values().forEach(namespace -> namespaces.add(namespace(namespace)));
        return json;
    }

    private static ObjectNode namespace(NamespaceSpec namespace) {
        ObjectNode json = Json.object()
                .put("nsid", Integer.toUnsignedLong(namespace.nsid().value()))
                .put("bdev_name", namespace.bdev())
                .put("name", namespace.bdev())
                .put("nguid", namespace.nguid());
        namespace.eui64().ifPresent(eui64 -> json.put("eui64", eui64));
        json.put("uuid", namespace.uuid().toString()).put("anagrpid", namespace.anaGroup());
        namespace.hosts().ifPresent(seenBy -> {
            ArrayNode hosts = json.putArray("hosts");
            seenBy.forEach(host -> hosts.addObject().put("nqn", host.value()));
        });
        return json;
    }

    /** Groups up to {@code max_namespaces}, as SPDK has them, and further ones that this target's subsystem uses. */
    static ObjectNode listener(SubsystemSpec subsystem, ListenerSpec listener) {
        ObjectNode json = Json.object();
        json.set("address", address(listener.address()));
        ArrayNode states = json.putArray("ana_states");
        int last = Stream.concat(
                        subsystem.namespaces().values().stream().map(NamespaceSpec::anaGroup),
                        listener.anaStates().keySet().stream())
                .reduce(Math.min(subsystem.maxNamespaces(), NamespaceSpec.MAX_ANA_GROUP), Math::max);
        for (int group = 1; group <= last; group++) {
            states.addObject()
                    .put("ana_group", group)
                    .put("ana_state", listener.anaState(group).key());
        }
        return json;
    }

    static ObjectNode referral(Referral referral) {
        ObjectNode json = Json.object();
        json.set("address", address(referral.address()));
        return json.put("secure_channel", referral.secureChannel())
                .put("subnqn", referral.subnqn().value());
    }

    static ObjectNode transport(TransportOptions options) {
        TransportOptions.Common common = options.common();
        ObjectNode json = Json.object()
                .put("trtype", options.trtype().name())
                .put("max_queue_depth", common.maxQueueDepth())
                .put("max_io_qpairs_per_ctrlr", common.maxIoQpairsPerCtrlr())
                .put("in_capsule_data_size", common.inCapsuleDataSizeBytes())
                .put("max_io_size", common.maxIoSizeBytes())
                .put("max_aq_depth", common.maxAqDepth())
                .put("iobuf_small_cache_size", CACHE_SIZE_DEFAULT)
                .put("iobuf_large_cache_size", CACHE_SIZE_DEFAULT)
                .put("dif_insert_or_strip", false)
                .put("zcopy", false);
        int dataWrPoolSize = switch (options) {
            case TransportOptions.Rdma rdma -> {
                rdmaOptions(json, rdma);
                yield rdma.dataWrPoolSize();
            }
            case TransportOptions.Tcp tcp -> {
                json.put("c2h_success", tcp.c2hSuccess()).put("sock_priority", tcp.sockPriority());
                yield 0;
            }
        };
        return json.put("abort_timeout_sec", common.abortTimeoutSec())
                .put("ack_timeout", common.ackTimeoutMs())
                .put("data_wr_pool_size", dataWrPoolSize)
                .put("disable_command_passthru", false)
                .put("kas", common.kasUnits())
                .put("min_kato", common.minKatoMs());
    }

    private static void rdmaOptions(ObjectNode json, TransportOptions.Rdma rdma) {
        json.put("max_srq_depth", rdma.maxSrqDepth()).put("no_srq", rdma.noSrq());
        if (rdma.noSrq()) {
            json.put("num_cqe", rdma.numCqe());
        }
        json.put("acceptor_backlog", rdma.acceptorBacklog()).put("no_wr_batching", rdma.noWrBatching());
    }

    /**
     * @param claimed whether a namespace or another bdev has it
     * @param drive that it is, of type nvme
     */
    static ObjectNode bdev(TargetConfig target, BdevSpec bdev, boolean claimed, Optional<LiveState.Drive> drive) {
        ObjectNode json = Json.object().put("name", bdev.name());
        json.putArray("aliases").add(bdev.uuid().toString());
        json.put("product_name", productName(bdev))
                .put("block_size", bdev.blockSizeBytes())
                .put("num_blocks", bdev.sizeBytes() / bdev.blockSizeBytes());
        SpdkDriveJson.addPreferred(json, drive, bdev.blockSizeBytes());
        json.put("uuid", bdev.uuid().toString());
        if (BdevStack.of(target.bdevs(), bdev.name()).getLast() instanceof BdevSpec.Malloc) {
            json.put("numa_id", -1);
        }
        limits(json.putObject("assigned_rate_limits"), bdev.limits());
        json.put("claimed", claimed);
        if (claimed) {
            json.put("claim_type", "exclusive_write");
        }
        json.put("zoned", false);
        ioTypes(json.putObject("supported_io_types"), bdev);
        driver(json.putObject("driver_specific"), bdev, drive);
        return json;
    }

    /** The first four are SPDK's; the last two it does not have, so they are there only where something is so limited. */
    private static void limits(ObjectNode json, BdevLimits limits) {
        json.put("rw_ios_per_sec", limits.iops())
                .put("rw_mbytes_per_sec", mbytes(limits.bandwidthBytes()))
                .put("r_mbytes_per_sec", mbytes(limits.readBandwidthBytes()))
                .put("w_mbytes_per_sec", mbytes(limits.writeBandwidthBytes()));
        if (limits.readIops() > 0) {
            json.put("r_ios_per_sec", limits.readIops());
        }
        if (limits.writeIops() > 0) {
            json.put("w_ios_per_sec", limits.writeIops());
        }
    }

    /** By which SPDK means MiB. */
    static long mbytes(long bytes) {
        return bytes / BdevLimits.BANDWIDTH_UNIT_BYTES;
    }

    private static String productName(BdevSpec bdev) {
        return switch (bdev) {
            case BdevSpec.Malloc _ -> "Malloc disk";
            case BdevSpec.Null _ -> "Null disk";
            case BdevSpec.File _, BdevSpec.Block _ -> "AIO disk";
            case BdevSpec.Nvme _ -> "NVMe disk";
            case BdevSpec.Delay _ -> "delay";
            case BdevSpec.Failing _ -> "Error Injection Disk";
        };
    }

    /** SPDK's nearest to a file or a block device is its AIO disk. */
    private static void driver(ObjectNode json, BdevSpec bdev, Optional<LiveState.Drive> drive) {
        if (bdev instanceof BdevSpec.Nvme) {
            SpdkDriveJson.add(json, drive);
        } else if (!bdev.path().isEmpty()) {
            json.putObject("aio")
                    .put("filename", bdev.path())
                    .put("block_size_override", bdev instanceof BdevSpec.File)
                    .put("readonly", false)
                    .put("fallocate", true)
                    .put("nowait", false);
        }
        if (bdev instanceof BdevSpec.Delay delay) {
            delay(json.putObject("delay"), delay);
        }
        if (bdev instanceof BdevSpec.Failing) {
            json.putObject("error_disk").put("base_bdev", bdev.base());
        }
    }

    /** In microseconds. */
    static void delay(ObjectNode json, BdevSpec.Delay delay) {
        json.put("name", delay.name())
                .put("base_bdev_name", delay.base())
                .put("uuid", delay.uuid().toString())
                .put("avg_read_latency", delay.latencies().avgReadUs())
                .put("p99_read_latency", delay.latencies().p99ReadUs())
                .put("avg_write_latency", delay.latencies().avgWriteUs())
                .put("p99_write_latency", delay.latencies().p99WriteUs());
    }

    private static void ioTypes(ObjectNode json, BdevSpec bdev) {
        for (String type : IO_TYPES) {
            boolean spoils = type.equals(WRITE_UNCORRECTABLE) && bdev instanceof BdevSpec.Malloc;
            json.put(type, spoils || IO.contains(type));
        }
    }
}
