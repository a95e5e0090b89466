package org.nvmftarget.data.target;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;
import org.nvmftarget.data.bdev.Bdev;
import org.nvmftarget.model.LiveState.SubsystemState;
import org.nvmftarget.model.Nqn;
import org.nvmftarget.model.Nsid;
import org.nvmftarget.model.ObjectRef;
import org.nvmftarget.model.Step;
import org.nvmftarget.model.StepResult;
import org.nvmftarget.model.SubsystemSpec;
import org.nvmftarget.model.TransportAddress;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The steps that change subsystems. Steps for one subsystem queue behind each other on a fair lock; between a pause and
 * its resume the lock is free, so that any thread's step may run in that window.
 */
final class SubsystemSteps {

    private static final Logger LOG = LoggerFactory.getLogger(SubsystemSteps.class);

    private final Target target;
    private final BdevRegistry bdevs;
    private final TransportRegistry transports;
    private final int reactors;
    private final Map<Nqn, ReentrantLock> locks = new ConcurrentHashMap<>();

    SubsystemSteps(Target target, BdevRegistry bdevs, TransportRegistry transports, int reactors) {
        this.target = target;
        this.bdevs = bdevs;
        this.transports = transports;
        this.reactors = reactors;
    }

    private StepResult locked(Nqn nqn, BiFunction<@Nullable Subsystem, Nqn, StepResult> step) {
        ReentrantLock lock = locks.computeIfAbsent(nqn, n -> new ReentrantLock(true));
        lock.lock();
        try {
            return step.apply(target.subsystem(nqn), nqn);
        } finally {
            lock.unlock();
        }
    }

    /** Runs a step on a subsystem that is there and not being removed. */
    private StepResult on(Nqn nqn, java.util.function.Function<Subsystem, StepResult> step) {
        return locked(nqn, (subsystem, name) -> {
            if (subsystem == null) {
                return failed("there is no subsystem " + name);
            }
            if (subsystem.state() == SubsystemState.DEACTIVATING) {
                return failed("subsystem " + name + " is being removed");
            }
            return step.apply(subsystem);
        });
    }

    StepResult create(Step.CreateSubsystem step) {
        return locked(step.nqn(), (present, nqn) -> {
            if (present != null || nqn.equals(Nqn.DISCOVERY)) {
                return failed("there is a subsystem " + nqn + " already");
            }
            SubsystemSpec spec = new SubsystemSpec(
                    nqn,
                    step.serialNumber(),
                    step.modelNumber(),
                    step.maxNamespaces(),
                    step.minCntlid(),
                    step.maxCntlid(),
                    false,
                    new TreeSet<>(),
                    new java.util.TreeMap<>(),
                    new TreeSet<>(),
                    false);
            Subsystem created = target.add(spec);
            created.state(SubsystemState.ACTIVE);
            return StepResult.DONE;
        });
    }

    StepResult remove(Nqn nqn, Duration timeout) {
        return locked(nqn, (subsystem, name) -> {
            if (subsystem == null) {
                return failed("there is no subsystem " + name);
            }
            subsystem.state(SubsystemState.DEACTIVATING);
            SubsystemView last = subsystem.view();
            if (!subsystem.publish(last.forDeactivation(), List.of(), timeout)) {
                return failed("queues of subsystem " + name + " have not gone down within " + timeout
                        + "; it serves nobody, and removing it can be tried again");
            }
            for (TransportAddress address : last.spec.listeners()) {
                transports.unlisten(address, name);
            }
            for (Namespace ns : last.namespaces()) {
                bdevs.release(ns.spec.bdev());
            }
            target.remove(subsystem);
            target.discovery().changed();
            return StepResult.DONE;
        });
    }

    StepResult pause(Step.PauseSubsystem step, Duration timeout) {
        return on(step.nqn(), subsystem -> {
            if (subsystem.state() != SubsystemState.ACTIVE) {
                return failed("subsystem " + step.nqn() + " is not active but " + text(subsystem));
            }
            subsystem.state(SubsystemState.PAUSING);
            SubsystemView.Hold hold = new SubsystemView.Hold(true, step.namespaces());
            if (subsystem.publish(subsystem.view().withHold(hold), step.namespaces(), timeout)) {
                subsystem.state(SubsystemState.PAUSED);
                return StepResult.DONE;
            }
            release(subsystem, timeout);
            return failed("I/O to namespaces " + step.namespaces() + " of " + step.nqn() + " did not end within "
                    + timeout + "; the pause was taken back");
        });
    }

