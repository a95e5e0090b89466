package org.nvmftarget.data.target;

import java.util.ArrayDeque;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** Work that may block, one piece after the other, each on a helper thread. From any thread. */
final class Lane {

    /** One piece. */
    @FunctionalInterface
    interface Work {
        /** @param done to be called once, on any thread: the next piece may begin */
        void run(Runnable done);
    }

    private final Executor helpers;
    private final ArrayDeque<Work> waiting = new ArrayDeque<>();
    private boolean busy;

    Lane(Executor helpers) {
        this.helpers = helpers;
    }

    void submit(Work work) {
        synchronized (this) {
            if (busy) {
                waiting.addLast(work);
                return;
            }
            busy = true;
        }
        begin(work);
    }

    private void begin(Work work) {
        helpers.execute(() -> work.run(this::done));
    }

    private void done() {
        @Nullable Work next;
        synchronized (this) {
            next = waiting.pollFirst();
            busy = next != null;
        }
        if (next != null) {
            begin(next);
        }
    }
}
