package org.nvmftarget.data.target;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.nvmftarget.model.ListenerSpec;
import org.nvmftarget.model.Nqn;
import org.nvmftarget.model.Step;
import org.nvmftarget.model.StepResult;
import org.nvmftarget.model.TransportAddress;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What changes where a subsystem is reached: steps, and the loss of what a listener stands on. */
final class ListenerSteps {

    private static final Logger LOG = LoggerFactory.getLogger(ListenerSteps.class);

    private final Target target;
    private final SubsystemLocks locks;
    private final TransportRegistry transports;

    ListenerSteps(Target target, SubsystemLocks locks, TransportRegistry transports) {
        this.target = target;
        this.locks = locks;
        this.transports = transports;
    }

    /**
     * The view is on its way first: each reactor takes it in before it hears of a connection that came in by the address.
     * Waiting for it and opening the address go on at once, since the subsystem may be paused for both.
     */
    StepResult add(Step.AddListener step, Duration timeout) {
        return locks.on(step.nqn(), subsystem -> {
            SubsystemView before = subsystem.view();
            if (before.spec.listeners().containsKey(step.address())) {
                return SubsystemLocks.failed(step.object() + " is there already");
            }
            SubsystemView next = before.withListener(step.listener());
            Subsystem.Publication known = subsystem.publish(next, List.of());
            StepResult opened = transports.listen(step.address(), step.nqn());
            if (!known.await(timeout)) {
                if (opened instanceof StepResult.Done) {
                    transports.unlisten(step.address(), step.nqn());
                }
                return SubsystemLocks.takenBack(subsystem, before, timeout);
            }
            if (opened instanceof StepResult.Done) {
                target.discovery().changed();
            } else {
                subsystem.publish(before.again(subsystem.view().generation + 1), List.of(), timeout);
            }
            return opened;
        });
    }

    /** All ANA states of one listener, seen at once by each reactor. */
    StepResult setAnaState(Step.SetAnaState step, Duration timeout) {
        return locks.on(step.nqn(), subsystem -> {
            SubsystemView before = subsystem.view();
            if (!before.spec.listeners().containsKey(step.listener().address())) {
                return SubsystemLocks.failed("there is no " + step.object());
            }
            return SubsystemLocks.publishOrTakeBack(
                    subsystem, before.withListener(step.listener()), List.of(), timeout);
        });
    }

    StepResult remove(Step.RemoveListener step, Duration timeout) {
        return locks.on(step.nqn(), subsystem -> {
            SubsystemView before = subsystem.view();
            if (!before.hasListener(step.address())) {
                return SubsystemLocks.failed("there is no " + step.object());
            }
            boolean last =
                    transports.unlisten(step.address(), step.nqn()) || before.lostListeners.containsKey(step.address());
            SubsystemLocks.publishAndDisconnect(subsystem, before.withoutListener(step.address()), timeout);
            if (last) {
                target.discovery().closed(step.address());
            }
            target.discovery().changed();
            return StepResult.DONE;
        });
    }

    /**
     * The transport may have lost the address: hosts find it no longer then, and it is live no longer. Who came in
     * through it stays as long as the connection holds.
     */
    void lost(TransportAddress address, Duration timeout) {
        Set<Nqn> users = transports.forgetIfLost(address);
        for (Nqn nqn : users) {
            if (nqn.equals(Nqn.DISCOVERY)) {
                target.discovery().lost(address);
            } else {
                lost(nqn, address, timeout);
            }
        }
        if (!users.isEmpty()) {
            target.discovery().changed();
        }
    }

    private void lost(Nqn nqn, TransportAddress address, Duration timeout) {
        var _ = locks.on(nqn, subsystem -> {
            SubsystemView before = subsystem.view();
            ListenerSpec listener = before.spec.listeners().get(address);
            if (listener != null && !subsystem.publish(before.withLostListener(listener), List.of(), timeout)) {
                LOG.warn("not every reactor knows within {} that {} of {} is lost", timeout, address, nqn);
            }
            return StepResult.DONE;
        });
    }
}