    StepResult resume(Nqn nqn, Duration timeout) {
        return on(nqn, subsystem -> {
            if (subsystem.state() != SubsystemState.PAUSED) {
                return failed("subsystem " + nqn + " is not paused but " + text(subsystem));
            }
            release(subsystem, timeout);
            return StepResult.DONE;
        });
    }

    private static void release(Subsystem subsystem, Duration timeout) {
        subsystem.state(SubsystemState.RESUMING);
        if (!subsystem.publish(subsystem.view().withHold(SubsystemView.Hold.NOTHING), List.of(), timeout)) {
            LOG.warn("a reactor has not resumed subsystem {} within {}", subsystem.nqn(), timeout);
        }
        subsystem.state(SubsystemState.ACTIVE);
    }

    StepResult addNamespace(Step.AddNamespace step, Duration timeout) {
        return on(step.nqn(), subsystem -> {
            Nsid nsid = step.namespace().nsid();
            SubsystemView before = subsystem.view();
            if (before.namespace(nsid.value()) != null) {
                return failed(step.object() + " is there already");
            }
            if (Integer.compareUnsigned(nsid.value(), before.spec.maxNamespaces()) > 0) {
                return failed(step.object() + " is beyond max_namespaces " + before.spec.maxNamespaces());
            }
            String name = step.namespace().bdev();
            Bdev bdev = bdevs.claim(name, new ObjectRef.Namespace(step.nqn(), nsid));
            if (bdev == null) {
                return bdevs.refusal(name);
            }
            Namespace namespace = new Namespace(step.namespace(), bdev, reactors);
            StepResult result = publishOrTakeBack(subsystem, before.withNamespace(namespace), List.of(nsid), timeout);
            if (!(result instanceof StepResult.Done)) {
                bdevs.release(name);
            }
            return result;
        });
    }

    /** I/O under way ends first; what comes later ends in Invalid Namespace or Format. */
    StepResult removeNamespace(Step.RemoveNamespace step, Duration timeout) {
        return on(step.nqn(), subsystem -> {
            SubsystemView before = subsystem.view();
            Namespace namespace = before.namespace(step.nsid().value());
            if (namespace == null) {
                return failed("there is no " + step.object());
            }
            StepResult result =
                    publishOrTakeBack(subsystem, before.withoutNamespace(step.nsid()), List.of(step.nsid()), timeout);
            if (result instanceof StepResult.Done) {
                bdevs.release(namespace.spec.bdev());
            }
            return result;
        });
    }

    /** A device in use: the view never shows blocks that the device does not have. */
    StepResult resize(Bdev bdev, ObjectRef.Namespace claim, long sizeBytes, Duration timeout) {
        return on(claim.nqn(), subsystem -> {
            SubsystemView before = subsystem.view();
            Namespace namespace = before.namespace(claim.nsid().value());
            if (namespace == null || !namespace.spec.bdev().equals(bdev.spec().name())) {
                return failed("bdev " + bdev.spec().name() + " changed hands meanwhile");
            }
            Namespace resized = namespace.resized(sizeBytes);
            if (resized.blocks >= namespace.blocks) {
                bdevs.resize(bdev, sizeBytes);
                return publishOrTakeBack(subsystem, before.withNamespace(resized), List.of(), timeout);
            }
            return shrink(subsystem, resized, sizeBytes, timeout);
        });
    }

    /** Holds the namespace's I/O, whether paused or not, until the device is smaller. */
    private StepResult shrink(Subsystem subsystem, Namespace resized, long sizeBytes, Duration timeout) {
        SubsystemView before = subsystem.view();
        Nsid nsid = resized.spec.nsid();
        SortedSet<Nsid> held = new TreeSet<>(before.hold.namespaces());
        held.add(nsid);
        SubsystemView narrow =
                before.withNamespace(resized).withHold(new SubsystemView.Hold(before.hold.admin(), held));
        StepResult result = publishOrTakeBack(subsystem, narrow, List.of(nsid), timeout);
        if (result instanceof StepResult.Done) {
            bdevs.resize(resized.bdev, sizeBytes);
            subsystem.publish(subsystem.view().withHold(before.hold), List.of(), timeout);
        }
        return result;
    }

