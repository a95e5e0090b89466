package org.nvmftarget.model;

import java.util.EnumSet;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A listener of a subsystem: where it is, and in which state each ANA group is for hosts that come in through it. Two that
 * say the same of every group are equal.
 *
 * @param anaState of every group that {@code anaStates} does not name; optimized if it names any
 * @param anaStates the exceptions, by group; one that is no exception is left out
 */
public record ListenerSpec(TransportAddress address, AnaState anaState, SortedMap<Integer, AnaState> anaStates) {

    public ListenerSpec {
        anaStates.keySet().forEach(NamespaceSpec::checkAnaGroup);
        if (anaStates.isEmpty()) {
            // Nearly every listener, of which a large target has thousands.
            anaStates = Sorted.copy(anaStates);
        } else {
            SortedMap<Integer, AnaState> all = new TreeMap<>();
            for (int group = 1; group <= NamespaceSpec.MAX_ANA_GROUP; group++) {
                all.put(group, anaStates.getOrDefault(group, anaState));
            }
            Set<AnaState> states = EnumSet.copyOf(all.values());
            AnaState usual = states.size() == 1 ? states.iterator().next() : AnaState.OPTIMIZED;
            all.values().removeIf(state -> state == usual);
            anaState = usual;
            anaStates = Sorted.copy(all);
        }
    }

    /** Every group is optimized. */
    public static ListenerSpec of(TransportAddress address) {
        return of(address, AnaState.OPTIMIZED);
    }

    /** Every group is in one state. */
    public static ListenerSpec of(TransportAddress address, AnaState anaState) {
        return new ListenerSpec(address, anaState, new TreeMap<>());
    }

    /** The state of a group, 1 to {@link NamespaceSpec#MAX_ANA_GROUP}. */
    public AnaState anaState(int group) {
        return anaStates.getOrDefault(group, anaState);
    }
}
