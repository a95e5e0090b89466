package org.nvmftarget.control.imports;

import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.nvmftarget.model.AnaState;

/**
 * nvmetcli's JSON: the tree that the Linux kernel's target has below {@code /sys/kernel/config/nvmet}. The files and block
 * devices of its namespaces become bdevs.
 */
final class NvmetImport {
    private static final String NO_UUID = "00000000-0000-0000-0000-000000000000";

    private final Draft spec = Draft.spec();
    private final Set<String> hostsWithKeys = new HashSet<>();

    private NvmetImport() {}

    /** @throws IllegalArgumentException if {@code root} is not what {@code nvmetcli save} writes */
    static Draft draft(Given root, Ledger ledger) {
        if (!root.has("subsystems") && !root.has("ports")) {
            throw new IllegalArgumentException(
                    "is not what nvmetcli save writes: it has neither `ports` nor `subsystems`");
        }
        NvmetImport nvmet = new NvmetImport();
        root.items("hosts").forEach(nvmet::host);
        root.items("subsystems").forEach(nvmet::subsystem);
        root.items("ports").forEach(nvmet::port);
        root.leaveRest();
        return nvmet.spec;
    }

    /** A host's name alone is nothing: it counts where a subsystem lets it in. */
    private void host(Given given) {
        String nqn = given.text("nqn").orElse("");
        if (given.has("dhchap_key")) {
            hostsWithKeys.add(nqn);
        }
        given.leaveRest();
    }

    private void subsystem(Given given) {
        Optional<String> nqn = given.text("nqn");
        if (nqn.isEmpty()) {
            given.leave("it has no nqn");
            return;
        }
        Draft subsystem = spec.map("subsystems", "$").map(nqn.get(), given.path() + ".nqn");
        for (Given host : given.items("allowed_hosts")) {
            if (hostsWithKeys.contains(host.text().orElse(""))) {
                host.leave("its key stands in there and in no file, and without it it is not let in");
            } else {
                subsystem.map("hosts", given.path()).map(host.text().orElse(""), host.path());
            }
        }
        given.take("attr").ifPresent(attributes -> attributes(attributes, subsystem));
        for (Given namespace : given.items("namespaces")) {
            namespace(namespace, subsystem);
        }
        given.leaveRest();
    }

    /** Its file or device becomes a bdev, named after the last part of the path. */
    private void namespace(Given given, Draft subsystem) {
        Optional<Given> device = given.take("device");
        Optional<String> path = device.flatMap(d -> d.text("path"));
        if (path.isEmpty() || !given.text("enable").orElse("1").equals("1")) {
            given.leave(path.isEmpty() ? "it has no device" : "it is switched off");
            return;
        }
        String from = given.path() + ".device.path";
        String bdev = bdevName(path.get());
        spec.map("bdevs", "$").map(bdev, from).disk(path.get(), from);
        Draft namespace =
                subsystem.map("namespaces", given.path()).map(given.text("nsid").orElse(""), given.path());
        namespace.put("bdev", bdev, from);
        Optional<String> group = given.peek("ana_grpid");
        move(given, "ana_grpid", namespace, "ana_group");
        given.take("ana").ifPresent(ana -> {
            if (group.isEmpty()) {
                move(ana, "grpid", namespace, "ana_group");
            }
            ana.without("grpid", group.orElse("")).leaveRest();
        });
        device.ifPresent(d -> {
            d.without("uuid", NO_UUID).without("nguid", NO_UUID);
            if (d.rest().contains("uuid")) {
                move(d, "uuid", namespace, "uuid");
            }
            if (d.rest().contains("nguid")) {
                d.text("nguid").ifPresent(id -> namespace.put("nguid", id.replace("-", ""), d.path() + ".nguid"));
            }
            d.leaveRest();
        });
        given.without("buffered_io", "0").leaveRest();
    }

    /** Another number where the name is taken. */
    private String bdevName(String path) {
        String last = path.substring(path.lastIndexOf('/') + 1).replaceAll("[^A-Za-z0-9._:-]", "-");
        String name = last.isEmpty() || !Character.isLetterOrDigit(last.charAt(0)) ? "disk" + last : last;
        String free = name;
        for (int n = 2; spec.map("bdevs", "$").has(free); n++) {
            free = name + "-" + n;
        }
        return free;
    }

