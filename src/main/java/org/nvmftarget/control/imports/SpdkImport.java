package org.nvmftarget.control.imports;

import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.nvmftarget.model.AnaState;
import org.nvmftarget.model.NamespaceSpec;
import org.nvmftarget.model.Nqn;

/**
 * SPDK's {@code save_config}: for each of its subsystems (which are parts of the program there) the calls that would make
 * it what it is. Most parameters have the same name in a spec; the spec's reader refuses those that it does not know.
 */
final class SpdkImport {
    private static final List<String> TRANSPORTS = List.of("rdma", "tcp");
    private static final List<String> BLOCK_SIZES = List.of("512", "4096");
    private static final List<String> DIGESTS = List.of("sha256", "sha384", "sha512");
    private static final List<String> GROUPS =
            List.of("null", "ffdhe2048", "ffdhe3072", "ffdhe4096", "ffdhe6144", "ffdhe8192");
    private static final List<String> ADDRESS = List.of("trtype", "adrfam", "traddr", "trsvcid");
    private static final String NO_SUCH_SUBSYSTEM = "no subsystem of this nqn is created before";

    private final Draft spec = Draft.spec();
    /** Files by the names of the keys that they hold. */
    private final Map<String, String> keyFiles = new HashMap<>();
    /** {@code dhchap_digests} and {@code dhchap_dhgroups}: one of each there, for all hosts. */
    private final Map<String, Given> agreeable = new TreeMap<>();

    private SpdkImport() {}

    /** @throws IllegalArgumentException if {@code root} is not what {@code save_config} prints */
    static Draft draft(Given root, Ledger ledger) {
        List<Given> parts = root.items("subsystems");
        if (parts.isEmpty()) {
            throw new IllegalArgumentException(
                    "is not what rpc.py save_config prints: `subsystems`, a list, is missing");
        }
        SpdkImport spdk = new SpdkImport();
        // Keys are named where hosts are.
        for (boolean keyring : List.of(true, false)) {
            for (Given part : parts) {
                if (part.peek("subsystem").equals(Optional.of("keyring")) == keyring) {
                    part.take("subsystem");
                    part.items("config").forEach(spdk::call);
                    part.leaveRest();
                }
            }
        }
        root.leaveRest();
        return spdk.spec;
    }

    private void call(Given call) {
        String method = call.text("method").orElse("");
        Optional<Given> params = call.take("params").filter(Given::isObject);
        Optional<Consumer<Given>> handler = handler(method);
        if (handler.isEmpty() || params.isEmpty()) {
            call.leave(method + ": "
                    + (method.startsWith("bdev_") && method.endsWith("_create")
                            ? "bdevs of this kind are not offered by this version"
                            : Draft.NOTHING));
        } else {
            handler.get().accept(params.get());
            call.leaveRest();
        }
    }

    private Optional<Consumer<Given>> handler(String method) {
        return Optional.ofNullable(
                switch (method) {
                    case "bdev_malloc_create" -> given -> bdev("malloc", given);
                    case "bdev_null_create" -> given -> bdev("null", given);
                    case "bdev_aio_create", "bdev_uring_create" -> this::disk;
                    case "bdev_xnvme_create" -> this::xnvme;
                    case "bdev_delay_create" -> this::delay;
                    case "bdev_error_create" -> this::error;
                    case "bdev_set_qos_limit" -> this::limits;
                    case "keyring_file_add_key" -> this::key;
                    case "nvmf_set_config" -> this::config;
                    case "nvmf_create_transport" -> this::transport;
                    case "nvmf_create_subsystem" -> this::subsystem;
                    case "nvmf_subsystem_add_host" -> this::host;
                    case "nvmf_subsystem_add_ns" -> this::namespace;
                    case "nvmf_ns_add_host" -> this::namespaceHost;
                    case "nvmf_subsystem_add_listener" -> this::listener;
                    case "nvmf_subsystem_listener_set_ana_state" -> this::anaState;
                    case "nvmf_discovery_add_referral" -> this::referral;
                    default -> null;
                });
    }

