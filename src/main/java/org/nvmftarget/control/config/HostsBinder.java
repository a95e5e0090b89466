package org.nvmftarget.control.config;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.nvmftarget.model.Nqn;

/** Binds maps whose keys are the NQNs of hosts. */
final class HostsBinder {
    private HostsBinder() {}

    /** @param settings what stands below it */
    record Host(Node.Scalar key, Fields settings) {}

    /** The hosts that are right. */
    static Map<Nqn, Host> bind(Optional<Value> map, Section section) {
        Map<Nqn, Host> hosts = new LinkedHashMap<>();
        for (Value.Named entry : map.flatMap(Value::named).orElse(List.of())) {
            Optional<Nqn> host = nqn(entry);
            Optional<Fields> settings = entry.value().fields(section);
            if (host.isPresent() && settings.isPresent()) {
                hosts.put(host.get(), new Host(entry.key(), settings.get()));
            }
        }
        return hosts;
    }

    /** A key that is an NQN. */
    static Optional<Nqn> nqn(Value.Named entry) {
        Optional<String> fault = Nqn.fault(entry.key().text());
        fault.ifPresent(message ->
                entry.value().problems().add(entry.key().place(), entry.value().path(), Wording.shown(message)));
        return fault.isEmpty() ? Optional.of(new Nqn(entry.key().text())) : Optional.empty();
    }
}
