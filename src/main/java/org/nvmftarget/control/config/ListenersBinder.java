package org.nvmftarget.control.config;

import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.nvmftarget.model.AddressFamily;
import org.nvmftarget.model.ListenerSpec;
import org.nvmftarget.model.Nqn;
import org.nvmftarget.model.ObjectRef;
import org.nvmftarget.model.TransportAddress;
import org.nvmftarget.model.TransportType;

/** Binds the {@code listeners:} of all subsystems. */
final class ListenersBinder {

    private static final List<String> TYPES = List.of("rdma", "tcp");
    private static final List<String> FAMILIES = List.of("ipv4", "ipv6", "IPv4", "IPv6");

    private final Transports transports;
    private final Declarations declarations;
    private final SharedAddresses addresses;

    ListenersBinder(Transports transports, Declarations declarations, Problems problems) {
        this.transports = transports;
        this.declarations = declarations;
        this.addresses = new SharedAddresses(problems);
    }

    SortedMap<TransportAddress, ListenerSpec> bind(Optional<Nqn> nqn, Optional<Value> section) {
        Map<TransportAddress, Value> seen = new HashMap<>();
        for (Value item : section.flatMap(Value::items).orElse(List.of())) {
            item.fields(Section.LISTENER).flatMap(this::address).ifPresent(address -> {
                Value earlier = seen.putIfAbsent(address, item);
                if (earlier != null) {
                    item.problem(address + " is a listener of this subsystem already: " + earlier.path() + " ("
                            + earlier.owner() + ")");
                    return;
                }
                // A listener has no settings besides its address yet.
                addresses.use(address, Map.of(), item.place(), item.path());
                nqn.ifPresent(n -> declarations.add(new ObjectRef.Listener(n, address), item.place()));
            });
        }
        SortedMap<TransportAddress, ListenerSpec> listeners = new TreeMap<>();
        seen.keySet().forEach(address -> listeners.put(address, ListenerSpec.of(address)));
        return listeners;
    }

    /** To be called once, after the last subsystem. */
    void finish() {
        addresses.reportCovered();
    }

    private Optional<TransportAddress> address(Fields f) {
        Optional<TransportType> trtype = f.require("trtype").flatMap(this::trtype);
        Optional<IpAddress> traddr = f.require("traddr").flatMap(ListenersBinder::traddr);
        Optional<Long> trsvcid = f.require("trsvcid").flatMap(v -> v.integer(1, 65535));
        f.get("adrfam").ifPresent(v -> checkFamily(v, traddr));
        if (trtype.isEmpty() || traddr.isEmpty() || trsvcid.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(new TransportAddress(
                trtype.get(),
                traddr.get().adrfam(),
                traddr.get().text(),
                trsvcid.get().intValue()));
    }

    private Optional<TransportType> trtype(Value value) {
        return value.choice(TYPES)
                .map(key -> TransportType.valueOf(key.toUpperCase(Locale.ROOT)))
                .filter(type -> {
                    boolean declared = transports.declared().contains(type);
                    if (!declared) {
                        value.problem(
                                "trtype " + type.key() + " is not declared under `transports`",
                                "add `" + type.key() + ":` to `transports`");
                    }
                    return declared;
                });
    }

    private static Optional<IpAddress> traddr(Value value) {
        return value.text("a numeric address").flatMap(text -> switch (IpAddress.parse(text)) {
            case IpAddress.Good good -> Optional.of(good.address());
            case IpAddress.Bad bad -> {
                value.problem(bad.message(), bad.hint());
                yield Optional.empty();
            }
        });
    }

    private static void checkFamily(Value value, Optional<IpAddress> traddr) {
        value.choice(FAMILIES).ifPresent(text -> {
            AddressFamily family = AddressFamily.valueOf(text.toUpperCase(Locale.ROOT));
            if (traddr.isPresent() && traddr.get().adrfam() != family) {
                value.problem(
                        text + " does not fit traddr, which is "
                                + traddr.get().adrfam().json(),
                        "leave it out: traddr tells");
            }
        });
    }
}