    private void bdev(String type, Given given) {
        Optional<String> name = given.text("name");
        String blockSize = given.text("block_size").orElse("512");
        if (name.isEmpty() || !BLOCK_SIZES.contains(blockSize)) {
            given.leave(
                    name.isEmpty()
                            ? "it has no name"
                            : "blocks of " + blockSize + " bytes are not offered: 512 and 4096 are");
            return;
        }
        Draft bdev = spec.map("bdevs", "$").map(name.get(), given.path());
        bdev.put("type", type, given.path());
        bdev.put("block_size", blockSize, given.path() + ".block_size");
        given.text("num_blocks")
                .ifPresent(blocks -> bdev.put("size", product(blocks, blockSize), given.path() + ".num_blocks"));
        given.without("physical_block_size", blockSize)
                .without("optimal_io_boundary", "0")
                .without("md_size", "0")
                .without("dif_type", "0")
                .without("dif_is_head_of_md", "false")
                .without("dif_pi_format", "0")
                .without("numa_id", "-1")
                .without("preferred_write_granularity", "0")
                .without("preferred_write_alignment", "0")
                .without("optimal_write_size", "0")
                .without("preferred_unmap_granularity", "0")
                .without("preferred_unmap_alignment", "0");
        given.moveRest(bdev);
    }

    /** Latencies are microseconds. */
    private void delay(Given given) {
        Optional<String> name = given.text("name");
        if (name.isEmpty()) {
            given.leave("it has no name");
            return;
        }
        Draft bdev = spec.map("bdevs", "$").map(name.get(), given.path());
        bdev.put("type", "delay", given.path());
        given.text("base_bdev_name").ifPresent(base -> bdev.put("base", base, given.path() + ".base_bdev_name"));
        for (String key : List.of("avg_read_latency", "p99_read_latency", "avg_write_latency", "p99_write_latency")) {
            given.text(key)
                    .filter(us -> !us.equals("0"))
                    .ifPresent(us -> bdev.put(key, us + "us", given.path() + "." + key));
        }
        given.moveRest(bdev);
    }

    /** It is named after its base. */
    private void error(Given given) {
        Optional<String> base = given.text("base_name");
        if (base.isEmpty()) {
            given.leave("it has no base");
            return;
        }
        Draft bdev = spec.map("bdevs", "$").map("EE_" + base.get(), given.path());
        bdev.put("type", "error", given.path());
        bdev.put("base", base.get(), given.path() + ".base_name");
        given.moveRest(bdev);
    }

    /** 0 is no limit. Bandwidths are MiB. */
    private void limits(Given given) {
        Optional<Draft> bdev =
                given.text("name").flatMap(name -> spec.get("bdevs").flatMap(bdevs -> bdevs.get(name)));
        if (bdev.isEmpty()) {
            given.leave("no bdev of this name is created before");
            return;
        }
        limit(given, "rw_ios_per_sec", bdev.get(), "iops", "");
        limit(given, "rw_mbytes_per_sec", bdev.get(), "bandwidth", "MiB");
        limit(given, "r_mbytes_per_sec", bdev.get(), "read_bandwidth", "MiB");
        limit(given, "w_mbytes_per_sec", bdev.get(), "write_bandwidth", "MiB");
        given.leaveRest();
    }

    private static void limit(Given given, String from, Draft bdev, String key, String unit) {
        given.text(from)
                .filter(number -> !number.equals("0"))
                .ifPresent(
                        number -> bdev.map("limits", given.path()).put(key, number + unit, given.path() + "." + from));
    }

    private void disk(Given given) {
        Optional<String> name = given.text("name");
        Optional<String> path = given.text("filename");
        String blockSize = given.text("block_size").orElse("0");
        boolean offered = blockSize.equals("0") || BLOCK_SIZES.contains(blockSize);
        if (name.isEmpty() || path.isEmpty() || !offered) {
            given.leave(
                    offered
                            ? "it has no " + (name.isEmpty() ? "name" : "filename")
                            : "blocks of " + blockSize + " bytes are not offered: 512 and 4096 are");
            return;
        }
        Draft bdev = spec.map("bdevs", "$").map(name.get(), given.path());
        bdev.disk(path.get(), given.path() + ".filename");
        if (!blockSize.equals("0")) {
            bdev.put("block_size", blockSize, given.path() + ".block_size");
        }
        given.without("readonly", "false").without("fallocate", "false").without("fallocate", "true");
        given.moveRest(bdev);
    }

    /** Whichever way it takes to a device, but for passthrough, block devices have one here. */
    private void xnvme(Given given) {
        given.without("conserve_cpu", "false")
                .without("conserve_cpu", "true")
                .without("io_mechanism", "io_uring_cmd")
                .without("io_mechanism", "io_uring")
                .without("io_mechanism", "libaio");
        boolean passes = given.peek("io_mechanism").equals(Optional.of("io_uring_cmd"));
        Optional<String> name = given.peek("name");
        disk(given);
        if (passes) {
            name.flatMap(n -> spec.get("bdevs").flatMap(bdevs -> bdevs.get(n)))
                    .ifPresent(bdev -> bdev.put("type", "nvme", given.path() + ".io_mechanism"));
        }
    }

