package org.nvmftarget.control.reconcile;

import java.util.EnumSet;
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
    private Runnable afterFirstPass = () -> {};
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
        this.afterFirstPass = afterFirstPass;
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

    private record Work(Trigger trigger, AcceptedSpec spec) {}

    private void run() {
        try {
            Work work = next();
            while (work != null) {
                reconciler.pass(work.trigger(), work.spec());
                lastPassNs = nanoTime.getAsLong();
                afterFirstPass.run();
                afterFirstPass = () -> {};
                work = next();
            }
        } catch (InterruptedException e) {
            LOG.debug("the control thread ends", e);
        }
    }

    /** Waits for a trigger or a timer; null when closed. */
    private @Nullable Work next() throws InterruptedException {
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
                    return new Work(first, spec);
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
