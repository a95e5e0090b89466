package org.nvmftarget.control.config;

import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.nvmftarget.model.HostKeys;
import org.nvmftarget.model.Nqn;
import org.nvmftarget.model.ObjectRef;
import org.nvmftarget.model.SubsystemSpec;

/** Binds {@code subsystems:}. */
final class SubsystemsBinder {

    static final int MAX_NAMESPACES = 65536;
    private static final String DEFAULT_MODEL_NUMBER = "nvmf-target";

    private final Declarations declarations;
    private final Problems problems;
    private final NamespacesBinder namespaces;
    private final ListenersBinder listeners;

    SubsystemsBinder(ListenersBinder listeners, Bdevs bdevs, Declarations declarations, Problems problems) {
        this.declarations = declarations;
        this.problems = problems;
        this.namespaces = new NamespacesBinder(bdevs, declarations, problems);
        this.listeners = listeners;
    }

    SortedMap<Nqn, SubsystemSpec> bind(Optional<Value> section) {
        SortedMap<Nqn, SubsystemSpec> specs = new TreeMap<>();
        for (Value.Named entry : section.flatMap(Value::named).orElse(List.of())) {
            Optional<Nqn> nqn = nqn(entry);
            nqn.ifPresent(n ->
                    declarations.add(new ObjectRef.Subsystem(n), entry.key().place()));
            entry.value().fields(Section.SUBSYSTEM).ifPresent(f -> {
                // An invalid name stands in for the rest, so that the rest is checked; no state comes of it.
                SubsystemSpec spec = subsystem(nqn, f);
                nqn.ifPresent(n -> specs.put(n, spec));
            });
        }
        return specs;
    }

    private Optional<Nqn> nqn(Value.Named entry) {
        String text = entry.key().text();
        Optional<Nqn> nqn = HostsBinder.nqn(entry);
        if (nqn.isPresent() && text.equals(Nqn.DISCOVERY.value())) {
            problems.add(
                    entry.key().place(),
                    entry.value().path(),
                    "this NQN is the discovery subsystem's, which is there by itself on each listener");
            return Optional.empty();
        }
        return nqn;
    }

    private SubsystemSpec subsystem(Optional<Nqn> nqn, Fields f) {
        Nqn name = nqn.orElse(Nqn.DISCOVERY);
        Optional<Integer> maxNamespaces =
                f.integerOrWrong("max_namespaces", SubsystemSpec.DEFAULT_MAX_NAMESPACES, 1, MAX_NAMESPACES);
        Cntlids cntlids = cntlids(f);
        Access access = access(nqn, f);
        return new SubsystemSpec(
                name,
                f.get("serial_number")
                        .flatMap(v -> IdentityValues.ascii(v, 20))
                        .orElseGet(() -> IdentityValues.serialNumber(name)),
                f.get("model_number").flatMap(v -> IdentityValues.ascii(v, 40)).orElse(DEFAULT_MODEL_NUMBER),
                maxNamespaces.orElse(SubsystemSpec.DEFAULT_MAX_NAMESPACES),
                cntlids.least(),
                cntlids.most(),
                access.anyHost().orElse(false),
                access.hosts(),
                access.keys(),
                namespaces.bind(nqn, f.get("namespaces"), maxNamespaces, access),
                listeners.bind(nqn, f.get("listeners")),
                f.flag("protect", false));
    }

    private record Cntlids(int least, int most) {}

    private static Cntlids cntlids(Fields f) {
        int lowest = SubsystemSpec.MIN_CNTLID;
        int highest = SubsystemSpec.MAX_CNTLID;
        Optional<Integer> least = f.integerOrWrong("min_cntlid", lowest, lowest, highest);
        Optional<Integer> most = f.integerOrWrong("max_cntlid", highest, lowest, highest);
        if (least.isPresent() && most.isPresent() && least.get() > most.get()) {
            f.get("min_cntlid")
                    .ifPresent(v -> v.problem(least.get() + " is more than max_cntlid, which is " + most.get()));
        }
        return new Cntlids(least.orElse(lowest), most.orElse(highest));
    }

    /**
     * Who may connect.
     *
     * @param anyHost {@code allow_any_host}; empty if it is wrong
     * @param keys of hosts that must authenticate
     */
    record Access(Optional<Boolean> anyHost, SortedSet<Nqn> hosts, SortedMap<Nqn, HostKeys> keys) {
        /** Whether a host is known to be shut out. */
        boolean shutsOut(Nqn host) {
            return anyHost.isPresent() && !anyHost.get() && !hosts.contains(host);
        }
    }

    private Access access(Optional<Nqn> nqn, Fields f) {
        Optional<Value> any = f.get("allow_any_host");
        SortedSet<Nqn> hosts = new TreeSet<>();
        SortedMap<Nqn, HostKeys> keys = new TreeMap<>();
        HostsBinder.bind(f.get("hosts"), Section.HOST).forEach((host, entry) -> {
            hosts.add(host);
            KeysBinder.bind(entry.settings()).ifPresent(declared -> keys.put(host, declared));
            nqn.ifPresent(n -> {
                declarations.add(new ObjectRef.Host(n, host), entry.key().place());
                entry.settings()
                        .get("dhchap_key")
                        .ifPresent(v -> declarations.add(new ObjectRef.HostKeys(n, host), v.owner()));
            });
        });
        return new Access(any.isEmpty() ? Optional.of(false) : any.get().flag(), hosts, keys);
    }
}
