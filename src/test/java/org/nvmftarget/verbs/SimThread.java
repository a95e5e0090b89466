package org.nvmftarget.verbs;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;

/** A thread that may block, which runs one task after another; while it waits, the world goes on. */
public final class SimThread extends AbstractExecutorService {

    private final World world;
    private final World.Actor actor;
    private final Deque<Runnable> tasks = new ArrayDeque<>();
    private boolean busy;
    private boolean scheduled;
    private boolean shutdown;

    public SimThread(World world, String name) {
        this.world = world;
        actor = new World.Actor(name, true);
    }

    @Override
    public void execute(Runnable task) {
        if (shutdown) {
            throw new RejectedExecutionException(actor.name() + " has been shut down");
        }
        tasks.add(task);
        schedule();
    }

    private void schedule() {
        if (!scheduled && !tasks.isEmpty()) {
            scheduled = true;
            // Destroying takes the kernel from microseconds to long.
            world.turn(world.oneIn(8) ? world.between(0, 50_000_000) : world.between(500, 50_000), this::turn);
        }
    }

    private void turn() {
        scheduled = false;
        if (busy) {
            return;
        }
        busy = true;
        world.as(actor, tasks.remove());
        busy = false;
        schedule();
    }

    @Override
    public void shutdown() {
        shutdown = true;
    }

    @Override
    public List<Runnable> shutdownNow() {
        shutdown = true;
        List<Runnable> left = new ArrayList<>(tasks);
        tasks.clear();
        return left;
    }

    @Override
    public boolean isShutdown() {
        return shutdown;
    }

    @Override
    public boolean isTerminated() {
        return shutdown && tasks.isEmpty() && !busy;
    }

    @Override
    public boolean awaitTermination(long timeout, TimeUnit unit) {
        return world.runUntil(this::isTerminated, unit.toNanos(timeout));
    }
}
