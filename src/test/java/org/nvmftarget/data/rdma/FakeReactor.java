package org.nvmftarget.data.rdma;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.nvmftarget.data.reactor.DataMemory;
import org.nvmftarget.data.reactor.Reactor;

/** A reactor that runs when it is told to, on the test's thread. */
final class FakeReactor implements Reactor {

    private final DataMemory dataMemory = new DataMemory();

    private final Deque<Runnable> messages = new ArrayDeque<>();
    private final List<Runnable> timers = new ArrayList<>();

    /** Runs messages until there is none. */
    void run() {
        for (Runnable message = messages.poll(); message != null; message = messages.poll()) {
            message.run();
        }
    }

    /** All timers are due. */
    void runTimers() {
        List<Runnable> due = List.copyOf(timers);
        timers.clear();
        due.forEach(Runnable::run);
    }

    @Override
    public DataMemory dataMemory() {
        return dataMemory;
    }

    @Override
    public String name() {
        return "fake";
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
        return 0;
    }

    @Override
    public Timer schedule(long delayNs, Runnable task) {
        timers.add(task);
        return () -> timers.remove(task);
    }

    @Override
    public void addPoller(Poller poller) {}

    @Override
    public void removePoller(Poller poller) {}

    @Override
    public void watch(int fd, int events, FdHandler handler) {}

    @Override
    public void rewatch(int fd, int events) {}

    @Override
    public void unwatch(int fd) {}
}
