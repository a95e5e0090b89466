package org.nvmftarget.control.render;

import java.util.ArrayList;
import java.util.List;

/** Small edits of one spec: for each field of the schema at least one, by the field's path. */
final class Edits {
    static final String HOST_A = "nqn.2026-11.org.example:host-a";
    static final String HOST_B = "nqn.2026-11.org.example:host-b";
    static final String HOST_C = "nqn.2026-11.org.example:host-c";
    static final String CLOSED = "nqn.2026-11.org.example:closed";
    static final String OPEN = "nqn.2026-11.org.example:open";

    static final String BASE = """
        version: 1
        transports:
          rdma: {}
          tcp: {}
        bdevs:
          a: { type: malloc, size: 64MiB }
          b: { type: malloc, size: 64MiB }
          spare: { type: malloc, size: 64MiB }
        subsystems:
          nqn.2026-11.org.example:closed:
            hosts:
              nqn.2026-11.org.example:host-a: {}
              nqn.2026-11.org.example:host-b: {}
            namespaces:
              1: { bdev: a }
            listeners:
              - { trtype: tcp, traddr: 10.0.0.1, trsvcid: 4420 }
              - { trtype: tcp, traddr: 10.0.0.2, trsvcid: 4420 }
          nqn.2026-11.org.example:open:
            allow_any_host: true
            namespaces:
              1: { bdev: b }
            listeners:
              - { trtype: tcp, traddr: 10.0.0.1, trsvcid: 4420 }
        discovery:
          listeners:
            - { trtype: tcp, traddr: 10.0.0.9, trsvcid: 8009 }
          referrals:
            - { trtype: tcp, traddr: 10.1.0.1, trsvcid: 8009 }
        """;

    private static final String AT_ONCE = "holds at once; nothing of the target changes";

    /**
     * One edit.
     *
     * @param field the path of the schema
     * @param what in words; empty for "another value"
     * @param note what becomes of an edit that needs no step; empty for the others
     */
    record Edit(String field, String what, String before, String after, String note) {}

    private final List<Edit> edits = new ArrayList<>();

    private Edits() {}

    static List<Edit> all() {
        Edits edits = new Edits();
        edits.note("version", "1 is the only one", "version: 1", "version: 1", "cannot change");
        edits.transports();
        edits.bdevs();
        edits.subsystems();
        edits.namespaces();
        edits.listeners();
        edits.discovery();
        edits.settings();
        return List.copyOf(edits.edits);
    }

    private static String replaced(String text, String find, String with) {
        if (!text.contains(find)) {
            throw new AssertionError("there is no " + find);
        }
        return text.replace(find, with);
    }

    private void edit(String field, String what, String find, String with) {
        from(field, what, BASE, find, with);
    }

    private void from(String field, String what, String before, String find, String with) {
        edits.add(new Edit(field, what, before, replaced(before, find, with), ""));
    }

    private void note(String field, String what, String find, String with, String note) {
        edits.add(new Edit(field, what, BASE, replaced(BASE, find, with), note));
    }

    private void option(String transport, String option, String value) {
        edit(
                "transports." + transport + "." + option,
                "",
                "  " + transport + ": {}",
                "  " + transport + ": { " + option + ": " + value + " }");
    }

    private void keys() {
        String without = HOST_A + ": {}";
        String with = HOST_A + ": { dhchap_key: { file: /etc/nvmf/a.key } }";
        String both =
                HOST_A + ": { dhchap_key: { file: /etc/nvmf/a.key }, dhchap_ctrlr_key: { file: /etc/nvmf/c.key } }";
        String keyed = replaced(BASE, without, with);
        String path = "subsystems.*.hosts.*.";
        edit(path + "dhchap_key", "added", without, with);
        from(path + "dhchap_key", "removed", keyed, with, without);
        from(path + "dhchap_key.file", "another file, or other contents", keyed, "a.key", "b.key");
        from(path + "dhchap_ctrlr_key", "added", keyed, with, both);
        from(path + "dhchap_ctrlr_key.file", "", replaced(BASE, without, both), "c.key", "d.key");
        from(path + "dhchap_digests.[]", "", keyed, "a.key }", "a.key }, dhchap_digests: [sha512]");
        from(path + "dhchap_dhgroups.[]", "", keyed, "a.key }", "a.key }, dhchap_dhgroups: [ffdhe3072]");
    }

