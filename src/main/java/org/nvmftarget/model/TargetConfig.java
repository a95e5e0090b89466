package org.nvmftarget.model;

import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a target is: the part of a spec that is compared with the live target, object by object. The same type holds
 * what is declared and what is live, so one Differ serves plan, drift check and verification.
 */
public record TargetConfig(
        SortedMap<TransportType, TransportOptions> transports,
        SortedMap<String, BdevSpec> bdevs,
        SortedMap<Nqn, SubsystemSpec> subsystems,
        DiscoverySpec discovery) {

    /** A target with nothing in it. */
    public static final TargetConfig EMPTY = new TargetConfig(new TreeMap<>(), new TreeMap<>(), new TreeMap<>());

    public TargetConfig {
        transports = Sorted.copy(transports);
        bdevs = Sorted.copy(bdevs);
        subsystems = Sorted.copy(subsystems);
    }

    /** With nothing of its own in the discovery subsystem. */
    public TargetConfig(
            SortedMap<TransportType, TransportOptions> transports,
            SortedMap<String, BdevSpec> bdevs,
            SortedMap<Nqn, SubsystemSpec> subsystems) {
        this(transports, bdevs, subsystems, DiscoverySpec.NONE);
    }

    public boolean isEmpty() {
        return transports.isEmpty() && bdevs.isEmpty() && subsystems.isEmpty() && discovery.isEmpty();
    }
}
