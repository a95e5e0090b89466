package org.nvmftarget.model;

import java.util.Collections;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;

/**
 * An NVM subsystem: declared (defaults filled in) or live.
 *
 * @param serialNumber at most 20 ASCII characters
 * @param modelNumber at most 40 ASCII characters
 * @param maxNamespaces highest namespace identifier and count
 * @param minCntlid lowest controller identifier, 1 to 0xFFEF
 * @param maxCntlid highest controller identifier
 * @param hostKeys of those of {@code hosts} that must authenticate, even where any host is allowed
 * @param listeners each under its address
 * @param protect a candidate that would remove this subsystem, or a host's access to it, is refused. Part of the
 *     accepted spec alone: the target itself does not know it, and a live subsystem has {@code false}
 */
public record SubsystemSpec(
        Nqn nqn,
        String serialNumber,
        String modelNumber,
        int maxNamespaces,
        int minCntlid,
        int maxCntlid,
        boolean allowAnyHost,
        SortedSet<Nqn> hosts,
        SortedMap<Nqn, HostKeys> hostKeys,
        SortedMap<Nsid, NamespaceSpec> namespaces,
        SortedMap<TransportAddress, ListenerSpec> listeners,
        boolean protect) {

    public static final int DEFAULT_MAX_NAMESPACES = 32;
    public static final int MIN_CNTLID = 1;
    public static final int MAX_CNTLID = 0xFFEF;

    /** WZSL of each controller: Write Zeroes is quick up to 2 to this power times 4 KiB, so 256 MiB. */
    public static final int WZSL = 16;

    /** DMRSL of each controller: ranges of Dataset Management are of any length. */
    public static final int DMRSL = 0;

    public SubsystemSpec {
        hosts = Sorted.copy(hosts);
        hostKeys = Sorted.copy(hostKeys);
        namespaces = Sorted.copy(namespaces);
        listeners = Sorted.copy(listeners);
    }

    /** Where no host authenticates. */
    public SubsystemSpec(
            Nqn nqn,
            String serialNumber,
            String modelNumber,
            int maxNamespaces,
            int minCntlid,
            int maxCntlid,
            boolean allowAnyHost,
            SortedSet<Nqn> hosts,
            SortedMap<Nsid, NamespaceSpec> namespaces,
            SortedMap<TransportAddress, ListenerSpec> listeners,
            boolean protect) {
        this(
                nqn,
                serialNumber,
                modelNumber,
                maxNamespaces,
                minCntlid,
                maxCntlid,
                allowAnyHost,
                hosts,
                Collections.emptySortedMap(),
                namespaces,
                listeners,
                protect);
    }

    /** With other rules for who may connect. */
    public SubsystemSpec withHosts(boolean any, SortedSet<Nqn> listed, SortedMap<Nqn, HostKeys> keys) {
        return new SubsystemSpec(
                nqn,
                serialNumber,
                modelNumber,
                maxNamespaces,
                minCntlid,
                maxCntlid,
                any,
                listed,
                keys,
                namespaces,
                listeners,
                protect);
    }

    /** How {@code host} authenticates; empty if it need not. */
    public Optional<HostKeys> keysOf(Nqn host) {
        return Optional.ofNullable(hostKeys.get(host));
    }
}
