package org.nvmftarget.control.config;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.nvmftarget.model.AddressFamily;
import org.nvmftarget.model.TransportAddress;
import org.nvmftarget.model.TransportType;

/**
 * The listener addresses of all subsystems, the discovery subsystem among them. An address is one object, however many subsystems share it: its settings
 * are the same on all of them, and a wildcard has its port to itself, because the kernel would give the second of the
 * two an error for ever.
 */
final class SharedAddresses {

    private record Use(Place place, SpecPath path, Map<String, String> settings) {
        @Override
        public String toString() {
            return path + " (" + place + ")";
        }
    }

    private record Port(TransportType trtype, AddressFamily adrfam, int trsvcid) {
        static Port of(TransportAddress address) {
            return new Port(address.trtype(), address.adrfam(), address.trsvcid());
        }
    }

    private final Problems problems;
    private final Map<TransportAddress, Use> uses = new LinkedHashMap<>();
    private final Map<Port, Use> wildcards = new HashMap<>();

    SharedAddresses(Problems problems) {
        this.problems = problems;
    }

    /** @param settings what the listener declares besides its address, in canonical text */
    void use(TransportAddress address, Map<String, String> settings, Place place, SpecPath path) {
        Use use = new Use(place, path, settings);
        Use earlier = uses.putIfAbsent(address, use);
        if (earlier == null && address.isWildcard()) {
            wildcards.put(Port.of(address), use);
        }
        if (earlier != null && !earlier.settings().equals(settings)) {
            problems.add(
                    place,
                    path,
                    "address " + address + " has other settings at " + earlier,
                    "subsystems share an address with the same settings, or have one each");
        }
    }

    /** Where an address is used first, in words. */
    Optional<String> find(TransportAddress address) {
        return Optional.ofNullable(uses.get(address)).map(Use::toString);
    }

    /** Reports the addresses that a wildcard covers; to be called once, after the last {@code use}. */
    void reportCovered() {
        uses.forEach((address, use) -> Optional.ofNullable(wildcards.get(Port.of(address)))
                .filter(wildcard -> !address.isWildcard())
                .ifPresent(wildcard -> problems.add(
                        use.place(),
                        use.path(),
                        "address " + address + " is covered by the wildcard at " + wildcard,
                        "keep one of the two, or give one another trsvcid")));
    }
}