    private void transports() {
        edit("transports.rdma", "removed", "  rdma: {}\n", "");
        from("transports.rdma", "added", replaced(BASE, "  rdma: {}\n", ""), "  tcp: {}\n", "  tcp: {}\n  rdma: {}\n");
        edit(
                "transports.tcp",
                "removed, with its listeners",
                BASE,
                "version: 1\ntransports: { rdma: {} }\n"
                        + BASE.substring(BASE.indexOf("bdevs:"), BASE.indexOf("discovery:"))
                                .replaceAll("    listeners:\n(      - .*\n)+", ""));
        for (String transport : List.of("rdma", "tcp")) {
            option(transport, "max_queue_depth", "64");
            option(transport, "max_io_qpairs_per_ctrlr", "8");
            option(transport, "in_capsule_data_size", "8KiB");
            option(transport, "max_aq_depth", "64");
            option(transport, "max_io_size", "64KiB");
            option(transport, "ack_timeout", "14");
            option(transport, "kas", "50");
            option(transport, "min_kato", "20000");
            option(transport, "abort_timeout_sec", "2");
        }
        option("rdma", "max_srq_depth", "2048");
        option("rdma", "no_srq", "true");
        option("rdma", "num_cqe", "8192");
        option("rdma", "acceptor_backlog", "64");
        option("rdma", "no_wr_batching", "true");
        option("rdma", "data_wr_pool_size", "1024");
        option("rdma", "poll", "busy");
        option("tcp", "c2h_success", "false");
        option("tcp", "sock_priority", "3");
        option("tcp", "control_msg_num", "16");
    }

    private void bdevs() {
        edit("bdevs.*", "added", "bdevs:\n", "bdevs:\n  more: { type: malloc, size: 64MiB }\n");
        edit("bdevs.*", "removed, used by none", "  spare: { type: malloc, size: 64MiB }\n", "");
        edit(
                "bdevs.*",
                "renamed",
                "a: { type: malloc, size: 64MiB }",
                "z: { type: malloc, size: 64MiB }",
                "bdev: a",
                "bdev: z");
        edit("bdevs.*.type", "", "  a: { type: malloc", "  a: { type: \"null\"");
        edit("bdevs.*.size", "larger", "  a: { type: malloc, size: 64MiB", "  a: { type: malloc, size: 96MiB");
        edit("bdevs.*.size", "smaller", "  a: { type: malloc, size: 64MiB", "  a: { type: malloc, size: 32MiB");
        edit(
                "bdevs.*.size",
                "smaller, used by none",
                "  spare: { type: malloc, size: 64MiB",
                "  spare: { type: malloc, size: 32MiB");
        edit("bdevs.*.block_size", "", "  a: { type: malloc,", "  a: { type: malloc, block_size: 4096,");
        edit(
                "bdevs.*.uuid",
                "",
                "  a: { type: malloc,",
                "  a: { type: malloc, uuid: 00000000-0000-0000-0000-0000000000a0,");
        limits();
        disks();
        wrapped();
    }