    private static String product(String blocks, String blockSize) {
        try {
            return Long.toString(Math.multiplyExact(Long.parseLong(blocks), Long.parseLong(blockSize)));
        } catch (ArithmeticException | NumberFormatException unreadable) {
            return blocks + " × " + blockSize;
        }
    }

    private void transport(Given given) {
        String type = given.text("trtype").orElse("").toLowerCase(Locale.ROOT);
        if (!TRANSPORTS.contains(type) || spec.map("transports", "$").has(type)) {
            given.leave(
                    "the transport " + type + (TRANSPORTS.contains(type) ? " is created before" : " is not offered"));
            return;
        }
        Draft transport = spec.map("transports", "$").map(type, given.path());
        given.without("iobuf_small_cache_size", "4294967295")
                .without("iobuf_large_cache_size", "4294967295")
                .without("dif_insert_or_strip", "false")
                .without("zcopy", "false")
                .without("disable_command_passthru", "false");
        if (!type.equals("rdma")) {
            given.without("data_wr_pool_size", "0");
        }
        given.moveRest(transport);
    }

    private void subsystem(Given given) {
        Optional<String> nqn = given.text("nqn");
        if (nqn.isEmpty()) {
            given.leave("it has no nqn");
            return;
        }
        Draft subsystem = spec.map("subsystems", "$").map(nqn.get(), given.path());
        given.without("ana_reporting", "true")
                .without("passthrough", "false")
                .without("enable_nssr", "false")
                .without("max_namespaces", "0");
        given.moveRest(subsystem);
    }

    /** The subsystem that a call is about. */
    private void of(Given given, BiConsumer<String, Draft> action) {
        Optional<String> nqn = given.text("nqn");
        Optional<Draft> subsystem = spec.get("subsystems").flatMap(all -> nqn.flatMap(all::get));
        if (subsystem.isPresent()) {
            action.accept(nqn.orElseThrow(), subsystem.get());
        } else {
            given.leave(NO_SUCH_SUBSYSTEM);
        }
    }

    private void host(Given given) {
        of(given, (nqn, subsystem) -> {
            String host = given.text("host").orElse("");
            if (given.has("psk")) {
                shutOut(given, subsystem, "pre-shared keys are not offered by this version, and without one");
            } else if (!List.of("dhchap_key", "dhchap_ctrlr_key").stream().allMatch(key -> isKnown(given, key))) {
                shutOut(given, subsystem, "there is no file that holds its key, and without it");
            } else {
                Draft settings = subsystem.map("hosts", given.path()).map(host, given.path() + ".host");
                boolean authenticates = given.has("dhchap_key");
                moveKey(given, "dhchap_key", settings);
                moveKey(given, "dhchap_ctrlr_key", settings);
                if (authenticates) {
                    agreeable.forEach((key, list) -> settings.putAll(key, list.items()));
                }
                given.moveRest(settings);
            }
        });
    }

    /** Whoever had to prove itself must not come in as any other host does. */
    private static void shutOut(Given host, Draft subsystem, String why) {
        boolean any = text(subsystem, "allow_any_host").equals(Optional.of("true"));
        if (any) {
            subsystem.put("allow_any_host", "false", host.path());
        }
        host.leave(why + " it is not let in" + (any ? ", nor is any host that is not listed" : ""));
    }

    private void key(Given given) {
        Optional<String> path = given.text("path").filter(text -> text.matches("/.*[^/\\00]"));
        Optional<String> name = given.text("name");
        if (path.isPresent() && name.isPresent()) {
            keyFiles.put(name.get(), path.get());
        } else {
            given.leave("a key needs a name and the absolute path of its file");
        }
        given.leaveRest();
    }

    /** What hosts may agree to, unless that is all; nothing else of it is for a spec. */
    private void config(Given given) {
        agree(given, "dhchap_digests", DIGESTS);
        agree(given, "dhchap_dhgroups", GROUPS);
        given.leaveRest();
    }

    private void agree(Given given, String key, List<String> all) {
        given.take(key).ifPresent(list -> {
            List<String> words =
                    list.items().stream().flatMap(item -> item.text().stream()).toList();
            if (!words.containsAll(all)) {
                agreeable.put(key, list);
            }
        });
    }

    private boolean isKnown(Given host, String key) {
        return !host.has(key) || host.peek(key).filter(keyFiles::containsKey).isPresent();
    }

    private void moveKey(Given host, String key, Draft settings) {
        host.text(key).map(keyFiles::get).ifPresent(file -> {
            String from = host.path() + "." + key;
            settings.map(key, from).put("file", file, from);
        });
    }