    StepResult addHost(Step.AddHost step, Duration timeout) {
        return on(step.nqn(), subsystem -> {
            SortedSet<Nqn> hosts = new TreeSet<>(subsystem.view().spec.hosts());
            if (!hosts.add(step.host())) {
                return failed(step.object() + " is there already");
            }
            return hosts(subsystem, subsystem.view().spec.allowAnyHost(), hosts, timeout);
        });
    }

    StepResult removeHost(Step.RemoveHost step, Duration timeout) {
        return on(step.nqn(), subsystem -> {
            SortedSet<Nqn> hosts = new TreeSet<>(subsystem.view().spec.hosts());
            if (!hosts.remove(step.host())) {
                return failed("there is no " + step.object());
            }
            return hosts(subsystem, subsystem.view().spec.allowAnyHost(), hosts, timeout);
        });
    }

    StepResult setAllowAnyHost(Step.SetAllowAnyHost step, Duration timeout) {
        return on(step.nqn(), subsystem -> {
            SubsystemSpec spec = subsystem.view().spec;
            if (spec.allowAnyHost() == step.allow()) {
                return failed("allow_any_host of " + step.nqn() + " is " + step.allow() + " already");
            }
            return hosts(subsystem, step.allow(), spec.hosts(), timeout);
        });
    }

    private StepResult hosts(Subsystem subsystem, boolean any, SortedSet<Nqn> hosts, Duration timeout) {
        publishAndDisconnect(subsystem, subsystem.view().withHosts(any, hosts), timeout);
        target.discovery().changed();
        return StepResult.DONE;
    }

    /** The view comes first: the address is not open before the subsystem knows of it. */
    StepResult addListener(Step.AddListener step, Duration timeout) {
        return on(step.nqn(), subsystem -> {
            SubsystemView before = subsystem.view();
            SortedSet<TransportAddress> listeners = new TreeSet<>(before.spec.listeners());
            if (!listeners.add(step.address())) {
                return failed(step.object() + " is there already");
            }
            StepResult result = publishOrTakeBack(subsystem, before.withListeners(listeners), List.of(), timeout);
            if (!(result instanceof StepResult.Done)) {
                return result;
            }
            StepResult opened = transports.listen(step.address(), step.nqn());
            if (opened instanceof StepResult.Done) {
                target.discovery().changed();
            } else {
                SubsystemView back = subsystem.view().withListeners(before.spec.listeners());
                subsystem.publish(back, List.of(), timeout);
            }
            return opened;
        });
    }

    StepResult removeListener(Step.RemoveListener step, Duration timeout) {
        return on(step.nqn(), subsystem -> {
            SortedSet<TransportAddress> listeners =
                    new TreeSet<>(subsystem.view().spec.listeners());
            if (!listeners.remove(step.address())) {
                return failed("there is no " + step.object());
            }
            transports.unlisten(step.address(), step.nqn());
            publishAndDisconnect(subsystem, subsystem.view().withListeners(listeners), timeout);
            target.discovery().changed();
            return StepResult.DONE;
        });
    }

    /** The change holds at once; queues that it ends may take longer than {@code timeout} to go. */
    private static void publishAndDisconnect(Subsystem subsystem, SubsystemView next, Duration timeout) {
        if (!subsystem.publish(next, List.of(), timeout)) {
            LOG.warn("queues of subsystem {} that lost their access are still going down", subsystem.nqn());
        }
    }

    private static StepResult publishOrTakeBack(
            Subsystem subsystem, SubsystemView next, List<Nsid> drain, Duration timeout) {
        SubsystemView before = subsystem.view();
        if (subsystem.publish(next, drain, timeout)) {
            return StepResult.DONE;
        }
        subsystem.publish(before.again(next.generation + 1), List.of(), timeout);
        return failed(
                "subsystem " + subsystem.nqn() + " did not take the change within " + timeout + "; it was taken back");
    }

    private static String text(Subsystem subsystem) {
        return subsystem.state().name().toLowerCase(java.util.Locale.ROOT);
    }

    private static StepResult failed(String message) {
        return new StepResult.Failed(message);
    }
}
