package org.nvmftarget.control.plan;

import java.util.Comparator;
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

    /** What changes in place, while I/O flows: what waits for limits goes by the new ones. */
    void alter(BdevSpec from, BdevSpec to) {
        if (!from.limits().equals(to.limits())) {
            steps.add(new Step.SetBdevLimits(to.name(), to.limits()), "limits changed; " + declared(to));
        }
        if (from instanceof BdevSpec.Delay was && to instanceof BdevSpec.Delay is) {
            if (!was.latencies().equals(is.latencies())) {
                steps.add(new Step.SetBdevLatencies(to.name(), is.latencies()), "latencies changed; " + declared(to));
            }
        }
        if (from instanceof BdevSpec.Failing was && to instanceof BdevSpec.Failing is) {
            if (!was.errors().equals(is.errors())) {
                steps.add(new Step.SetBdevErrors(to.name(), is.errors()), "errors changed; " + declared(to));
            }
        }
    }

    void remove(BdevSpec bdev, Disruption disruption, String reason) {
        steps.add(new Step.RemoveBdev(bdev.name()), disruption, Facts.ofRemoving(bdev), List.of(), reason);
    }

    /**
     * Bdevs that take over from one another, once nothing reads or writes them: those that are made of others go before
     * them, and come after them.
     */
    void exchange(List<BdevDelta> group) {
        for (BdevDelta bdev : sorted(group, Comparator.comparingInt(b -> -b.liveDepth()))) {
            boolean replaced = bdev.isReplaced();
            if (bdev.letsGo()) {
                BdevSpec before = bdev.before().orElseThrow();
                String reason = replaced ? why(before, bdev.after().orElseThrow()) : Facts.UNDECLARED;
                remove(before, replaced ? Disruption.REPLACE : Disruption.NONE, reason);
            }
        }
        for (BdevDelta bdev : sorted(group, Comparator.comparingInt(BdevDelta::goalDepth))) {
            if (bdev.isReplaced()) {
                createAnew(bdev);
            } else {
                bdev.after().ifPresent(this::create);
            }
        }
    }

    private static List<BdevDelta> sorted(List<BdevDelta> group, Comparator<BdevDelta> order) {
        return group.stream().sorted(order).toList();
    }

    private void createAnew(BdevDelta bdev) {
        BdevSpec after = bdev.after().orElseThrow();
        steps.add(
                new Step.CreateBdev(after),
                Disruption.REPLACE,
                DataEffect.NONE,
                List.of(),
                why(bdev.before().orElseThrow(), after));
    }

    private String why(BdevSpec before, BdevSpec after) {
        List<String> changed = Attributes.immutableChanges(before, after);
        return (changed.isEmpty() ? "its base is replaced" : String.join(", ", changed) + " changed") + "; "
                + declared(after);
    }

    /** Shrinks or replaces, once nothing reads or writes it. */
    void change(BdevDelta bdev) {
        BdevSpec before = bdev.before().orElseThrow();
        BdevSpec after = bdev.after().orElseThrow();
        if (bdev.isReplaced()) {
            remove(before, Disruption.REPLACE, why(before, after));
            createAnew(bdev);
        } else {
            List<Nqn> hosts = bdev.liveUser().map(facts::sighted).orElse(List.of());
            steps.add(
                    new Step.ResizeBdev(after.name(), after.sizeBytes()),
                    bdev.liveUser().isEmpty() ? Disruption.NONE : Disruption.NAMESPACE,
                    Facts.ofShrinking(before),
                    hosts,
                    "shrink; " + declared(after));
        }
    }

    private String declared(BdevSpec bdev) {
        return facts.declared(new ObjectRef.Bdev(bdev.name()));
    }
}