    private void limits() {
        String none = "  a: { type: malloc, size: 64MiB }";
        String path = "bdevs.*.limits.";
        String both = none.replace(" }", ", limits: { iops: 5000, bandwidth: 10MiB } }");
        edit(path + "iops", "added", none, none.replace(" }", ", limits: { iops: 5000 } }"));
        from(path + "iops", "", replaced(BASE, none, both), "5000", "6000");
        from(path + "iops", "removed, with all others", replaced(BASE, none, both), both, none);
        from(path + "bandwidth", "", replaced(BASE, none, both), "10MiB", "20MiB");
        for (String key : List.of("read_iops", "write_iops")) {
            edit(path + key, "added", none, none.replace(" }", ", limits: { " + key + ": 5000 } }"));
        }
        for (String key : List.of("read_bandwidth", "write_bandwidth")) {
            edit(path + key, "added", none, none.replace(" }", ", limits: { " + key + ": 10MiB } }"));
        }
    }

    private void wrapped() {
        String spare = "  spare: { type: malloc, size: 64MiB }\n";
        String onA = "bdev: a";
        String delay = "  slow: { type: delay, base: a, avg_read_latency: 1ms }\n";
        String delayed = replaced(replaced(BASE, spare, spare + delay), onA, "bdev: slow");
        String error = "  bad: { type: error, base: a, errors: [ { io_type: read } ] }\n";
        String failing = replaced(replaced(BASE, spare, spare + error), onA, "bdev: bad");
        edit("bdevs.*", "a delay, put between", spare, spare + delay, onA, "bdev: slow");
        from("bdevs.*", "a delay, taken away again", delayed, delay, "", "bdev: slow", onA);
        from("bdevs.*.base", "", delayed, "base: a", "base: spare");
        from(
                "bdevs.*.size",
                "smaller, of a base",
                delayed,
                "a: { type: malloc, size: 64MiB",
                "a: { type: malloc, size: 32MiB");
        from(
                "bdevs.*.block_size",
                "of a base",
                delayed,
                "  a: { type: malloc,",
                "  a: { type: malloc, block_size: 4096,");
        for (String key : List.of("avg_read", "p99_read", "avg_write", "p99_write")) {
            String other = key.equals("avg_read")
                    ? delay.replace("1ms", "2ms")
                    : delay.replace(" }", ", " + key + "_latency: 5ms }");
            from("bdevs.*." + key + "_latency", "", delayed, delay, other);
        }
        from("bdevs.*.errors.[]", "added", failing, "{ io_type: read }", "{ io_type: read }, { io_type: write }");
        from("bdevs.*.errors.[].io_type", "", failing, "io_type: read", "io_type: write");
        for (String key : List.of("status: gone", "lba: 8", "blocks: 8", "every: 100", "num: 3")) {
            from(
                    "bdevs.*.errors.[]." + key.substring(0, key.indexOf(':')),
                    "",
                    failing,
                    "io_type: read",
                    "io_type: read, " + key);
        }
    }

    private void disks() {
        String malloc = "  a: { type: malloc, size: 64MiB }";
        String file = "  a: { type: file, path: /srv/a, size: 64MiB }";
        String shrinking = "  a: { type: file, path: /srv/a, size: 64MiB, allow_shrink: true }";
        String block = "  a: { type: block, path: /dev/disk/by-id/a }";
        String onFile = replaced(BASE, malloc, file);
        from(
                "bdevs.*",
                "a file removed, its namespace too",
                onFile,
                file + "\n",
                "",
                "    namespaces:\n      1: { bdev: a }\n",
                "");
        from(
                "bdevs.*",
                "a file under another name",
                onFile,
                "  a: { type: file",
                "  z: { type: file",
                "bdev: a",
                "bdev: z");
        from("bdevs.*.path", "", onFile, "/srv/a", "/srv/z");
        from("bdevs.*.size", "larger, of a file", onFile, file, file.replace("64", "96"));
        from(
                "bdevs.*.size",
                "smaller, of a file that may shrink",
                replaced(BASE, malloc, shrinking),
                shrinking,
                shrinking.replace("64", "32"));
        edits.add(new Edit(
                "bdevs.*.size",
                "smaller, of any other file",
                onFile,
                replaced(onFile, file, file.replace("64", "32")),
                "refused by a guard"));
        edits.add(new Edit(
                "bdevs.*.allow_shrink",
                "",
                onFile,
                replaced(onFile, file, shrinking),
                "holds for the next candidate; nothing of the target changes"));
        from(
                "bdevs.*.block_size",
                "of a block device",
                replaced(BASE, malloc, block),
                "by-id/a }",
                "by-id/a, block_size: 4096 }");
    }

