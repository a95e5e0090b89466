package org.nvmftarget.control.plan;

import java.util.stream.Stream;
import org.nvmftarget.model.Nqn;
import org.nvmftarget.model.ObjectRef;
import org.nvmftarget.model.Referral;
import org.nvmftarget.model.Step;
import org.nvmftarget.model.TargetConfig;
import org.nvmftarget.model.TransportAddress;

/** The steps of the discovery subsystem. It is never paused: hosts read its log again when it has changed. */
record DiscoverySteps(StepList steps, Facts facts, TargetConfig before, TargetConfig after) {

    /** An address that a subsystem is to have, too, is not given up before that has it. */
    void beforeUnits() {
        removedListeners().filter(address -> !isOfSubsystem(address)).forEach(this::close);
        for (Referral referral : before.discovery().referrals().values()) {
            if (!after.discovery().referrals().containsKey(referral.address())) {
                steps.add(new Step.RemoveReferral(referral.address()), Facts.UNDECLARED);
            }
        }
        after.discovery().referrals().values().forEach(this::refer);
    }

    void afterUnits() {
        removedListeners()
                .filter(this::isOfSubsystem)
                .forEach(address -> steps.add(new Step.RemoveListener(Nqn.DISCOVERY, address), Facts.UNDECLARED));
        for (TransportAddress address : after.discovery().listeners()) {
            if (!before.discovery().listeners().contains(address)) {
                steps.add(
                        new Step.AddListener(Nqn.DISCOVERY, address),
                        facts.declared(new ObjectRef.Listener(Nqn.DISCOVERY, address)));
            }
        }
    }

    private Stream<TransportAddress> removedListeners() {
        return before.discovery().listeners().stream()
                .filter(address -> !after.discovery().listeners().contains(address));
    }

    private boolean isOfSubsystem(TransportAddress address) {
        return after.subsystems().values().stream().anyMatch(s -> s.listeners().containsKey(address));
    }

    private void close(TransportAddress address) {
        steps.add(
                new Step.RemoveListener(Nqn.DISCOVERY, address),
                Disruption.DISCONNECT,
                DataEffect.NONE,
                facts.connected(Nqn.DISCOVERY, c -> c.listener().equals(address)),
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