    private static void attributes(Given given, Draft subsystem) {
        given.text("allow_any_host")
                .ifPresent(any -> subsystem.put("allow_any_host", flag(any), given.path() + ".allow_any_host"));
        move(given, "serial", subsystem, "serial_number");
        move(given, "model", subsystem, "model_number");
        move(given, "cntlid_min", subsystem, "min_cntlid");
        move(given, "cntlid_max", subsystem, "max_cntlid");
        given.without("pi_enable", "0");
        given.leaveRest();
    }

    private static String flag(String text) {
        return switch (text) {
            case "1" -> "true";
            case "0" -> "false";
            default -> text;
        };
    }

    private static void move(Given given, String key, Draft draft, String to) {
        given.text(key).ifPresent(value -> draft.put(to, value, given.path() + "." + key));
    }

    private void port(Given given) {
        Optional<Given> address = given.take("addr");
        String type = address.flatMap(a -> a.text("trtype")).orElse("").toLowerCase(Locale.ROOT);
        if (!type.equals("tcp") && !type.equals("rdma")) {
            given.leave("ports of type " + (type.isEmpty() ? "nothing" : type) + " are not offered");
            return;
        }
        if (address.flatMap(a -> a.peek("treq")).equals(Optional.of("required"))) {
            given.leave("secure channels are not offered by this version, and without one it is not opened");
            return;
        }
        Draft transport = spec.map("transports", "$").map(type, given.path());
        given.take("param").ifPresent(parameters -> parameters(parameters, transport, type));
        List<Given> groups = given.items("ana_groups");
        List<Given> subsystems = given.items("subsystems");
        if (subsystems.isEmpty()) {
            given.leave("no subsystem is on this port");
        }
        for (Given name : subsystems) {
            Optional<Draft> subsystem =
                    spec.get("subsystems").flatMap(all -> name.text().flatMap(all::get));
            if (subsystem.isEmpty()) {
                name.leave("there is no such subsystem");
            } else {
                Draft listener = subsystem.get().item("listeners", given.path());
                address.ifPresent(a -> address(a, listener));
                groups.forEach(group -> anaGroup(group, listener));
            }
        }
        for (Given referral : given.items("referrals")) {
            referral(referral);
        }
        given.leaveRest();
    }

    /** Options of a port there, and of all connections of a transport here: those of the first port count. */
    private static void parameters(Given given, Draft transport, String type) {
        option(given, "inline_data_size", transport, "in_capsule_data_size", type);
        option(given, "max_queue_size", transport, "max_queue_depth", type);
        given.without("pi_enable", "0");
        given.leaveRest();
    }

    private static void option(Given given, String key, Draft transport, String to, String type) {
        given.without(key, "-1");
        if (!given.rest().contains(key)) {
            return;
        }
        String value = given.text(key).orElse("");
        Optional<String> before = transport.get(to).flatMap(Draft::text);
        if (before.isEmpty()) {
            transport.put(to, value, given.path() + "." + key);
        } else if (!before.get().equals(value)) {
            given.take(key)
                    .ifPresent(option -> option.leave("another port of " + type + " says " + before.get() + ", and "
                            + to + " is one for the whole transport"));
        }
    }

    private static void address(Given given, Draft to) {
        move(given, "trtype", to, "trtype");
        move(given, "traddr", to, "traddr");
        move(given, "trsvcid", to, "trsvcid");
        move(given, "adrfam", to, "adrfam");
        given.without("treq", "not specified").without("tsas", "none");
        given.leaveRest();
    }

    private static void anaGroup(Given given, Draft listener) {
        String state = given.take("ana")
                .flatMap(ana -> ana.text("state"))
                .orElse(AnaState.OPTIMIZED.key())
                .replace('-', '_');
        Optional<String> group = given.text("grpid");
        listener.map("ana_state", given.path()).put(group.orElse(""), state, given.path() + ".ana.state");
        given.leaveRest();
    }

    private void referral(Given given) {
        if (!given.text("enable").orElse("1").equals("1")) {
            given.leave("it is switched off");
            return;
        }
        Draft referral = spec.map("discovery", given.path()).item("referrals", given.path());
        given.take("addr").ifPresent(address -> address(address, referral));
        given.leaveRest();
    }
}