    private void from(String field, String what, String before, String find, String with, String find2, String with2) {
        edits.add(new Edit(field, what, before, replaced(replaced(before, find, with), find2, with2), ""));
    }

    private void edit(String field, String what, String find, String with, String find2, String with2) {
        edits.add(new Edit(field, what, BASE, replaced(replaced(BASE, find, with), find2, with2), ""));
    }

    private void key(String key, String value) {
        edit("subsystems.*." + key, "", "closed:\n", "closed:\n    " + key + ": " + value + "\n");
    }

    private void subsystems() {
        edit(
                "subsystems.*",
                "added",
                "discovery:\n",
                "  nqn.2026-11.org.example:new:\n    allow_any_host: true\ndiscovery:\n");
        edit("subsystems.*", "removed", BASE.substring(BASE.indexOf("  " + OPEN), BASE.indexOf("discovery:")), "");
        key("serial_number", "OTHER");
        key("model_number", "other");
        key("max_namespaces", "64");
        key("min_cntlid", "10");
        key("max_cntlid", "99");
        edit("subsystems.*.allow_any_host", "true", "closed:\n", "closed:\n    allow_any_host: true\n");
        edit("subsystems.*.allow_any_host", "false", "    allow_any_host: true\n", "");
        edit("subsystems.*.hosts.*", "added", "    hosts:\n", "    hosts:\n      " + HOST_C + ": {}\n");
        keys();
        edit("subsystems.*.hosts.*", "removed", "      " + HOST_A + ": {}\n", "");
        from(
                "subsystems.*.hosts.*",
                "removed, where any host is allowed",
                replaced(BASE, "closed:\n", "closed:\n    allow_any_host: true\n"),
                "      " + HOST_A + ": {}\n",
                "");
        note(
                "subsystems.*.protect",
                "",
                "closed:\n",
                "closed:\n    protect: true\n",
                "holds for the next candidate; nothing of the target changes");
    }

    private void namespace(String key, String value) {
        edit("subsystems.*.namespaces.*." + key, "", "1: { bdev: a }", "1: { bdev: a, " + key + ": " + value + " }");
    }

    private void namespaces() {
        edit(
                "subsystems.*.namespaces.*",
                "added",
                "      1: { bdev: a }\n",
                "      1: { bdev: a }\n      2: { bdev: spare }\n");
        edit("subsystems.*.namespaces.*", "removed", "    namespaces:\n      1: { bdev: a }\n", "");
        edit("subsystems.*.namespaces.*.bdev", "", "1: { bdev: a }", "1: { bdev: spare }");
        namespace("uuid", "00000000-0000-0000-0000-0000000000a1");
        namespace("nguid", "0123456789ABCDEF0123456789ABCDEF");
        namespace("eui64", "0123456789ABCDEF");
        namespace("ana_group", "2");
        String seenByA = replaced(BASE, "1: { bdev: a }", "1: { bdev: a, hosts: { " + HOST_A + ": {} } }");
        from("subsystems.*.namespaces.*.hosts.*", "added", seenByA, ": {} } }", ": {}, " + HOST_B + ": {} } }");
        edit(
                "subsystems.*.namespaces.*.hosts.*",
                "removed",
                "1: { bdev: a }",
                "1: { bdev: a, hosts: { " + HOST_A + ": {} } }");
    }

