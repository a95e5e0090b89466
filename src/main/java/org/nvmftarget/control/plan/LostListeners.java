package org.nvmftarget.control.plan;

import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.nvmftarget.model.ListenerSpec;
import org.nvmftarget.model.LiveState;
import org.nvmftarget.model.Nqn;
import org.nvmftarget.model.SubsystemSpec;
import org.nvmftarget.model.TargetConfig;
import org.nvmftarget.model.TransportAddress;

/**
 * Listeners that closed by themselves. One that is declared is missing, so a plan opens it again. One that is not is
 * there: hosts that came in through it may still be connected, so a plan removes it.
 */
final class LostListeners {
    private LostListeners() {}

    /** {@code live} as a plan for {@code desired} has to see it. */
    static LiveState seen(LiveState live, TargetConfig desired) {
        SortedMap<Nqn, SubsystemSpec> subsystems = new TreeMap<>(live.config().subsystems());
        subsystems.replaceAll(
                (nqn, spec) -> withUndeclared(spec, live.subsystems().get(nqn), desired));
        if (subsystems.equals(live.config().subsystems())) {
            return live;
        }
        return live.withConfig(new TargetConfig(
                live.config().transports(),
                live.config().bdevs(),
                subsystems,
                live.config().discovery()));
    }

    private static SubsystemSpec withUndeclared(
            SubsystemSpec spec, LiveState.@Nullable Subsystem facts, TargetConfig desired) {
        SubsystemSpec after = desired.subsystems().get(spec.nqn());
        if (facts == null || after == null || facts.lostListeners().isEmpty()) {
            return spec;
        }
        SortedMap<TransportAddress, ListenerSpec> listeners = new TreeMap<>(facts.lostListeners());
        listeners.keySet().removeAll(after.listeners().keySet());
        listeners.putAll(spec.listeners());
        return Patch.with(spec, spec.hosts(), spec.hostKeys(), spec.namespaces(), listeners);
    }
}
