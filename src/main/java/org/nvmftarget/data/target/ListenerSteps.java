package org.nvmftarget.data.target;

import java.time.Duration;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.nvmftarget.model.ListenerSpec;
import org.nvmftarget.model.Step;
import org.nvmftarget.model.StepResult;
import org.nvmftarget.model.TransportAddress;

/** The steps that change where a subsystem is reached. */
final class ListenerSteps {

    private final Target target;
    private final SubsystemLocks locks;
    private final TransportRegistry transports;

    ListenerSteps(Target target, SubsystemLocks locks, TransportRegistry transports) {
        this.target = target;
        this.locks = locks;
        this.transports = transports;
    }

    /** The view comes first: the address is not open before the subsystem knows of it. */
    StepResult add(Step.AddListener step, Duration timeout) {
        return locks.on(step.nqn(), subsystem -> {
            SubsystemView before = subsystem.view();
            SortedMap<TransportAddress, ListenerSpec> listeners = new TreeMap<>(before.spec.listeners());
            if (listeners.put(step.address(), step.listener()) != null) {
                return SubsystemLocks.failed(step.object() + " is there already");
            }
            StepResult result =
                    SubsystemLocks.publishOrTakeBack(subsystem, before.withListeners(listeners), List.of(), timeout);
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

    /** All ANA states of one listener, seen at once by each reactor. */
    StepResult setAnaState(Step.SetAnaState step, Duration timeout) {
        return locks.on(step.nqn(), subsystem -> {
            SubsystemView before = subsystem.view();
            SortedMap<TransportAddress, ListenerSpec> listeners = new TreeMap<>(before.spec.listeners());
            if (listeners.replace(step.listener().address(), step.listener()) == null) {
                return SubsystemLocks.failed("there is no " + step.object());
            }
            return SubsystemLocks.publishOrTakeBack(subsystem, before.withListeners(listeners), List.of(), timeout);
        });
    }

    StepResult remove(Step.RemoveListener step, Duration timeout) {
        return locks.on(step.nqn(), subsystem -> {
            SortedMap<TransportAddress, ListenerSpec> listeners =
                    new TreeMap<>(subsystem.view().spec.listeners());
            if (listeners.remove(step.address()) == null) {
                return SubsystemLocks.failed("there is no " + step.object());
            }
            boolean last = transports.unlisten(step.address(), step.nqn());
            SubsystemLocks.publishAndDisconnect(subsystem, subsystem.view().withListeners(listeners), timeout);
            if (last) {
                target.discovery().closed(step.address());
            }
            target.discovery().changed();
            return StepResult.DONE;
        });
    }
}