    private void listeners() {
        String second = "      - { trtype: tcp, traddr: 10.0.0.2, trsvcid: 4420 }\n";
        edit(
                "subsystems.*.listeners.[]",
                "added",
                second,
                second + "      - { trtype: tcp, traddr: 10.0.0.3, trsvcid: 4420 }\n");
        edit("subsystems.*.listeners.[]", "removed", second, "");
        edit("subsystems.*.listeners.[].trtype", "", second, second.replace("tcp", "rdma"));
        edit("subsystems.*.listeners.[].traddr", "", second, second.replace("10.0.0.2", "10.0.0.3"));
        edit("subsystems.*.listeners.[].trsvcid", "", second, second.replace("4420", "4421"));
        edit(
                "subsystems.*.listeners.[].adrfam",
                "",
                second,
                "      - { trtype: tcp, adrfam: ipv6, traddr: \"fd00::2\", trsvcid: 4420 }\n");
        edit("subsystems.*.listeners.[].ana_state", "", second, second.replace(" }", ", ana_state: inaccessible }"));
    }

    private void discovery() {
        String own = "    - { trtype: tcp, traddr: 10.0.0.9, trsvcid: 8009 }\n";
        edit("discovery.listeners.[]", "added", own, own + "    - { trtype: tcp, traddr: 10.0.0.8, trsvcid: 8009 }\n");
        edit("discovery.listeners.[]", "removed", "  listeners:\n" + own, "");
        edit("discovery.listeners.[].trtype", "", own, own.replace("tcp", "rdma"));
        edit("discovery.listeners.[].traddr", "", own, own.replace("10.0.0.9", "10.0.0.8"));
        edit("discovery.listeners.[].trsvcid", "", own, own.replace("8009", "8010"));
        edit(
                "discovery.listeners.[].adrfam",
                "",
                own,
                own.replace("traddr: 10.0.0.9", "adrfam: ipv6, traddr: \"fd00::9\""));
        String referral = "    - { trtype: tcp, traddr: 10.1.0.1, trsvcid: 8009 }\n";
        edit("discovery.referrals.[]", "added", referral, referral + referral.replace("10.1.0.1", "10.1.0.2"));
        edit("discovery.referrals.[]", "removed", "  referrals:\n" + referral, "");
        edit("discovery.referrals.[].trtype", "", referral, referral.replace("tcp", "rdma"));
        edit("discovery.referrals.[].traddr", "", referral, referral.replace("10.1.0.1", "10.1.0.2"));
        edit("discovery.referrals.[].trsvcid", "", referral, referral.replace("8009", "8010"));
        edit(
                "discovery.referrals.[].adrfam",
                "",
                referral,
                referral.replace("traddr: 10.1.0.1", "adrfam: ipv6, traddr: \"fd00::1\""));
        edit(
                "discovery.referrals.[].subnqn",
                "",
                referral,
                referral.replace(" }", ", subnqn: nqn.2026-11.org.example:there }"));
        edit("discovery.referrals.[].secure_channel", "", referral, referral.replace(" }", ", secure_channel: true }"));
    }

    private void settings() {
        setting("reconcile", "resync", "1m", AT_ONCE);
        setting("reconcile", "pause_timeout", "1s", AT_ONCE);
        setting("reconcile", "settle", "5s", AT_ONCE);
        setting("reconcile", "max_deletions", "50%", AT_ONCE);
        setting("reconcile", "on_active", "proceed", AT_ONCE);
        setting("log", "level", "debug", AT_ONCE);
        note("log.flags.[]", "", "discovery:\n", "log: { flags: [nvmf] }\ndiscovery:\n", AT_ONCE);
        setting("rpc", "group", "telegraf", AT_ONCE);
        setting("rpc", "mode", "\"0660\"", AT_ONCE);
    }

    private void setting(String section, String key, String value, String note) {
        note(section + "." + key, "", "discovery:\n", section + ": { " + key + ": " + value + " }\ndiscovery:\n", note);
    }
}
