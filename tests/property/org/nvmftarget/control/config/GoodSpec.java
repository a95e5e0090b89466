package org.nvmftarget.control.config;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** A random valid spec as maps, lists and scalars, which can be written in many ways. */
final class GoodSpec {

    private final Map<String, Object> root;

    private GoodSpec(Map<String, Object> root) {
        this.root = root;
    }

    static GoodSpec random(Random random) {
        Map<String, Object> bdevs = new LinkedHashMap<>();
        Map<String, Object> subsystems = new LinkedHashMap<>();
        for (int s = random.nextInt(4); s > 0; s--) {
            subsystems.put("nqn.2026-11.org.example:s" + s, subsystem(random, s, bdevs));
        }
        Map<String, Object> root = new LinkedHashMap<>();
        root.put("version", "1");
        root.put("transports", new LinkedHashMap<>(Map.of("tcp", transport(random), "rdma", transport(random))));
        root.put("bdevs", bdevs);
        root.put("subsystems", subsystems);
        root.put("discovery", discovery(random));
        root.put("log", new LinkedHashMap<>(Map.of("level", "debug", "flags", List.of("nvmf_tcp", "bdev"))));
        root.put("reconcile", new LinkedHashMap<>(Map.of("resync", "10s", "settle", "1s")));
        return new GoodSpec(root);
    }

    private static Map<String, Object> transport(Random random) {
        Map<String, Object> options = new LinkedHashMap<>();
        options.put("max_queue_depth", String.valueOf(2 + random.nextInt(1000)));
        options.put("max_io_size", "128KiB");
        options.put("in_capsule_data_size", 16 * (16 + random.nextInt(100)) + "");
        return options;
    }

    private static Map<String, Object> subsystem(Random random, int number, Map<String, Object> bdevs) {
        Map<String, Object> hosts = new LinkedHashMap<>();
        for (int h = random.nextInt(3); h > 0; h--) {
            hosts.put("nqn.2026-11.org.example:h" + h, new LinkedHashMap<>());
        }
        Map<String, Object> namespaces = new LinkedHashMap<>();
        for (int n = random.nextInt(4); n > 0; n--) {
            String bdev = "bdev" + bdevs.size();
            bdevs.put(bdev, bdev(random, n, bdevs.size()));
            namespaces.put(String.valueOf(n), namespace(random, bdev, hosts));
        }
        List<Object> listeners = new ArrayList<>();
        for (int l = random.nextInt(3); l > 0; l--) {
            Map<String, Object> listener = address(random, "fd00::" + l, "4420");
            if (random.nextBoolean()) {
                listener.put("ana_state", anaState(random));
            }
            listeners.add(listener);
        }
        Map<String, Object> subsystem = new LinkedHashMap<>();
        subsystem.put("serial_number", "000" + number);
        subsystem.put("allow_any_host", String.valueOf(random.nextBoolean()));
        subsystem.put("namespaces", namespaces);
        subsystem.put("hosts", hosts);
        subsystem.put("listeners", listeners);
        return subsystem;
    }

    private static Map<String, Object> bdev(Random random, int n, int number) {
        Map<String, Object> bdev = new LinkedHashMap<>();
        String type = List.of("malloc", "null", "nvme").get(random.nextInt(3));
        bdev.put("type", type);
        if (type.equals("nvme")) {
            bdev.put("path", "/dev/ng" + number + "n1");
        } else {
            bdev.put("size", n + "MiB");
        }
        bdev.put("block_size", "4096");
        return bdev;
    }

    private static Map<String, Object> namespace(Random random, String bdev, Map<String, Object> hosts) {
        Map<String, Object> namespace = new LinkedHashMap<>(Map.of("bdev", bdev));
        if (random.nextBoolean()) {
            namespace.put("ana_group", String.valueOf(1 + random.nextInt(128)));
        }
        if (random.nextBoolean()) {
            Map<String, Object> some = new LinkedHashMap<>(hosts);
            some.keySet().removeIf(host -> random.nextBoolean());
            namespace.put("hosts", some);
        }
        return namespace;
    }

    private static Map<String, Object> address(Random random, String traddr, String trsvcid) {
        return new LinkedHashMap<>(
                Map.of("trtype", random.nextBoolean() ? "tcp" : "rdma", "traddr", traddr, "trsvcid", trsvcid));
    }

    private static Object anaState(Random random) {
        List<String> states = List.of("optimized", "non_optimized", "inaccessible", "persistent_loss", "change");
        if (random.nextBoolean()) {
            return states.get(random.nextInt(states.size()));
        }
        Map<String, Object> byGroup = new LinkedHashMap<>();
        for (int g = random.nextInt(3); g > 0; g--) {
            byGroup.put(String.valueOf(g), states.get(random.nextInt(states.size())));
        }
        return byGroup;
    }

