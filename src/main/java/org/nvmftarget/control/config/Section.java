package org.nvmftarget.control.config;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The keys of each kind of map in a spec: the one table that decides what is unknown. The JSON Schema has the same
 * keys, and a test holds the two together.
 */
final class Section {
    /** Keys of SPDK's that mean nothing here. */
    private static final class Foreign {
        private static final String BUFFERS = "leave it out: buffers are sized from max_queue_depth and max_io_size";

        static final Map<String, String> ADDRESS = Map.of(
                "address", "did you mean `traddr`?",
                "port", "did you mean `trsvcid`?",
                "transport", "did you mean `trtype`?");

        static final Map<String, String> TRANSPORT = Map.of(
                "acceptor_poll_rate", "leave it out: new connections are waited for, not polled for",
                "io_unit_size", BUFFERS,
                "num_shared_buffers", BUFFERS,
                "buf_cache_size", BUFFERS,
                "trtype", "the transport's type is its own key");

        static final Map<String, String> RDMA =
                transport("it is an option of tcp alone", "c2h_success", "sock_priority", "control_msg_num");

        static final Map<String, String> TCP = transport(
                "it is an option of rdma alone",
                "max_srq_depth",
                "no_srq",
                "num_cqe",
                "acceptor_backlog",
                "no_wr_batching",
                "data_wr_pool_size",
                "poll");

        /** @param others options that the other transport has */
        private static Map<String, String> transport(String hint, String... others) {
            Map<String, String> all = new HashMap<>(TRANSPORT);
            for (String other : others) {
                all.put(other, hint);
            }
            return Map.copyOf(all);
        }

        static Map<String, String> addressAnd(Map<String, String> more) {
            Map<String, String> all = new HashMap<>(ADDRESS);
            all.putAll(more);
            return Map.copyOf(all);
        }
    }

