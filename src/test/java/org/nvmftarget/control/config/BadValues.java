package org.nvmftarget.control.config;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** For each key of each section, otherwise good specs in which that key alone has a value of a kind that is wrong. */
final class BadValues {

    private static final String HOST = "nqn.2026-11.org.example:h";
    private static final String NQN = "nqn.2026-11.org.example:a";

    private BadValues() {}

    /** The specs by the path of the bad value. */
    static Map<String, String> all() {
        Map<String, String> specs = new TreeMap<>();
        for (Section section : Section.ALL) {
            String where = section.where().replaceFirst("subsystems\\.\\*", "subsystems.NQN");
            for (String key : section.keys()) {
                String path = (where.isEmpty() ? key : where + "." + key)
                        .replace("bdevs.*", "bdevs.a")
                        .replace("namespaces.*", "namespaces.1")
                        .replace("hosts.*", "hosts." + HOST)
                        .replace("[]", "[0]")
                        .replace("NQN", NQN);
                specs.put(path, spec(section, key));
            }
        }
        return specs;
    }

    private static String spec(Section section, String bad) {
        return "version: " + (section == Section.ROOT && bad.equals("version") ? "[[]]" : "1") + "\n"
                + (isTop(section, bad) ? bad + ": text\n" : "")
                + top(section, bad, "transports", "{ tcp: }", Section.TRANSPORTS, Section.RDMA, Section.TCP)
                + top(
                        section,
                        bad,
                        "bdevs",
                        "{ a: { type: malloc, size: 1MiB } }",
                        Section.BDEV,
                        Section.LIMITS,
                        Section.ERROR)
                + top(
                        section,
                        bad,
                        "subsystems",
                        "{}",
                        Section.SUBSYSTEM,
                        Section.HOST,
                        Section.KEY,
                        Section.CTRLR_KEY,
                        Section.NAMESPACE,
                        Section.NAMESPACE_HOST,
                        Section.LISTENER)
                + top(section, bad, "discovery", "{}", Section.DISCOVERY, Section.DISCOVERY_LISTENER, Section.REFERRAL)
                + top(section, bad, "reconcile", "{}", Section.RECONCILE)
                + top(section, bad, "log", "{}", Section.LOG)
                + top(section, bad, "rpc", "{}", Section.RPC);
    }

    private static boolean isTop(Section section, String bad) {
        return section == Section.ROOT && !bad.equals("version");
    }

    private static String top(Section section, String bad, String key, String good, Section... inside) {
        if (isTop(section, bad) && bad.equals(key)) {
            return "";
        }
        for (Section one : inside) {
            if (one == section) {
                return key + ": " + wrapped(section, bad) + "\n";
            }
        }
        return key + ": " + good + "\n";
    }

    /** The value of the section's own key with the bad key in it, and what that needs beside it. */
    private static String wrapped(Section section, String bad) {
        if (section == Section.RDMA) {
            return "{ rdma: { " + bad + ": " + badFor(bad) + " } }";
        }
        if (section == Section.TCP) {
            return "{ tcp: { " + bad + ": " + badFor(bad) + " } }";
        }
        if (section == Section.BDEV) {
            return "{ a: " + map(Map.of("type", "malloc", "size", "1MiB"), bad) + " }";
        }
        if (section == Section.LIMITS) {
            return "{ a: { type: malloc, size: 1MiB, limits: " + map(Map.of(), bad) + " } }";
        }
        if (section == Section.ERROR) {
            return "{ z: { type: malloc, size: 1MiB }, a: { type: error, base: z, errors: [ " + map(Map.of(), bad)
                    + " ] } }";
        }
        if (section == Section.NAMESPACE) {
            return "{ " + NQN + ": { namespaces: { 1: " + map(Map.of("bdev", "a"), bad) + " } } }";
        }
        Map<String, String> address = Map.of("trtype", "tcp", "traddr", "10.0.0.1", "trsvcid", "4420");
        if (section == Section.LISTENER) {
            return "{ " + NQN + ": { listeners: [ " + map(address, bad) + " ] } }";
        }
        if (section == Section.DISCOVERY_LISTENER) {
            return "{ listeners: [ " + map(address, bad) + " ] }";
        }
        if (section == Section.REFERRAL) {
            return "{ referrals: [ " + map(address, bad) + " ] }";
        }
        if (section == Section.HOST) {
            return host(map(bad.equals("dhchap_key") ? Map.of() : Map.of("dhchap_key", "{ file: /k }"), bad));
        }
        if (section == Section.KEY) {
            return host("{ dhchap_key: " + map(Map.of(), bad) + " }");
        }
        if (section == Section.CTRLR_KEY) {
            return host("{ dhchap_key: { file: /k }, dhchap_ctrlr_key: " + map(Map.of(), bad) + " }");
        }
        return section == Section.SUBSYSTEM
                ? "{ " + NQN + ": { " + bad + ": " + badFor(bad) + " } }"
                : "{ " + bad + ": " + badFor(bad) + " }";
    }

    private static String host(String settings) {
        return "{ " + NQN + ": { hosts: { " + HOST + ": " + settings + " } } }";
    }

    private static String badFor(String key) {
        return List.of("listeners", "referrals", "flags", "dhchap_digests", "dhchap_dhgroups")
                        .contains(key)
                ? "text"
                : "[[]]";
    }

    private static String map(Map<String, String> good, String bad) {
        Map<String, String> entries = new TreeMap<>(good);
        entries.put(bad, badFor(bad));
        StringBuilder out = new StringBuilder("{ ");
        entries.forEach(
                (key, value) -> out.append(key).append(": ").append(value).append(", "));
        return out.append("}").toString();
    }
}
