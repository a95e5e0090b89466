package org.nvmftarget.control.plan;

import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.nvmftarget.model.AnaState;
import org.nvmftarget.model.ListenerSpec;
import org.nvmftarget.model.NamespaceSpec;
import org.nvmftarget.model.SubsystemSpec;
import org.nvmftarget.model.TransportAddress;

/**
 * What becomes of the listeners of one subsystem. ANA states change in two turns: for a while each group has the better
 * one of its two states, so that a host never finds fewer ways than it has before or after.
 *
 * @param improved the first turn: those for which some group gets a better state, with the others as they were
 * @param worsened the second turn: those for which some group gets a worse state, as they are to be
 */
record ListenerDelta(
        List<TransportAddress> removed,
        List<ListenerSpec> added,
        List<ListenerSpec> improved,
        List<ListenerSpec> worsened) {

    /**
     * @param was live
     * @param kept whether {@code was} becomes {@code end}, or all of it goes first
     */
    static ListenerDelta of(SubsystemSpec was, boolean kept, SubsystemSpec end) {
        SortedMap<TransportAddress, ListenerSpec> before = kept ? was.listeners() : new TreeMap<>();
        List<ListenerSpec> added = new ArrayList<>();
        List<ListenerSpec> improved = new ArrayList<>();
        List<ListenerSpec> worsened = new ArrayList<>();
        for (ListenerSpec after : end.listeners().values()) {
            ListenerSpec now = before.get(after.address());
            if (now == null) {
                added.add(after);
                continue;
            }
            if (now.equals(after)) {
                continue;
            }
            ListenerSpec between = better(now, after);
            if (!between.equals(now)) {
                improved.add(between);
            }
            if (!between.equals(after)) {
                worsened.add(after);
            }
        }
        List<TransportAddress> removed = was.listeners().keySet().stream()
                .filter(address -> !kept || !end.listeners().containsKey(address))
                .toList();
        return new ListenerDelta(removed, added, improved, worsened);
    }

    private static ListenerSpec better(ListenerSpec a, ListenerSpec b) {
        SortedMap<Integer, AnaState> states = new TreeMap<>();
        for (int group = 1; group <= NamespaceSpec.MAX_ANA_GROUP; group++) {
            states.put(group, better(a.anaState(group), b.anaState(group)));
        }
        return new ListenerSpec(a.address(), AnaState.OPTIMIZED, states);
    }

    private static AnaState better(AnaState a, AnaState b) {
        return a.compareTo(b) <= 0 ? a : b;
    }

    boolean isEmpty() {
        return removed.isEmpty() && added.isEmpty() && improved.isEmpty() && worsened.isEmpty();
    }

    /** How many have other ANA states in the end. */
    int altered() {
        return (int) Stream.concat(improved.stream(), worsened.stream())
                .map(ListenerSpec::address)
                .distinct()
                .count();
    }
}
