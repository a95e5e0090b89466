package org.nvmftarget.data.target;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.nvmftarget.model.HostKeys;
import org.nvmftarget.model.KeyFile;
import org.nvmftarget.model.LiveState.SubsystemState;
import org.nvmftarget.model.Nqn;
import org.nvmftarget.model.ObjectRef;
import org.nvmftarget.model.Step;
import org.nvmftarget.model.StepResult;
import org.nvmftarget.model.SubsystemSpec;
import org.nvmftarget.model.TransportAddress;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The steps that a subsystem's life consists of, and those that change who may use it. */
final class SubsystemSteps {

    private static final Logger LOG = LoggerFactory.getLogger(SubsystemSteps.class);

    private final Target target;
    private final SubsystemLocks locks;
    private final BdevRegistry bdevs;
    private final TransportRegistry transports;
    private final HostKeyring keyring;

    SubsystemSteps(
            Target target,
            SubsystemLocks locks,
            BdevRegistry bdevs,
            TransportRegistry transports,
            HostKeyring keyring) {
        this.target = target;
        this.locks = locks;
        this.bdevs = bdevs;
        this.transports = transports;
        this.keyring = keyring;
    }

    StepResult create(Step.CreateSubsystem step) {
        return locks.locked(step.nqn(), (present, nqn) -> {
            if (present != null || nqn.equals(Nqn.DISCOVERY)) {
                return SubsystemLocks.failed("there is a subsystem " + nqn + " already");
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
                    new TreeMap<>(),
                    new TreeMap<>(),
                    false);
            Subsystem created = target.add(spec);
            created.state(SubsystemState.ACTIVE);
            return StepResult.DONE;
        });
    }

    StepResult remove(Nqn nqn, Duration timeout) {
        return locks.locked(nqn, (subsystem, name) -> {
            if (subsystem == null) {
                return SubsystemLocks.failed("there is no subsystem " + name);
            }
            subsystem.state(SubsystemState.DEACTIVATING);
            SubsystemView last = subsystem.view();
            if (!subsystem.publish(last.forDeactivation(), List.of(), timeout)) {
                return SubsystemLocks.failed("queues of subsystem " + name + " have not gone down within " + timeout
                        + "; it serves nobody, and removing it can be tried again");
            }
            for (TransportAddress address : last.spec.listeners().keySet()) {
                if (transports.unlisten(address, name)) {
                    target.discovery().closed(address);
                }
            }
            for (Namespace ns : last.namespaces()) {
                bdevs.release(ns.spec.bdev());
            }
            target.remove(subsystem);
            keyring.forget(name);
            target.discovery().changed();
            return StepResult.DONE;
        });
    }

    StepResult pause(Step.PauseSubsystem step, Duration timeout) {
        return locks.on(step.nqn(), subsystem -> {
            if (subsystem.state() != SubsystemState.ACTIVE) {
                return SubsystemLocks.failed("subsystem " + step.nqn() + " is not active but " + text(subsystem));
            }
            subsystem.state(SubsystemState.PAUSING);
            SubsystemView.Hold hold = new SubsystemView.Hold(true, step.namespaces());
            if (subsystem.publish(subsystem.view().withHold(hold), step.namespaces(), timeout)) {
                subsystem.state(SubsystemState.PAUSED);
                return StepResult.DONE;
            }
            release(subsystem, timeout);
            return SubsystemLocks.failed("I/O to namespaces " + step.namespaces() + " of " + step.nqn()
                    + " did not end within " + timeout + "; the pause was taken back");
        });
    }

    StepResult resume(Nqn nqn, Duration timeout) {
        return locks.on(nqn, subsystem -> {
            if (subsystem.state() != SubsystemState.PAUSED) {
                return SubsystemLocks.failed("subsystem " + nqn + " is not paused but " + text(subsystem));
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

    StepResult addHost(Step.AddHost step, Duration timeout) {
        return locks.on(step.nqn(), subsystem -> {
            SortedSet<Nqn> hosts = new TreeSet<>(subsystem.view().spec.hosts());
            if (!hosts.add(step.host())) {
                return SubsystemLocks.failed(step.object() + " is there already");
            }
            SubsystemSpec spec = subsystem.view().spec;
            SortedMap<Nqn, HostKeys> keys = new TreeMap<>(spec.hostKeys());
            step.keys().ifPresent(k -> keys.put(step.host(), k.in(KeyFile.State.UNREAD)));
            return hosts(subsystem, spec.allowAnyHost(), hosts, keys, timeout);
        });
    }

    /** Who is connected stays so: keys are for who connects. */
    StepResult setHostKeys(Step.SetHostKeys step, Duration timeout) {
        return locks.on(step.nqn(), subsystem -> {
            SubsystemSpec spec = subsystem.view().spec;
            if (!spec.hosts().contains(step.host())) {
                return SubsystemLocks.failed("there is no " + new ObjectRef.Host(step.nqn(), step.host()));
            }
            Optional<StepResult.Waiting> waiting = keyring.load(step);
            if (waiting.isPresent()) {
                return waiting.get();
            }
            SortedMap<Nqn, HostKeys> keys = new TreeMap<>(spec.hostKeys());
            keys.remove(step.host());
            step.keys().ifPresent(k -> keys.put(step.host(), k.isUsable() ? k.declared() : k));
            SubsystemView next = subsystem.view().withHosts(spec.allowAnyHost(), spec.hosts(), keys);
            if (!subsystem.publish(next, List.of(), timeout)) {
                LOG.warn("a reactor has not taken the keys of {} within {}", step.object(), timeout);
            }
            if (step.keys().filter(HostKeys::isUsable).isEmpty()) {
                keyring.forget(step.nqn(), step.host());
            }
            return StepResult.DONE;
        });
    }

    StepResult removeHost(Step.RemoveHost step, Duration timeout) {
        return locks.on(step.nqn(), subsystem -> {
            SortedSet<Nqn> hosts = new TreeSet<>(subsystem.view().spec.hosts());
            if (!hosts.remove(step.host())) {
                return SubsystemLocks.failed("there is no " + step.object());
            }
            SubsystemSpec spec = subsystem.view().spec;
            SortedMap<Nqn, HostKeys> keys = new TreeMap<>(spec.hostKeys());
            keys.remove(step.host());
            StepResult result = hosts(subsystem, spec.allowAnyHost(), hosts, keys, timeout);
            keyring.forget(step.nqn(), step.host());
            return result;
        });
    }

    StepResult setAllowAnyHost(Step.SetAllowAnyHost step, Duration timeout) {
        return locks.on(step.nqn(), subsystem -> {
            SubsystemSpec spec = subsystem.view().spec;
            if (spec.allowAnyHost() == step.allow()) {
                return SubsystemLocks.failed("allow_any_host of " + step.nqn() + " is " + step.allow() + " already");
            }
            return hosts(subsystem, step.allow(), spec.hosts(), spec.hostKeys(), timeout);
        });
    }

    private StepResult hosts(
            Subsystem subsystem, boolean any, SortedSet<Nqn> hosts, SortedMap<Nqn, HostKeys> keys, Duration timeout) {
        SubsystemLocks.publishAndDisconnect(subsystem, subsystem.view().withHosts(any, hosts, keys), timeout);
        target.discovery().changed();
        return StepResult.DONE;
    }

    private static String text(Subsystem subsystem) {
        return subsystem.state().name().toLowerCase(java.util.Locale.ROOT);
    }
}
