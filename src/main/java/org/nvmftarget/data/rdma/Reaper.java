package org.nvmftarget.data.rdma;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The helper thread for what blocks: it destroys queue pairs, ids and devices, one after another. */
final class Reaper implements AutoCloseable {

    private static final long CLOSE_TIMEOUT_MS = 2000;
    private static final Logger log = LoggerFactory.getLogger(Reaper.class);

    private final ExecutorService thread;
    private final Waiting waiting;

    Reaper() {
        this(
                Executors.newSingleThreadExecutor(
                        Thread.ofPlatform().name("rdma-reaper").daemon().factory()),
                Waiting.BLOCKING);
    }

    /**
     * @param thread one thread, which the reaper ends
     * @param waiting how it and the control thread wait for others
     */
    Reaper(ExecutorService thread, Waiting waiting) {
        this.thread = thread;
        this.waiting = waiting;
    }

    Waiting waiting() {
        return waiting;
    }

    void execute(Runnable task) {
        thread.execute(() -> {
            try {
                task.run();
            } catch (RuntimeException e) {
                log.error("cannot free RDMA resources", e);
            }
        });
    }

    /** Does what is left, and waits for it. */
    @Override
    public void close() {
        thread.shutdown();
        try {
            if (!thread.awaitTermination(CLOSE_TIMEOUT_MS, TimeUnit.MILLISECONDS)) {
                log.warn("RDMA resources are still being freed");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
