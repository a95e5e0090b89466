package org.nvmftarget.control.config;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import org.nvmftarget.model.BdevSpec;
import org.nvmftarget.model.Identity;
import org.nvmftarget.model.NamespaceSpec;
import org.nvmftarget.model.Nqn;
import org.nvmftarget.model.Nsid;
import org.nvmftarget.model.ObjectRef;

/** Binds the {@code namespaces:} of all subsystems, and holds what must be unique among them. */
final class NamespacesBinder {

    private static final long MAX_NSID = 0xFFFF_FFFEL;

    private final Bdevs bdevs;
    private final Declarations declarations;
    private final Problems problems;
    private final Identities uuids;
    private final Identities nguids;
    private final Identities eui64s;
    private final Map<String, Value> bdevUsers = new HashMap<>();

    NamespacesBinder(Bdevs bdevs, Declarations declarations, Problems problems) {
        this.bdevs = bdevs;
        this.declarations = declarations;
        this.problems = problems;
        this.uuids = new Identities("uuid", problems);
        this.nguids = new Identities("nguid", problems);
        this.eui64s = new Identities("eui64", problems);
    }

    /**
     * @param maxNamespaces of the subsystem; empty if it is wrong
     * @param access who may connect to the subsystem
     */
    SortedMap<Nsid, NamespaceSpec> bind(
            Optional<Nqn> nqn,
            Optional<Value> section,
            Optional<Integer> maxNamespaces,
            SubsystemsBinder.Access access) {
        SortedMap<Nsid, NamespaceSpec> namespaces = new TreeMap<>();
        for (Value.Named entry : section.flatMap(Value::named).orElse(List.of())) {
            Optional<Nsid> nsid = nsid(entry, maxNamespaces);
            if (nqn.isPresent() && nsid.isPresent()) {
                declarations.add(
                        new ObjectRef.Namespace(nqn.get(), nsid.get()),
                        entry.key().place());
            }
            entry.value()
                    .fields(Section.NAMESPACE)
                    .flatMap(f -> namespace(nqn, nsid, entry.value(), f, access))
                    .ifPresent(namespace -> namespaces.put(namespace.nsid(), namespace));
        }
        return namespaces;
    }

    private Optional<Nsid> nsid(Value.Named entry, Optional<Integer> maxNamespaces) {
        String text = entry.key().text();
        Place place = entry.key().place();
        SpecPath path = entry.value().path();
        if (!Numbers.isWhole(text)) {
            problems.add(
                    place,
                    path,
                    Wording.quoted(text) + " is not an nsid: a whole number in decimal",
                    Numbers.hint(text));
            return Optional.empty();
        }
        long number = Numbers.value(text);
        if (number == 0 || number > MAX_NSID) {
            problems.add(place, path, "nsid " + Wording.shown(text) + " is not in 1 to " + MAX_NSID);
            return Optional.empty();
        }
        if (maxNamespaces.isPresent() && number > maxNamespaces.get()) {
            problems.add(
                    place,
                    path,
                    "nsid " + text + " is more than max_namespaces, which is " + maxNamespaces.get(),
                    number > SubsystemsBinder.MAX_NAMESPACES
                            ? "the most that max_namespaces can be is " + SubsystemsBinder.MAX_NAMESPACES
                            : "set max_namespaces to " + text + " or more");
        }
        return Optional.of(new Nsid((int) number));
    }

    private Optional<NamespaceSpec> namespace(
            Optional<Nqn> nqn, Optional<Nsid> nsid, Value owner, Fields f, SubsystemsBinder.Access access) {
        Optional<String> bdevName = f.require("bdev").flatMap(v -> bdevName(v, owner, nsid));
        Optional<UUID> declared = f.get("uuid")
                .flatMap(v -> IdentityValues.uuid(v)
                        .filter(uuid -> uuids.claim(uuid.toString(), owner.path(), v.path(), v.place())));
        Optional<String> nguid = f.get("nguid").flatMap(v -> digits(v, owner, "an NGUID", 32, nguids));
        Optional<String> eui64 = f.get("eui64").flatMap(v -> digits(v, owner, "an EUI-64", 16, eui64s));
        if (declared.isPresent() && !f.has("nguid")) {
            f.get("uuid")
                    .ifPresent(v -> nguids.claim(Identity.nguid(declared.get()), owner.path(), v.path(), v.place()));
        }
        int anaGroup = f.integer("ana_group", NamespaceSpec.DEFAULT_ANA_GROUP, 1, NamespaceSpec.MAX_ANA_GROUP);
        Optional<SortedSet<Nqn>> hosts = hosts(f.get("hosts"), access);
        BdevSpec bdev = bdevName.map(name -> bdevs.specs().get(name)).orElse(null);
        if (nqn.isEmpty() || nsid.isEmpty() || bdev == null) {
            return Optional.empty();
        }
        UUID uuid = declared.orElseGet(() -> Identity.namespaceUuid(nqn.get(), nsid.get(), bdev.uuid()));
        return Optional.of(new NamespaceSpec(
                nsid.get(), bdev.name(), uuid, nguid.orElseGet(() -> Identity.nguid(uuid)), eui64, anaGroup, hosts));
    }

    /** A host that cannot connect cannot see the namespace either: nobody means that. */
    private Optional<SortedSet<Nqn>> hosts(Optional<Value> map, SubsystemsBinder.Access access) {
        return map.map(value -> {
            SortedSet<Nqn> hosts = new TreeSet<>();
            HostsBinder.bind(map, Section.NAMESPACE_HOST).forEach((host, entry) -> {
                Node.Scalar key = entry.key();
                hosts.add(host);
                if (access.shutsOut(host)) {
                    problems.add(
                            key.place(),
                            value.path().key(key.text()),
                            "the subsystem does not let this host in",
                            problems.didYouMean(
                                            host.value(),
                                            access.hosts().stream()
                                                    .map(Nqn::value)
                                                    .toList())
                                    .or(() -> Optional.of("list it under the `hosts` of the subsystem, too")));
                }
            });
            return hosts;
        });
    }

    private static Optional<String> digits(Value value, Value owner, String kind, int digits, Identities taken) {
        return IdentityValues.digits(value, kind, digits)
                .filter(text -> taken.claim(text, owner.path(), value.path(), value.place()));
    }

    private Optional<String> bdevName(Value value, Value owner, Optional<Nsid> nsid) {
        return value.text("the name of a bdev").filter(name -> {
            if (!bdevs.names().contains(name)) {
                if (bdevs.complete()) {
                    value.problem("there is no bdev " + Wording.quoted(name), missingHint(name));
                }
                return false;
            }
            Value wrapper = bdevs.madeOf().get(name);
            if (wrapper != null) {
                value.problem(
                        "bdev " + Wording.quoted(name) + " is the base of " + wrapper.path() + " (" + wrapper.owner()
                                + "): a bdev has one user",
                        "use the bdev that is made of it");
                return false;
            }
            Value user = nsid.isPresent() ? bdevUsers.putIfAbsent(name, owner) : null;
            if (user != null) {
                value.problem("bdev " + Wording.quoted(name) + " belongs to " + user.path() + " already ("
                        + user.owner() + "): a bdev has one namespace");
                return false;
            }
            return true;
        });
    }

    private Optional<String> missingHint(String name) {
        return problems.didYouMean(name, bdevs.names())
                .or(() -> Optional.of(
                        bdevs.names().isEmpty()
                                ? "declare it under `bdevs`"
                                : "declare it under `bdevs`, or use one of these"));
    }
}
