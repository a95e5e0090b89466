package org.nvmftarget.control.reconcile;

import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.nvmftarget.control.plan.Change;
import org.nvmftarget.control.plan.Differ;
import org.nvmftarget.control.plan.Pending;
import org.nvmftarget.model.LiveState;
import org.nvmftarget.model.Nqn;
import org.nvmftarget.model.ObjectRef;
import org.nvmftarget.model.SubsystemSpec;
import org.nvmftarget.model.TargetConfig;

/** The state of each object, from what is declared, what is live now, and what the last pass found. */
final class ObjectStates {
    private ObjectStates() {}

    /**
     * One for each object that is declared, or differs from what is declared, sorted by its path.
     *
     * @param pass the last one; empty before the first
     * @param applying whether a plan is being applied, or is about to be
     */
    static List<ObjectStatus> of(TargetConfig accepted, LiveState live, Optional<PassResult> pass, boolean applying) {
        Map<ObjectRef, ObjectStatus> states = new HashMap<>();
        Set<ObjectRef> declared = objects(accepted);
        declared.forEach(object -> put(states, object, ObjectStatus.State.READY, ""));
        for (Change change : Differ.diff(live.config(), accepted)) {
            ObjectRef object = change.object();
            put(
                    states,
                    object,
                    applying ? ObjectStatus.State.APPLYING : ObjectStatus.State.DRIFTED,
                    declared.contains(object) ? "differs from what is declared" : "is live and not declared");
        }
        pass.ifPresent(last -> {
            for (Pending pending : last.pending()) {
                put(states, pending.object(), ObjectStatus.State.PENDING, pending.reason());
            }
            last.failing().forEach((object, message) -> {
                // A unit fails as a whole; of its objects those count that are not as declared.
                ObjectStatus now = states.get(object);
                if (now != null && now.state() != ObjectStatus.State.READY) {
                    put(states, object, ObjectStatus.State.FAILED, message);
                }
            });
        });
        return states.values().stream()
                .sorted(Comparator.comparing(s -> s.object().toString()))
                .toList();
    }

    private static void put(
            Map<ObjectRef, ObjectStatus> states, ObjectRef object, ObjectStatus.State state, String message) {
        states.put(object, new ObjectStatus(object, state, message));
    }

    private static Set<ObjectRef> objects(TargetConfig config) {
        Set<ObjectRef> objects = new HashSet<>();
        config.transports().keySet().forEach(trtype -> objects.add(new ObjectRef.Transport(trtype)));
        config.bdevs().keySet().forEach(name -> objects.add(new ObjectRef.Bdev(name)));
        for (SubsystemSpec s : config.subsystems().values()) {
            Nqn nqn = s.nqn();
            objects.add(new ObjectRef.Subsystem(nqn));
            s.hosts().forEach(host -> objects.add(new ObjectRef.Host(nqn, host)));
            s.hostKeys().keySet().forEach(host -> objects.add(new ObjectRef.HostKeys(nqn, host)));
            s.namespaces().keySet().forEach(nsid -> objects.add(new ObjectRef.Namespace(nqn, nsid)));
            s.listeners().keySet().forEach(address -> objects.add(new ObjectRef.Listener(nqn, address)));
        }
        config.discovery().listeners().forEach(a -> objects.add(new ObjectRef.Listener(Nqn.DISCOVERY, a)));
        config.discovery().referrals().keySet().forEach(a -> objects.add(new ObjectRef.Referral(a)));
        return objects;
    }
}
