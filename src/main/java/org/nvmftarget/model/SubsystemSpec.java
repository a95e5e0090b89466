package org.nvmftarget.model;

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
        SortedMap<Nsid, NamespaceSpec> namespaces,
        SortedMap<TransportAddress, ListenerSpec> listeners,
        boolean protect) {

    public static final int DEFAULT_MAX_NAMESPACES = 32;
    public static final int MIN_CNTLID = 1;
    public static final int MAX_CNTLID = 0xFFEF;

    public SubsystemSpec {
        hosts = Sorted.copy(hosts);
        namespaces = Sorted.copy(namespaces);
        listeners = Sorted.copy(listeners);
    }
}
