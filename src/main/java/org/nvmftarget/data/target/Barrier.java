package org.nvmftarget.data.target;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/** Tells when every reactor has acknowledged something, and what they wait for in turn has happened. */
final class Barrier {

    /** How the control thread waits. */
    @FunctionalInterface
    interface Wait {
        /** False if {@code timeout} ran out first. */
        boolean await(CountDownLatch done, Duration timeout) throws InterruptedException;
    }

    private final AtomicInteger pending = new AtomicInteger(1);
    private final CountDownLatch done = new CountDownLatch(1);
    private final Runnable then;

    /** For one that {@link #await}s. */
    Barrier() {
        this(() -> {});
    }

    /** @param then runs on the thread of the last one that arrives; the creator must {@link #arrive}, too */
    Barrier(Runnable then) {
        this.then = then;
    }

    /** One more to wait for; from a party that has not arrived yet itself. */
    void register() {
        pending.incrementAndGet();
    }

    void arrive() {
        if (pending.decrementAndGet() == 0) {
            done.countDown();
            then.run();
        }
    }

    /** Arrives for the creator and waits for the others; an interrupt counts as a timeout and stays set. */
    boolean await(Wait wait, Duration timeout) {
        arrive();
        try {
            return wait.await(done, timeout);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
