package org.nvmftarget.control.plan;

import java.util.List;
import org.nvmftarget.model.Nqn;
import org.nvmftarget.model.ObjectRef;
import org.nvmftarget.model.Referral;
import org.nvmftarget.model.Step;
import org.nvmftarget.model.TargetConfig;
import org.nvmftarget.model.TransportAddress;

/** The steps of the discovery subsystem. It is never paused: hosts read its log again when it has changed. */
record DiscoverySteps(StepList steps, Facts facts, TargetConfig before, TargetConfig after) {

    void beforeUnits() {
        for (TransportAddress address : before.discovery().listeners()) {
            if (!after.discovery().listeners().contains(address)) {
                removeListener(address);
            }
        }
        for (Referral referral : before.discovery().referrals().values()) {
            if (!after.discovery().referrals().containsKey(referral.address())) {
                steps.add(new Step.RemoveReferral(referral.address()), Facts.UNDECLARED);
            }
        }
        after.discovery().referrals().values().forEach(this::refer);
    }

    void afterUnits() {
        for (TransportAddress address : after.discovery().listeners()) {
            if (!before.discovery().listeners().contains(address)) {
                steps.add(
                        new Step.AddListener(Nqn.DISCOVERY, address),
                        facts.declared(new ObjectRef.Listener(Nqn.DISCOVERY, address)));
            }
        }
    }

    /** On an address of a subsystem's the discovery subsystem is served none the less. */
    private void removeListener(TransportAddress address) {
        boolean served =
                after.subsystems().values().stream().anyMatch(s -> s.listeners().containsKey(address));
        steps.add(
                new Step.RemoveListener(Nqn.DISCOVERY, address),
                served ? Disruption.NONE : Disruption.DISCONNECT,
                DataEffect.NONE,
                served
                        ? List.of()
                        : facts.connected(Nqn.DISCOVERY, c -> c.listener().equals(address)),
                Facts.UNDECLARED);
    }

    private void refer(Referral wanted) {
        Referral was = before.discovery().referrals().get(wanted.address());
        if (wanted.equals(was)) {
            return;
        }
        String declared = facts.declared(new ObjectRef.Referral(wanted.address()));
        if (was != null) {
            String why = (was.subnqn().equals(wanted.subnqn()) ? "secure_channel" : "subnqn") + " changed; " + declared;
            steps.add(new Step.RemoveReferral(wanted.address()), why);
            steps.add(new Step.AddReferral(wanted), why);
        } else {
            steps.add(new Step.AddReferral(wanted), declared);
        }
    }
}
