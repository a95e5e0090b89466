package org.nvmftarget.data.target;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.nvmftarget.data.reactor.DataMemory;
import org.nvmftarget.data.reactor.Reactor;
import org.nvmftarget.data.reactor.TimerHeap;

/** A reactor that turns by hand, with a clock that stands still. */
final class TestReactor implements Reactor {

    private final DataMemory dataMemory = new DataMemory();

    private final String name;
    private final Queue<Runnable> messages = new ConcurrentLinkedQueue<>();
    private final TimerHeap timers = new TimerHeap();
    private final List<Poller> pollers = new ArrayList<>();
    private long nowNs = 1_000_000_000L;

    TestReactor(String name) {
        this.name = name;
    }

    /** One turn: the messages that are there, then the pollers and the timers that are due. True if there was something to do. */
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
        for (Poller poller : pollers) {
            busy |= poller.poll() > 0;
        }
        return timers.runDue(nowNs) > 0 || busy;
    }

    /** The clock goes on; nothing runs. */
    void pass(long ns) {
        nowNs += ns;
    }

    @Override
    public DataMemory dataMemory() {
        return dataMemory;
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
        return timers.add(nowNs + delayNs, task);
    }

    @Override
    public void addPoller(Poller poller) {
        pollers.add(poller);
    }

    @Override
    public void removePoller(Poller poller) {
        pollers.remove(poller);
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
