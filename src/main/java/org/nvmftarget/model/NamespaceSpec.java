package org.nvmftarget.model;

import java.util.Optional;
import java.util.SortedSet;
import java.util.UUID;

/**
 * A namespace of a subsystem, its identity resolved.
 *
 * @param bdev name of the block device behind it
 * @param uuid declared, or derived by {@link Identity}
 * @param nguid 32 hexadecimal digits in upper case; declared, or derived from {@code uuid}
 * @param eui64 16 hexadecimal digits in upper case, if declared
 * @param anaGroup the ANA group that it belongs to, 1 to {@link #MAX_ANA_GROUP}
 * @param hosts who sees it; absent: every host of the subsystem
 */
public record NamespaceSpec(
        Nsid nsid,
        String bdev,
        UUID uuid,
        String nguid,
        Optional<String> eui64,
        int anaGroup,
        Optional<SortedSet<Nqn>> hosts) {

    public static final int DEFAULT_ANA_GROUP = 1;

    /** The highest identifier of an ANA group, and so their number: ANAGRPMAX and NANAGRPID. */
    public static final int MAX_ANA_GROUP = 128;

    public NamespaceSpec {
        checkAnaGroup(anaGroup);
        hosts = hosts.map(Sorted::copy);
    }

    /** In the default ANA group, and seen by every host of the subsystem. */
    public NamespaceSpec(Nsid nsid, String bdev, UUID uuid, String nguid, Optional<String> eui64) {
        this(nsid, bdev, uuid, nguid, eui64, DEFAULT_ANA_GROUP, Optional.empty());
    }

    /** The same namespace in another group. */
    public NamespaceSpec withAnaGroup(int newAnaGroup) {
        return new NamespaceSpec(nsid, bdev, uuid, nguid, eui64, newAnaGroup, hosts);
    }

    /** The same namespace for other hosts. */
    public NamespaceSpec withHosts(Optional<SortedSet<Nqn>> newHosts) {
        return new NamespaceSpec(nsid, bdev, uuid, nguid, eui64, anaGroup, newHosts);
    }

    /** Whether a host that the subsystem lets in sees the namespace. */
    public boolean isVisibleTo(Nqn host) {
        return hosts.isEmpty() || hosts.get().contains(host);
    }

    static void checkAnaGroup(int group) {
        if (group < 1 || group > MAX_ANA_GROUP) {
            throw new IllegalArgumentException("ANA group " + group + " is not in 1.." + MAX_ANA_GROUP);
        }
    }
}
