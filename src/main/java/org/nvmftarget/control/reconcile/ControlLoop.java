package org.nvmftarget.control.reconcile;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.nvmftarget.control.admit.AcceptedSpec;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The control thread: gathers triggers and timers, and runs the reconciler's passes. */
final class ControlLoop implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ControlLoop.class);

    private final Reconciler reconciler;
    private final LongSupplier nanoTime;
    private final Thread thread;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final EnumSet<Trigger> triggers = EnumSet.noneOf(Trigger.class);
    private final List<Runnable> errands = new ArrayList<>();
    private @Nullable AcceptedSpec accepted;
    private boolean closed;
    private long lastPassNs;

    ControlLoop(Reconciler reconciler, LongSupplier nanoTime) {
        this.reconciler = reconciler;
        this.nanoTime = nanoTime;
        this.thread = new Thread(this::run, "control");
        this.thread.setDaemon(true);
    }

    /** @param afterFirstPass runs once, on the control thread */
    void start(Runnable afterFirstPass) {
        afterPasses(afterFirstPass);
        thread.start();
    }

    /** The spec from now on. From any thread. */
    void accept(AcceptedSpec spec, Trigger why) {
        lock.lock();
        try {
            accepted = spec;
            triggers.add(why);
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Asks for a pass. From any thread. */
    void trigger(Trigger why) {
        lock.lock();
        try {
            triggers.add(why);
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Runs {@code errand} on the control thread, after the passes that are asked for by now. From any thread. */
    void afterPasses(Runnable errand) {
        lock.lock();
        try {
            errands.add(errand);
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void run() {
        try {
            Runnable work = next();
            while (work != null) {
                work.run();
                work = next();
            }
        } catch (InterruptedException e) {
            LOG.debug("the control thread ends", e);
        }
    }

    private void pass(Trigger trigger, AcceptedSpec spec, List<Runnable> after) {
        reconciler.pass(trigger, spec);
        lastPassNs = nanoTime.getAsLong();
        after.forEach(Runnable::run);
    }

    private List<Runnable> drainErrands() {
        List<Runnable> all = List.copyOf(errands);
        errands.clear();
        return all;
    }

    /** Waits for a trigger, a timer or an errand; null when closed. */
    private @Nullable Runnable next() throws InterruptedException {
        lock.lockInterruptibly();
        try {
            while (!closed) {
                AcceptedSpec spec = accepted;
                if (spec == null) {
                    changed.await();
                    continue;
                }
                noteTimers(spec);
                if (!triggers.isEmpty()) {
                    Trigger first = triggers.iterator().next();
                    triggers.clear();
                    List<Runnable> after = drainErrands();
                    return () -> pass(first, spec, after);
                }
                if (!errands.isEmpty()) {
                    List<Runnable> all = drainErrands();
                    return () -> all.forEach(Runnable::run);
                }
                changed.await(waitNs(spec), TimeUnit.NANOSECONDS);
            }
            return null;
        } finally {
            lock.unlock();
        }
    }

    private void noteTimers(AcceptedSpec spec) {
        OptionalLong retryNs = reconciler.retryInNs();
        if (retryNs.isPresent() && retryNs.getAsLong() <= 0) {
            triggers.add(Trigger.RETRY);
        }
        if (resyncInNs(spec) <= 0) {
            triggers.add(Trigger.DRIFT);
        }
    }

    private long waitNs(AcceptedSpec spec) {
        OptionalLong retryNs = reconciler.retryInNs();
        long resyncNs = resyncInNs(spec);
        return retryNs.isPresent() ? Math.min(retryNs.getAsLong(), resyncNs) : resyncNs;
    }

    private long resyncInNs(AcceptedSpec spec) {
        return lastPassNs + spec.state().reconcile().resync().toNanos() - nanoTime.getAsLong();
    }

    /** Returns when the thread has ended: a pass under way is not begun further, and resumes what it paused. */
    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