    private static Map<String, Object> discovery(Random random) {
        List<Object> listeners = new ArrayList<>();
        List<Object> referrals = new ArrayList<>();
        for (int i = random.nextInt(3); i > 0; i--) {
            listeners.add(address(random, "fd00::" + i, "8009"));
            Map<String, Object> referral = address(random, "fd00:1::" + i, "8009");
            referral.put("secure_channel", String.valueOf(random.nextBoolean()));
            referrals.add(referral);
        }
        return new LinkedHashMap<>(Map.of("listeners", listeners, "referrals", referrals));
    }

    /** The spec with its keys and lists in a random order, in random styles. */
    String text(Random random) {
        return text(root, random);
    }

    /** The spec in one to three files: each section entry and each entry of a subsystem's maps in one of them. */
    List<String> spread(Random random) {
        List<Map<String, Object>> files = new ArrayList<>();
        for (int i = 1 + random.nextInt(3); i > 0; i--) {
            files.add(new LinkedHashMap<>(Map.of("version", "1")));
        }
        root.forEach((section, value) -> {
            if (value instanceof Map<?, ?> entries) {
                entries.forEach((key, entry) -> {
                    if (section.equals("subsystems")) {
                        spreadSubsystem(files, random, String.valueOf(key), (Map<?, ?>) entry);
                    } else {
                        child(pick(files, random), section).put(String.valueOf(key), entry);
                    }
                });
            }
        });
        return files.stream().map(file -> text(file, random)).toList();
    }

    private static void spreadSubsystem(
            List<Map<String, Object>> files, Random random, String nqn, Map<?, ?> attributes) {
        attributes.forEach((key, value) -> {
            String attribute = String.valueOf(key);
            if ((attribute.equals("hosts") || attribute.equals("namespaces")) && value instanceof Map<?, ?> entries) {
                entries.forEach((id, entry) ->
                        child(subsystem(pick(files, random), nqn), attribute).put(String.valueOf(id), entry));
            } else {
                subsystem(pick(files, random), nqn).put(attribute, value);
            }
        });
    }

    private static Map<String, Object> pick(List<Map<String, Object>> files, Random random) {
        return files.get(random.nextInt(files.size()));
    }

    private static Map<String, Object> subsystem(Map<String, Object> file, String nqn) {
        return child(child(file, "subsystems"), nqn);
    }

    @SuppressWarnings("unchecked") // maps in here are all made by this class
    private static Map<String, Object> child(Map<String, Object> parent, String key) {
        return (Map<String, Object>) parent.computeIfAbsent(key, absent -> new LinkedHashMap<String, Object>());
    }

    private static String text(Map<?, ?> file, Random random) {
        StringBuilder out = new StringBuilder(random.nextBoolean() ? "\uFEFF" : "");
        block(file, "", random, out);
        return random.nextBoolean() ? out.toString() : out.toString().replace("\n", "\r\n");
    }

    private static void block(Map<?, ?> map, String indent, Random random, StringBuilder out) {
        for (Map.Entry<?, ?> entry : shuffled(map.entrySet(), random)) {
            out.append(indent)
                    .append(scalar(String.valueOf(entry.getKey()), random))
                    .append(":");
            if (entry.getValue() instanceof Map<?, ?> child && !child.isEmpty() && random.nextBoolean()) {
                out.append(" # a comment\n");
                block(child, indent + "  ", random, out);
            } else {
                out.append(' ');
                flow(entry.getValue(), random, out);
                out.append('\n');
            }
        }
    }

    private static void flow(Object value, Random random, StringBuilder out) {
        switch (value) {
            case Map<?, ?> map -> {
                out.append("{ ");
                for (Map.Entry<?, ?> entry : shuffled(map.entrySet(), random)) {
                    out.append(scalar(String.valueOf(entry.getKey()), random)).append(": ");
                    flow(entry.getValue(), random, out);
                    out.append(", ");
                }
                out.append('}');
            }
            case List<?> list -> {
                out.append("[ ");
                for (Object item : shuffled(list, random)) {
                    flow(item, random, out);
                    out.append(", ");
                }
                out.append(']');
            }
            default -> out.append(scalar(String.valueOf(value), random));
        }
    }

    private static <T> List<T> shuffled(Collection<T> items, Random random) {
        List<T> result = new ArrayList<>(items);
        Collections.shuffle(result, random);
        return result;
    }

    private static String scalar(String text, Random random) {
        return text.equals("null") || random.nextInt(3) == 0
                ? (random.nextBoolean() ? "\"" + text + "\"" : "'" + text + "'")
                : text;
    }
}
