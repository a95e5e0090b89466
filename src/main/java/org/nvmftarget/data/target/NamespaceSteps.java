package org.nvmftarget.data.target;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.nvmftarget.data.bdev.Bdev;
import org.nvmftarget.data.bdev.LimitedBdev;
import org.nvmftarget.model.NamespaceSpec;
import org.nvmftarget.model.Nqn;
import org.nvmftarget.model.Nsid;
import org.nvmftarget.model.ObjectRef;
import org.nvmftarget.model.Step;
import org.nvmftarget.model.StepResult;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The steps that change namespaces. */
final class NamespaceSteps {

    private static final Logger LOG = LoggerFactory.getLogger(NamespaceSteps.class);

    private final SubsystemLocks locks;
    private final BdevRegistry bdevs;
    private final NamespaceChanges changes;
    private final int reactors;

    NamespaceSteps(SubsystemLocks locks, BdevRegistry bdevs, NamespaceChanges changes, int reactors) {
        this.locks = locks;
        this.bdevs = bdevs;
        this.changes = changes;
        this.reactors = reactors;
    }

    StepResult add(Step.AddNamespace step, Duration timeout) {
        return locks.on(step.nqn(), subsystem -> {
            Nsid nsid = step.namespace().nsid();
            SubsystemView before = subsystem.view();
            if (before.namespace(nsid.value()) != null) {
                return SubsystemLocks.failed(step.object() + " is there already");
            }
            if (Integer.compareUnsigned(nsid.value(), before.spec.maxNamespaces()) > 0) {
                return SubsystemLocks.failed(
                        step.object() + " is beyond max_namespaces " + before.spec.maxNamespaces());
            }
            String name = step.namespace().bdev();
            LimitedBdev bdev = bdevs.claim(name, new ObjectRef.Namespace(step.nqn(), nsid));
            if (bdev == null) {
                return bdevs.refusal(name);
            }
            NamespaceSpec spec = step.namespace();
            NamespaceIdentity identity = new NamespaceIdentity(
                    step.nqn(), nsid, spec.uuid(), bdev.spec().uuid());
            Namespace namespace = new Namespace(spec, bdev, changes.load(identity), reactors, changes, bdevs.losses());
            StepResult result = SubsystemLocks.publishOrTakeBack(
                    subsystem, before.withNamespace(namespace), List.of(nsid), timeout);
            if (!(result instanceof StepResult.Done)) {
                bdevs.release(name);
            }
            return result;
        });
    }

    /** I/O under way ends first; what comes later ends in Invalid Namespace or Format. */
    StepResult remove(Step.RemoveNamespace step, Duration timeout) {
        return locks.on(step.nqn(), subsystem -> {
            SubsystemView before = subsystem.view();
            Namespace namespace = before.namespace(step.nsid().value());
            if (namespace == null) {
                return SubsystemLocks.failed("there is no " + step.object());
            }
            StepResult result = SubsystemLocks.publishOrTakeBack(
                    subsystem, before.withoutNamespace(step.nsid()), List.of(step.nsid()), timeout);
            if (result instanceof StepResult.Done) {
                if (!changes.finish(namespace, timeout)) {
                    LOG.warn("a change by a host of {} has not ended within {}", step.object(), timeout);
                }
                bdevs.release(namespace.spec.bdev());
            }
            return result;
        });
    }

    StepResult setAnaGroup(Step.SetAnaGroup step, Duration timeout) {
        return alter(step.nqn(), step.nsid(), spec -> spec.withAnaGroup(step.anaGroup()), timeout);
    }

    /** What hosts that lose the namespace have under way ends first. */
    StepResult setHosts(Step.SetNamespaceHosts step, Duration timeout) {
        return alter(step.nqn(), step.nsid(), spec -> spec.withHosts(step.hosts()), timeout);
    }

    private StepResult alter(Nqn nqn, Nsid nsid, UnaryOperator<NamespaceSpec> change, Duration timeout) {
        return locks.on(nqn, subsystem -> {
            SubsystemView before = subsystem.view();
            Namespace namespace = before.namespace(nsid.value());
            if (namespace == null) {
                return SubsystemLocks.failed("there is no " + new ObjectRef.Namespace(nqn, nsid));
            }
            Namespace altered = namespace.altered(change.apply(namespace.spec));
            if (hides(namespace.spec, altered.spec)) {
                return drained(subsystem, altered, timeout, () -> StepResult.DONE);
            }
            return SubsystemLocks.publishOrTakeBack(subsystem, before.withNamespace(altered), List.of(), timeout);
        });
    }

    /** Whether a host may have seen it before that no longer does. */
    private static boolean hides(NamespaceSpec before, NamespaceSpec after) {
        return after.hosts().isPresent()
                && !(before.hosts().isPresent()
                        && after.hosts().get().containsAll(before.hosts().get()));
    }

    /** A device in use: the view never shows blocks that the device does not have. */
    StepResult resize(Bdev bdev, ObjectRef.Namespace claim, long sizeBytes, Duration timeout) {
        return locks.on(claim.nqn(), subsystem -> {
            SubsystemView before = subsystem.view();
            Namespace namespace = before.namespace(claim.nsid().value());
            if (namespace == null || !bdevs.namespaceOn(bdev.spec().name()).equals(Optional.of(claim))) {
                return SubsystemLocks.failed("bdev " + bdev.spec().name() + " changed hands meanwhile");
            }
            Namespace resized = namespace.resized(sizeBytes);
            if (resized.blocks >= namespace.blocks) {
                StepResult grown = bdevs.resize(bdev, sizeBytes);
                return !(grown instanceof StepResult.Done)
                        ? grown
                        : SubsystemLocks.publishOrTakeBack(
                                subsystem, before.withNamespace(resized), List.of(), timeout);
            }
            return drained(subsystem, resized, timeout, () -> bdevs.resize(bdev, sizeBytes));
        });
    }

    /** Holds the namespace's I/O, whether paused or not, until what is under way has ended and {@code then} is done. */
    private static StepResult drained(
            Subsystem subsystem, Namespace next, Duration timeout, Supplier<StepResult> then) {
        SubsystemView before = subsystem.view();
        Nsid nsid = next.spec.nsid();
        SortedSet<Nsid> held = new TreeSet<>(before.hold.namespaces());
        held.add(nsid);
        SubsystemView holding = before.withNamespace(next).withHold(new SubsystemView.Hold(before.hold.admin(), held));
        StepResult result = SubsystemLocks.publishOrTakeBack(subsystem, holding, List.of(nsid), timeout);
        if (!(result instanceof StepResult.Done)) {
            return result;
        }
        StepResult end = then.get();
        SubsystemView after = end instanceof StepResult.Done ? subsystem.view().withHold(before.hold) : before;
        subsystem.publish(after, List.of(), timeout);
        return end;
    }
}
