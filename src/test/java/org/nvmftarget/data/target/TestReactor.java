package org.nvmftarget.data.target;

import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.nvmftarget.data.reactor.Reactor;

/** A reactor that turns by hand, with a clock that stands still. */
final class TestReactor implements Reactor {

    private static final class Due implements Timer {
        final long atNs;
        final long order;
        final Runnable task;
        boolean cancelled;

        Due(long atNs, long order, Runnable task) {
            this.atNs = atNs;
            this.order = order;
            this.task = task;
        }

        @Override
        public void cancel() {
            cancelled = true;
        }
    }

    private final String name;
    private final Queue<Runnable> messages = new ConcurrentLinkedQueue<>();
    private final PriorityQueue<Due> timers =
            new PriorityQueue<>(Comparator.<Due>comparingLong(d -> d.atNs).thenComparingLong(d -> d.order));
    private long nowNs = 1_000_000_000L;
    private long timersMade;

    TestReactor(String name) {
        this.name = name;
    }

    /** One turn: the messages that are there, then the timers that are due. True if there was something to do. */
    boolean turn() {
        boolean busy = false;
        Queue<Runnable> batch = new ArrayDeque<>();
        for (Runnable m = messages.poll(); m != null; m = messages.poll()) {
            batch.add(m);
        }
        for (Runnable m : batch) {
            m.run();
            busy = true;
        }
        while (!timers.isEmpty() && timers.peek().atNs <= nowNs) {
            Due due = timers.poll();
            if (!due.cancelled) {
                due.task.run();
                busy = true;
            }
        }
        return busy;
    }

    /** The clock goes on; nothing runs. */
    void pass(long ns) {
        nowNs += ns;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public boolean inReactor() {
        return true;
    }

    @Override
    public void execute(Runnable message) {
        messages.add(message);
    }

    @Override
    public long nowNs() {
        return nowNs;
    }

    @Override
    public Timer schedule(long delayNs, Runnable task) {
        Due due = new Due(nowNs + delayNs, timersMade++, task);
        timers.add(due);
        return due;
    }

    @Override
    public void addPoller(Poller poller) {
        throw new AssertionError("the core polls nothing");
    }

    @Override
    public void removePoller(Poller poller) {
        throw new AssertionError("the core polls nothing");
    }

    @Override
    public void watch(int fd, int events, FdHandler handler) {
        throw new AssertionError("the core watches nothing");
    }

    @Override
    public void rewatch(int fd, int events) {
        throw new AssertionError("the core watches nothing");
    }

    @Override
    public void unwatch(int fd) {
        throw new AssertionError("the core watches nothing");
    }
}
