package org.nvmftarget.data.target;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.nvmftarget.model.LiveState.SubsystemState;
import org.nvmftarget.model.Nqn;
import org.nvmftarget.model.Nsid;
import org.nvmftarget.model.StepResult;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Steps for one subsystem queue behind each other on a fair lock; between a pause and its resume the lock is free, so
 * that any thread's step may run in that window.
 */
final class SubsystemLocks {

    private static final Logger LOG = LoggerFactory.getLogger(SubsystemLocks.class);

    private final Target target;
    private final Map<Nqn, ReentrantLock> locks = new ConcurrentHashMap<>();

    SubsystemLocks(Target target) {
        this.target = target;
    }

    /** Runs a step on a subsystem, whether it is there or not. */
    StepResult locked(Nqn nqn, BiFunction<@Nullable Subsystem, Nqn, StepResult> step) {
        ReentrantLock lock = locks.computeIfAbsent(nqn, n -> new ReentrantLock(true));
        lock.lock();
        try {
            return step.apply(target.subsystem(nqn), nqn);
        } finally {
            lock.unlock();
        }
    }

    /** Runs a step on a subsystem that is there and not being removed. */
    StepResult on(Nqn nqn, Function<Subsystem, StepResult> step) {
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

    /** The change holds at once; queues that it ends may take longer than {@code timeout} to go. */
    static void publishAndDisconnect(Subsystem subsystem, SubsystemView next, Duration timeout) {
        if (!subsystem.publish(next, List.of(), timeout)) {
            LOG.warn("queues of subsystem {} that lost their access are still going down", subsystem.nqn());
        }
    }

    /** The change holds on every reactor and I/O to {@code drain} has ended; or it was taken back. */
    static StepResult publishOrTakeBack(Subsystem subsystem, SubsystemView next, List<Nsid> drain, Duration timeout) {
        SubsystemView before = subsystem.view();
        return subsystem.publish(next, drain, timeout) ? StepResult.DONE : takenBack(subsystem, before, timeout);
    }

    /** A change that did not come through within {@code timeout} is replaced by what was before. */
    static StepResult takenBack(Subsystem subsystem, SubsystemView before, Duration timeout) {
        subsystem.publish(before.again(subsystem.view().generation + 1), List.of(), timeout);
        return failed(
                "subsystem " + subsystem.nqn() + " did not take the change within " + timeout + "; it was taken back");
    }

    static StepResult failed(String message) {
        return new StepResult.Failed(message);
    }
}
