package org.nvmftarget.model;

import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The discovery subsystem, which is there by itself on each listener of each subsystem.
 *
 * @param listeners the addresses on which it is served besides those
 * @param referrals where hosts find more, each under its address
 */
public record DiscoverySpec(SortedSet<TransportAddress> listeners, SortedMap<TransportAddress, Referral> referrals) {

    /** With nothing of its own. */
    public static final DiscoverySpec NONE = new DiscoverySpec(new TreeSet<>(), new TreeMap<>());

    public DiscoverySpec {
        listeners = Sorted.copy(listeners);
        referrals = Sorted.copy(referrals);
    }

    public boolean isEmpty() {
        return listeners.isEmpty() && referrals.isEmpty();
    }
}
