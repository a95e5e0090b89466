package org.nvmftarget.control.plan;

import java.util.List;
import org.nvmftarget.model.BdevSpec;
import org.nvmftarget.model.Nqn;
import org.nvmftarget.model.ObjectRef;
import org.nvmftarget.model.Step;

/** The steps of one bdev. */
record BdevSteps(StepList steps, Facts facts) {

    void create(BdevSpec bdev) {
        steps.add(new Step.CreateBdev(bdev), declared(bdev));
    }

    /** Growth takes nothing from anyone: no pause, no drain. */
    void grow(BdevSpec to) {
        steps.add(new Step.ResizeBdev(to.name(), to.sizeBytes()), "grow; " + declared(to));
    }

    void remove(BdevSpec bdev, Disruption disruption, String reason) {
        steps.add(new Step.RemoveBdev(bdev.name()), disruption, Facts.ofRemoving(bdev), List.of(), reason);
    }

    /** Shrinks or replaces, once nothing reads or writes it. */
    void change(BdevDelta bdev) {
        BdevSpec before = bdev.before().orElseThrow();
        BdevSpec after = bdev.after().orElseThrow();
        if (bdev.isReplaced()) {
            String why = String.join(", ", Attributes.immutableChanges(before, after)) + " changed; ";
            remove(before, Disruption.REPLACE, why + declared(after));
            steps.add(
                    new Step.CreateBdev(after), Disruption.REPLACE, DataEffect.NONE, List.of(), why + declared(after));
        } else {
            List<Nqn> hosts = bdev.liveUser().map(facts::sighted).orElse(List.of());
            steps.add(
                    new Step.ResizeBdev(after.name(), after.sizeBytes()),
                    bdev.liveUser().isEmpty() ? Disruption.NONE : Disruption.NAMESPACE,
                    Facts.ofRemoving(before),
                    hosts,
                    "shrink; " + declared(after));
        }
    }

    private String declared(BdevSpec bdev) {
        return facts.declared(new ObjectRef.Bdev(bdev.name()));
    }
}
