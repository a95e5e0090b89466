package org.nvmftarget.control.plan;

import java.util.List;
import org.nvmftarget.model.KeyFile;
import org.nvmftarget.model.Nqn;
import org.nvmftarget.model.ObjectRef;
import org.nvmftarget.model.Step;

/**
 * Who may connect. Hosts are listed before {@code allow_any_host} ends, and dropped from the list after it begins, so
 * that a host that keeps its access by the other rule never notices. A host that must authenticate is listed locked; its
 * keys come after.
 */
record AccessSteps(StepList steps, Facts facts) {

    void beforePause(SubsystemDelta s) {
        setKeys(s, false);
        if (!s.admitsAfterRemovals()) {
            addHosts(s);
            setAllowAnyHost(s);
            removeHosts(s);
        } else if (!s.end().allowAnyHost()) {
            removeHosts(s);
        }
    }

    void afterRemovals(SubsystemDelta s) {
        if (s.admitsAfterRemovals()) {
            addHosts(s);
            setAllowAnyHost(s);
            if (s.end().allowAnyHost()) {
                removeHosts(s);
            }
        }
    }

    private void addHosts(SubsystemDelta s) {
        for (Nqn host : s.addedHosts()) {
            steps.add(
                    new Step.AddHost(s.nqn(), host, s.end().keysOf(host).map(keys -> keys.in(KeyFile.State.UNREAD))),
                    facts.declared(new ObjectRef.Host(s.nqn(), host)));
        }
        setKeys(s, true);
    }

    /** @param added of the hosts that are added, or of the others */
    private void setKeys(SubsystemDelta s, boolean added) {
        s.rekeyed().forEach((host, keys) -> {
            if (s.addedHosts().contains(host) == added) {
                steps.add(
                        new Step.SetHostKeys(s.nqn(), host, keys.after()),
                        KeyReason.of(keys, facts.declared(new ObjectRef.HostKeys(s.nqn(), host))));
            }
        });
    }

    private void setAllowAnyHost(SubsystemDelta s) {
        if (s.changesAllowAnyHost()) {
            boolean allow = s.end().allowAnyHost();
            List<Nqn> dropped = allow
                    ? List.of()
                    : facts.connected(s.nqn(), c -> !s.end().hosts().contains(c.host()));
            steps.add(
                    new Step.SetAllowAnyHost(s.nqn(), allow),
                    allow ? Disruption.NONE : Disruption.DISCONNECT,
                    DataEffect.NONE,
                    dropped,
                    facts.declared(new ObjectRef.Subsystem(s.nqn())));
        }
    }

    private void removeHosts(SubsystemDelta s) {
        boolean anyAllowed = s.end().allowAnyHost();
        for (Nqn host : s.removedHosts()) {
            steps.add(
                    new Step.RemoveHost(s.nqn(), host),
                    anyAllowed ? Disruption.NONE : Disruption.DISCONNECT,
                    DataEffect.NONE,
                    anyAllowed
                            ? List.of()
                            : facts.connected(s.nqn(), c -> c.host().equals(host)),
                    Facts.UNDECLARED);
        }
    }
}
