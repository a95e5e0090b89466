package org.nvmftarget.data.target;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.NavigableSet;
import java.util.SortedMap;
import java.util.TreeSet;
import org.nvmftarget.data.nvme.AnaLog;
import org.nvmftarget.model.AnaState;
import org.nvmftarget.model.ListenerSpec;
import org.nvmftarget.model.TransportAddress;

/**
 * The ANA state of each group on each listener of a subsystem, and since which view a group is in the state change.
 * Immutable.
 */
final class AnaStates {

    /** Of a subsystem without listeners. */
    static final AnaStates NONE = new AnaStates(Map.of());

    /** {@code since} is 0 where the state is not {@link AnaState#CHANGE}; both are by group, and have no group 0. */
    private static final class OnListener {
        final AnaState[] states = new AnaState[AnaLog.MAX_GROUPS + 1];
        final long[] since = new long[AnaLog.MAX_GROUPS + 1];
    }

    private final Map<TransportAddress, OnListener> listeners;

    private AnaStates(Map<TransportAddress, OnListener> listeners) {
        this.listeners = listeners;
    }

    /** These states with those of {@code specs} in their place, from view {@code generation} on. */
    AnaStates next(SortedMap<TransportAddress, ListenerSpec> specs, long generation) {
        Map<TransportAddress, OnListener> map = new HashMap<>();
        specs.forEach((address, spec) -> {
            OnListener to = new OnListener();
            for (int group = 1; group <= AnaLog.MAX_GROUPS; group++) {
                to.states[group] = spec.anaState(group);
                if (to.states[group] == AnaState.CHANGE) {
                    long already = since(address, group);
                    to.since[group] = already == 0 ? generation : already;
                }
            }
            map.put(address, to);
        });
        return new AnaStates(map);
    }

    /** The declared state; where there is no such listener any more, nothing is amiss with its groups. */
    AnaState state(TransportAddress listener, int group) {
        OnListener found = listeners.get(listener);
        return found == null ? AnaState.OPTIMIZED : found.states[group];
    }

    /** The view with which the group came into the state change there; 0 if it is not in it. */
    long since(TransportAddress listener, int group) {
        OnListener found = listeners.get(listener);
        return found == null ? 0 : found.since[group];
    }

    /** The views with which some group that is in the state change came into it. */
    NavigableSet<Long> changes() {
        NavigableSet<Long> generations = new TreeSet<>();
        for (OnListener listener : listeners.values()) {
            Arrays.stream(listener.since).filter(since -> since != 0).forEach(generations::add);
        }
        return generations;
    }
}