    private void namespace(Given given) {
        of(
                given,
                (nqn, subsystem) -> given.take("namespace").ifPresent(ns -> {
                    String nsid = ns.text("nsid").orElse("");
                    Draft namespace = subsystem.map("namespaces", given.path()).map(nsid, ns.path());
                    ns.text("bdev_name").ifPresent(name -> namespace.put("bdev", name, ns.path() + ".bdev_name"));
                    ns.text("anagrpid").ifPresent(group -> namespace.put("ana_group", group, ns.path() + ".anagrpid"));
                    if (ns.text("no_auto_visible").equals(Optional.of("true"))) {
                        namespace.map("hosts", ns.path() + ".no_auto_visible");
                    }
                    ns.without("hide_metadata", "false");
                    ns.moveRest(namespace);
                    given.leaveRest();
                }));
    }

    private void namespaceHost(Given given) {
        of(given, (nqn, subsystem) -> {
            String nsid = given.text("nsid").orElse("");
            String host = given.text("host").orElse("");
            Optional<Draft> hosts = subsystem
                    .get("namespaces")
                    .flatMap(all -> all.get(nsid))
                    .flatMap(namespace -> namespace.get("hosts"));
            if (hosts.isPresent()) {
                hosts.get().map(host, given.path() + ".host");
                given.leaveRest();
            } else {
                given.leave("there is no namespace " + nsid + " that is for some hosts only");
            }
        });
    }

    private void listener(Given given) {
        given.without("secure_channel", "false");
        String type = given.take("listen_address")
                .flatMap(address -> address.text("trtype"))
                .orElse("")
                .toLowerCase(Locale.ROOT);
        if (!TRANSPORTS.contains(type) || given.rest().contains("secure_channel")) {
            given.leave(
                    TRANSPORTS.contains(type)
                            ? "secure channels are not offered by this version, and without one it is not opened"
                            : "listeners of type " + type + " are not offered");
            return;
        }
        if (given.take("nqn").flatMap(Given::text).equals(Optional.of(Nqn.DISCOVERY.value()))) {
            address(given, spec.map("discovery", given.path()).item("listeners", given.path()));
            return;
        }
        of(given, (nqn, subsystem) -> address(given, subsystem.item("listeners", given.path())));
    }

    /** The parts of an address, and whatever stands beside it. */
    private static void address(Given given, Draft listener) {
        given.take(given.has("listen_address") ? "listen_address" : "address").ifPresent(address -> {
            trtype(address, listener);
            address.moveRest(listener);
        });
        if (!listener.has("trtype")) {
            trtype(given, listener);
        }
        given.moveRest(listener);
    }

    private static void trtype(Given address, Draft listener) {
        address.text("trtype")
                .ifPresent(type -> listener.put("trtype", type.toLowerCase(Locale.ROOT), address.path() + ".trtype"));
    }

    private void anaState(Given given) {
        of(given, (nqn, subsystem) -> {
            Draft wanted = Draft.spec();
            given.take("listen_address").ifPresent(address -> {
                trtype(address, wanted);
                address.moveRest(wanted);
            });
            String state = given.text("ana_state").orElse("");
            Optional<Given> group = given.take("anagrpid");
            Optional<Draft> listener = subsystem.items("listeners").stream()
                    .filter(one ->
                            ADDRESS.stream().allMatch(key -> text(one, key).equals(text(wanted, key))))
                    .findFirst();
            if (listener.isEmpty()) {
                given.leave("the subsystem has no such listener");
            } else if (group.flatMap(Given::text)
                    .filter(text -> !text.equals("0"))
                    .isEmpty()) {
                listener.get().put("ana_state", state, given.path() + ".ana_state");
            } else if (!isBeyond(group.get()) || !state.equals(AnaState.OPTIMIZED.key())) {
                listener.get()
                        .map("ana_state", given.path())
                        .put(group.get().text().orElse(""), state, given.path() + ".ana_state");
            }
            given.leaveRest();
        });
    }

    /** SPDK has a group for each nsid; what is optimized in those that there are not here is so anyway. */
    private static boolean isBeyond(Given group) {
        return group.text().filter(text -> text.matches("[1-9][0-9]{2,8}")).stream()
                .anyMatch(text -> Integer.parseInt(text) > NamespaceSpec.MAX_ANA_GROUP);
    }

    private static Optional<String> text(Draft draft, String key) {
        return draft.get(key).flatMap(Draft::text);
    }

    private void referral(Given given) {
        given.without("secure_channel", "false");
        address(given, spec.map("discovery", given.path()).item("referrals", given.path()));
    }
}
