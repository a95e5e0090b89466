package org.nvmftarget.data.target;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** Runs what computes for long on helper threads, few at a time: whoever asks for it must not take every CPU. */
final class Computations implements Executor {
    private static final int CPUS_PER_COMPUTATION = 4;

    private final Executor helpers;
    private final int most;
    private final Queue<Runnable> waiting = new ArrayDeque<>();
    private int running;

    /** @param most tasks at a time */
    Computations(Executor helpers, int most) {
        this.helpers = helpers;
        this.most = most;
    }

    /** As many at a time as suits a machine of {@code cpus}. */
    static Computations on(Executor helpers, int cpus) {
        return new Computations(helpers, Math.max(1, cpus / CPUS_PER_COMPUTATION));
    }

    @Override
    public synchronized void execute(Runnable task) {
        if (running == most) {
            waiting.add(task);
        } else {
            running++;
            helpers.execute(() -> runAll(task));
        }
    }

    private void runAll(Runnable first) {
        for (Runnable task = first; task != null; task = next()) {
            task.run();
        }
    }

    private synchronized @Nullable Runnable next() {
        Runnable next = waiting.poll();
        if (next == null) {
            running--;
        }
        return next;
    }
}
