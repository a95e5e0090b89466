package org.nvmftarget.data.bdev;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.function.LongSupplier;
import org.nvmftarget.data.reactor.DataMemory;
import org.nvmftarget.data.reactor.Reactor;
import org.nvmftarget.data.reactor.TimerHeap;

/** A reactor that turns by hand, by a clock that others may have, too. */
final class HandReactor implements Reactor {

    private final DataMemory dataMemory = new DataMemory();

    private final LongSupplier clock;
    private final Queue<Runnable> messages = new ArrayDeque<>();
    private final List<Poller> pollers = new ArrayList<>();
    private final TimerHeap timers = new TimerHeap();

    HandReactor(LongSupplier clock) {
        this.clock = clock;
    }

    void turn() {
        for (Runnable m = messages.poll(); m != null; m = messages.poll()) {
            m.run();
        }
        for (int i = 0; i < pollers.size(); i++) {
            pollers.get(i).poll();
            pollers.get(i).arm();
        }
        timers.runDue(clock.getAsLong());
    }

    @Override
    public DataMemory dataMemory() {
        return dataMemory;
    }

    @Override
    public String name() {
        return "hand";
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
        return clock.getAsLong();
    }

    @Override
    public Timer schedule(long delayNs, Runnable task) {
        return timers.add(clock.getAsLong() + delayNs, task);
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
        throw new AssertionError("there are no descriptors");
    }

    @Override
    public void rewatch(int fd, int events) {
        throw new AssertionError("there are no descriptors");
    }

    @Override
    public void unwatch(int fd) {
        throw new AssertionError("there are no descriptors");
    }
}
