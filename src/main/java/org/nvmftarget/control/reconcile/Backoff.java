package org.nvmftarget.control.reconcile;

import java.time.Duration;
import java.util.random.RandomGenerator;

/** Growing waits with jitter, so that objects that failed together are not retried together for ever. */
final class Backoff {
    static final Duration LEAST = Duration.ofMillis(250);
    static final Duration MOST = Duration.ofSeconds(10);

    private final RandomGenerator random;

    Backoff(RandomGenerator random) {
        this.random = random;
    }

    /**
     * The wait after the given attempt, in nanoseconds: half of it certain, half by chance.
     *
     * @param attempt from 1
     */
    long delayNs(int attempt) {
        long fullNs = Math.min(MOST.toNanos(), LEAST.toNanos() << Math.min(attempt - 1, 20));
        return fullNs / 2 + random.nextLong(fullNs / 2 + 1);
    }
}
