package org.nvmftarget.verbs;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.nvmftarget.data.reactor.DataMemory;
import org.nvmftarget.data.reactor.Reactor;
import org.nvmftarget.data.reactor.TimerHeap;

/** A reactor whose turns are events of a {@link World}; one turn does what {@code EpollReactor} does in one. */
public final class SimReactor implements Reactor {

    private final DataMemory dataMemory = new DataMemory();

    private static final int MESSAGES_PER_TURN = 1024;

    private record Watch(FdHandler handler, int events) {}

    private final World world;
    private final World.Actor actor;
    private final Deque<Runnable> messages = new ArrayDeque<>();
    private final TimerHeap timers = new TimerHeap();
    private final Map<Integer, Watch> watches = new TreeMap<>();
    private List<Poller> pollers = List.of();
    private World.@Nullable Event nextTurn;
    private boolean inTurn;
    private long nextTurnNs;
    private long nowNs;
    private long stalledUntilNs;
    private long turns;

    public SimReactor(World world, String name) {
        this.world = world;
        actor = new World.Actor(name, false);
        nowNs = world.nowNs();
    }

    /** It gets no turn for {@code ns}: the machine has other things to do. */
    public void stall(long ns) {
        stalledUntilNs = world.nowNs() + ns;
        if (nextTurn != null) {
            nextTurn.cancel();
            nextTurn = null;
        }
        wake();
    }

    public long turns() {
        return turns;
    }

    /** Whether it has nothing to do before a timer, a descriptor or a message comes. */
    public boolean isAsleep() {
        return messages.isEmpty() && (nextTurn == null || nextTurnNs > world.nowNs() + 1_000_000);
    }

    public int watchedDescriptors() {
        return watches.size();
    }

    public int pollers() {
        return pollers.size();
    }

    void wake() {
        scheduleTurn(Math.max(world.between(100, 4000), stalledUntilNs - world.nowNs()));
    }

    private void scheduleTurn(long delayNs) {
        long atNs = world.nowNs() + delayNs;
        if (nextTurn != null) {
            if (nextTurnNs <= atNs) {
                return;
            }
            nextTurn.cancel();
        }
        nextTurnNs = atNs;
        nextTurn = world.turn(delayNs, () -> {
            nextTurn = null;
            world.as(actor, this::turn);
        });
    }

    private void turn() {
        if (inTurn) {
            throw new IllegalStateException(actor.name() + " waits inside its own turn");
        }
        inTurn = true;
        turns++;
        nowNs = world.nowNs();
        int work = runMessages() + poll() + serveDescriptors() + timers.runDue(nowNs);
        inTurn = false;
        if (work > 0 || world.oneIn(2) || !isArmed()) {
            wakeIfAnythingIsThere(work);
        } else {
            sleep();
        }
    }

    /** A turn in vain may be followed by another, as long as a reactor spins. */
    private void wakeIfAnythingIsThere(int work) {
        if (work == 0 && pollers.isEmpty() && messages.isEmpty()) {
            sleep();
        } else {
            wake();
        }
    }

    private int runMessages() {
        int run = 0;
        for (Runnable m = messages.poll(); m != null; m = run < MESSAGES_PER_TURN ? messages.poll() : null) {
            m.run();
            run++;
        }
        return run;
    }

    private int poll() {
        int work = 0;
        for (Poller poller : pollers) {
            if (pollers.contains(poller)) {
                work += poller.poll();
            }
        }
        return work;
    }

    private int serveDescriptors() {
        int served = 0;
        for (int fd : List.copyOf(watches.keySet())) {
            Watch watch = watches.get(fd);
            if (watch != null && isReadable(fd) && (watch.events() & READABLE) != 0) {
                watch.handler().ready(READABLE);
                served++;
            }
        }
        return served;
    }

    private boolean isReadable(int fd) {
        Descriptors.Descriptor descriptor = world.descriptors().find(fd);
        return descriptor != null && descriptor.isReadable();
    }

    private boolean isArmed() {
        for (Poller poller : pollers) {
            if (!poller.arm()) {
                return false;
            }
        }
        return true;
    }

    private void sleep() {
        boolean ready = !messages.isEmpty() || watches.keySet().stream().anyMatch(this::isReadable);
        if (ready) {
            wake();
        } else if (!timers.isEmpty()) {
            scheduleTurn(timers.firstDeadlineNs() - world.nowNs() + world.between(0, 1_000_000));
        }
    }

    private void own() {
        if (!inReactor()) {
            throw world.violation(world.current().name() + " uses " + actor.name() + " as if it were its own");
        }
    }

    @Override
    public DataMemory dataMemory() {
        return dataMemory;
    }

    @Override
    public String name() {
        return actor.name();
    }

    @Override
    public boolean inReactor() {
        return world.current() == actor;
    }

    @Override
    public void execute(Runnable message) {
        messages.add(message);
        wake();
    }

    @Override
    public long nowNs() {
        return nowNs;
    }

    @Override
    public Timer schedule(long delayNs, Runnable task) {
        own();
        return timers.add(nowNs + delayNs, task);
    }

    @Override
    public void addPoller(Poller poller) {
        own();
        List<Poller> next = new ArrayList<>(pollers);
        next.add(poller);
        pollers = List.copyOf(next);
        wake();
    }

    @Override
    public void removePoller(Poller poller) {
        own();
        pollers = pollers.stream().filter(p -> !p.equals(poller)).toList();
    }

    @Override
    public void watch(int fd, int events, FdHandler handler) {
        own();
        Descriptors.Descriptor descriptor = world.descriptors().find(fd);
        if (descriptor == null && Descriptors.isOurs(fd)) {
            throw world.violation("descriptor " + fd + " is watched and not open");
        }
        if (descriptor != null) {
            descriptor.watcher = this;
        }
        if (watches.put(fd, new Watch(handler, events)) != null) {
            throw world.violation("descriptor " + fd + " is watched twice");
        }
        wake();
    }

    @Override
    public void rewatch(int fd, int events) {
        own();
        watches.computeIfPresent(fd, (n, watch) -> new Watch(watch.handler(), events));
    }

    @Override
    public void unwatch(int fd) {
        own();
        watches.remove(fd);
        Descriptors.Descriptor descriptor = world.descriptors().find(fd);
        if (descriptor != null) {
            descriptor.watcher = null;
        }
    }
}