    static final Section ROOT = new Section(
            "",
            List.of("version", "transports", "bdevs", "subsystems", "discovery", "reconcile", "log", "rpc"),
            Map.of("metrics", ""));
    static final Section TRANSPORTS = new Section("transports", List.of("rdma", "tcp"), Map.of());
    static final Section RDMA = new Section(
            "transports.rdma",
            List.of(
                    "max_queue_depth",
                    "max_io_qpairs_per_ctrlr",
                    "in_capsule_data_size",
                    "max_aq_depth",
                    "max_io_size",
                    "ack_timeout",
                    "kas",
                    "min_kato",
                    "abort_timeout_sec",
                    "max_srq_depth",
                    "no_srq",
                    "num_cqe",
                    "acceptor_backlog",
                    "no_wr_batching",
                    "data_wr_pool_size",
                    "poll"),
            Foreign.RDMA);
    static final Section TCP = new Section(
            "transports.tcp",
            List.of(
                    "max_queue_depth",
                    "max_io_qpairs_per_ctrlr",
                    "in_capsule_data_size",
                    "max_aq_depth",
                    "max_io_size",
                    "ack_timeout",
                    "kas",
                    "min_kato",
                    "abort_timeout_sec",
                    "c2h_success",
                    "sock_priority",
                    "control_msg_num"),
            Foreign.TCP);
    static final Section BDEV = new Section(
            "bdevs.*",
            List.of(
                    "type",
                    "path",
                    "size",
                    "block_size",
                    "allow_shrink",
                    "uuid",
                    "limits",
                    "base",
                    "avg_read_latency",
                    "p99_read_latency",
                    "avg_write_latency",
                    "p99_write_latency",
                    "errors"),
            Map.of(
                    "num_blocks", "give `size` in bytes instead",
                    "filename", "did you mean `path`?",
                    "base_bdev_name", "did you mean `base`?",
                    "base_name", "did you mean `base`?"));
    static final Section ERROR = new Section(
            "bdevs.*.errors[]",
            List.of("io_type", "status", "lba", "blocks", "every", "num"),
            Map.of("error_type", "did you mean `status`?"));
    static final Section LIMITS = new Section(
            "bdevs.*.limits",
            List.of("iops", "read_iops", "write_iops", "bandwidth", "read_bandwidth", "write_bandwidth"),
            Map.of(
                    "rw_ios_per_sec", "did you mean `iops`?",
                    "rw_mbytes_per_sec", "did you mean `bandwidth`?",
                    "r_mbytes_per_sec", "did you mean `read_bandwidth`?",
                    "w_mbytes_per_sec", "did you mean `write_bandwidth`?"));
    static final Section SUBSYSTEM = new Section(
            "subsystems.*",
            List.of(
                    "serial_number",
                    "model_number",
                    "max_namespaces",
                    "min_cntlid",
                    "max_cntlid",
                    "allow_any_host",
                    "hosts",
                    "namespaces",
                    "listeners",
                    "protect"),
            Map.of(
                    "nqn", "the NQN is the subsystem's own key",
                    "ana_reporting", "leave it out: ANA is always reported"));
    static final Section HOST = new Section(
            "subsystems.*.hosts.*",
            List.of("dhchap_key", "dhchap_ctrlr_key", "dhchap_digests", "dhchap_dhgroups"),
            Map.of("psk", ""));
    static final Section KEY = new Section("subsystems.*.hosts.*.dhchap_key", List.of("file"), Map.of());
    static final Section CTRLR_KEY = new Section("subsystems.*.hosts.*.dhchap_ctrlr_key", List.of("file"), Map.of());
    static final Section NAMESPACE = new Section(
            "subsystems.*.namespaces.*",
            List.of("bdev", "uuid", "nguid", "eui64", "ana_group", "hosts"),
            Map.of(
                    "nsid", "the nsid is the namespace's own key",
                    "anagrpid", "did you mean `ana_group`?",
                    "no_auto_visible", "write `hosts: {}` for a namespace that nobody sees",
                    "bdev_name", "did you mean `bdev`?"));
    static final Section LISTENER = new Section(
            "subsystems.*.listeners[]",
            List.of("trtype", "traddr", "trsvcid", "adrfam", "ana_state"),
            Foreign.addressAnd(
                    Map.of("secure_channel", "", "ana_states", "did you mean `ana_state`?", "sock_impl", "")));
    static final Section NAMESPACE_HOST = new Section("subsystems.*.namespaces.*.hosts.*", List.of(), Map.of());
    static final Section DISCOVERY = new Section("discovery", List.of("listeners", "referrals"), Map.of());
    static final Section DISCOVERY_LISTENER = new Section(
            "discovery.listeners[]",
            List.of("trtype", "traddr", "trsvcid", "adrfam"),
            Foreign.addressAnd(Map.of("secure_channel", "", "ana_state", "the discovery subsystem has no namespaces")));
    static final Section REFERRAL = new Section(
            "discovery.referrals[]",
            List.of("trtype", "traddr", "trsvcid", "adrfam", "subnqn", "secure_channel"),
            Foreign.ADDRESS);
    static final Section RECONCILE = new Section(
            "reconcile", List.of("resync", "pause_timeout", "settle", "max_deletions", "on_active"), Map.of());
    static final Section LOG = new Section("log", List.of("level", "flags"), Map.of());
    static final Section RPC = new Section("rpc", List.of("group", "mode"), Map.of());

    static final List<Section> ALL = List.of(
            ROOT,
            TRANSPORTS,
            RDMA,
            TCP,
            BDEV,
            LIMITS,
            ERROR,
            SUBSYSTEM,
            HOST,
            KEY,
            CTRLR_KEY,
            NAMESPACE,
            NAMESPACE_HOST,
            LISTENER,
            DISCOVERY,
            DISCOVERY_LISTENER,
            REFERRAL,
            RECONCILE,
            LOG,
            RPC);

    private final String where;
    private final List<String> keys;
    private final Map<String, String> refused;

    /**
     * @param where the path of such a map, with {@code *} for an identity
     * @param refused keys that an operator may well try: what to do instead, or the empty text where there is nothing
     *     to do in this version
     */
    private Section(String where, List<String> keys, Map<String, String> refused) {
        this.where = where;
        this.keys = keys;
        this.refused = refused;
    }

    String where() {
        return where;
    }

    List<String> keys() {
        return keys;
    }

    /** What is wrong with an unknown key. */
    String faultOf(String key) {
        return "".equals(refused.get(key))
                ? "`" + key + "` is not offered by this version"
                : "unknown key " + Wording.quoted(key);
    }

    /** How to mend an unknown key. */
    Optional<String> hintFor(String key, Problems problems) {
        String instead = refused.get(key);
        if (instead != null) {
            return instead.isEmpty() ? Optional.empty() : Optional.of(instead);
        }
        Optional<String> meant = problems.didYouMean(key, keys);
        if (meant.isPresent()) {
            return meant;
        }
        return Optional.of(
                keys.isEmpty() ? "nothing stands here yet: write {}" : "known here: " + String.join(", ", keys));
    }
}
