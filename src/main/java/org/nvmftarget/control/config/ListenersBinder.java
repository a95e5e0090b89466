package org.nvmftarget.control.config;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.nvmftarget.model.ListenerSpec;
import org.nvmftarget.model.Nqn;
import org.nvmftarget.model.ObjectRef;
import org.nvmftarget.model.TransportAddress;

/** Binds the {@code listeners:} of all subsystems, and those of {@code discovery:}. */
final class ListenersBinder {

    private final AddressBinder binder;
    private final Declarations declarations;
    private final SharedAddresses addresses;

    ListenersBinder(AddressBinder binder, Declarations declarations, SharedAddresses addresses) {
        this.binder = binder;
        this.declarations = declarations;
        this.addresses = addresses;
    }

    /** Of a subsystem; its name is empty if it is wrong. */
    SortedMap<TransportAddress, ListenerSpec> bind(Optional<Nqn> nqn, Optional<Value> list) {
        SortedMap<TransportAddress, ListenerSpec> listeners = new TreeMap<>();
        read(nqn, list, Section.LISTENER, "this subsystem")
                .forEach((address, fields) -> listeners.put(address, AnaStates.bind(address, fields.get("ana_state"))));
        return listeners;
    }

    /** Of the discovery subsystem. */
    SortedMap<TransportAddress, Fields> bindDiscovery(Optional<Value> list) {
        return read(Optional.of(Nqn.DISCOVERY), list, Section.DISCOVERY_LISTENER, "the discovery subsystem");
    }

    private SortedMap<TransportAddress, Fields> read(
            Optional<Nqn> nqn, Optional<Value> list, Section section, String whose) {
        SortedMap<TransportAddress, Fields> listeners = new TreeMap<>();
        Map<TransportAddress, Value> seen = new HashMap<>();
        for (Value item : list.flatMap(Value::items).orElse(List.of())) {
            Optional<Fields> fields = item.fields(section);
            fields.flatMap(binder::ofListener).ifPresent(address -> {
                Value earlier = seen.putIfAbsent(address, item);
                if (earlier != null) {
                    item.problem(address + " is a listener of " + whose + " already: " + earlier.path() + " ("
                            + earlier.owner() + ")");
                    return;
                }
                listeners.put(address, fields.get());
                // What a listener says besides its address, the ANA states, may differ between subsystems.
                addresses.use(address, Map.of(), item.place(), item.path());
                nqn.ifPresent(n -> declarations.add(new ObjectRef.Listener(n, address), item.place()));
            });
        }
        return listeners;
    }
}
