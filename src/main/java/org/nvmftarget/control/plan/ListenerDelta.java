package org.nvmftarget.control.plan;

import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.nvmftarget.model.AnaState;
import org.nvmftarget.model.ListenerSpec;
import org.nvmftarget.model.NamespaceSpec;
import org.nvmftarget.model.SubsystemSpec;
import org.nvmftarget.model.TransportAddress;

/**
 * What becomes of the listeners of one subsystem.
 *
 * @param improved those whose ANA states change, and for no group to a worse one
 * @param worsened the others whose ANA states change
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
        List<ListenerSpec> altered = end.listeners().values().stream()
                .filter(after -> before.containsKey(after.address()))
                .filter(after -> !after.equals(before.get(after.address())))
                .toList();
        return new ListenerDelta(
                was.listeners().keySet().stream()
                        .filter(address -> !kept || !end.listeners().containsKey(address))
                        .toList(),
                end.listeners().values().stream()
                        .filter(after -> !before.containsKey(after.address()))
                        .toList(),
                altered.stream()
                        .filter(after -> !isWorse(before.get(after.address()), after))
                        .toList(),
                altered.stream()
                        .filter(after -> isWorse(before.get(after.address()), after))
                        .toList());
    }

    /** Whether some group gets a worse state: {@link AnaState} declares them from best to worst. */
    private static boolean isWorse(@Nullable ListenerSpec before, ListenerSpec after) {
        return before != null
                && IntStream.rangeClosed(1, NamespaceSpec.MAX_ANA_GROUP)
                        .anyMatch(group -> after.anaState(group).compareTo(before.anaState(group)) > 0);
    }

    boolean isEmpty() {
        return removed.isEmpty() && added.isEmpty() && improved.isEmpty() && worsened.isEmpty();
    }

    int altered() {
        return improved.size() + worsened.size();
    }
}
