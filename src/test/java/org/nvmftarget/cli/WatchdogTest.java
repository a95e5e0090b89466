package org.nvmftarget.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;

final class WatchdogTest {

    private final Queue<Runnable> first = new ArrayDeque<>();
    private final Queue<Runnable> second = new ArrayDeque<>();
    private final Watchdog watchdog = new Watchdog();
    private boolean excused;

    private void watchBoth() {
        watchdog.add("first", first::add, () -> false);
        watchdog.add("second", second::add, () -> excused);
    }

    private static void answer(Queue<Runnable> thread) {
        thread.forEach(Runnable::run);
        thread.clear();
    }

    @Test
    void allIsWellAsLongAsEveryThreadAnswers() {
        watchBoth();
        for (int i = 0; i < 5; i++) {
            assertTrue(watchdog.isWell());
            answer(first);
            answer(second);
        }
    }

    @Test
    void oneThatHangsIsNotWell() {
        watchBoth();
        assertTrue(watchdog.isWell());
        answer(first);

        assertFalse(watchdog.isWell());
        answer(first);
        assertFalse(watchdog.isWell());
    }

    @Test
    void oneThatAnswersLateIsWellAgain() {
        watchBoth();
        watchdog.isWell();
        answer(first);
        assertFalse(watchdog.isWell());
        answer(first);
        answer(second);

        assertTrue(watchdog.isWell());
    }

    @Test
    void oneThatIsAtLongWorkIsExcused() {
        watchBoth();
        watchdog.isWell();
        answer(first);
        excused = true;

        assertTrue(watchdog.isWell());
        answer(first);
        excused = false;
        assertFalse(watchdog.isWell());
    }

    @Test
    void oneThatHasEndedIsNotWell() {
        watchdog.add(
                "ended",
                task -> {
                    throw new RejectedExecutionException("ended");
                },
                () -> false);

        watchdog.isWell();

        assertFalse(watchdog.isWell());
    }

    @Test
    void readsTheIntervalThatIsForThisProcess() {
        assertEquals(Optional.of(Duration.ofSeconds(30)), Watchdog.interval(Map.of("WATCHDOG_USEC", "30000000"), 7));
        assertEquals(
                Optional.of(Duration.ofMillis(1)),
                Watchdog.interval(Map.of("WATCHDOG_USEC", "1000", "WATCHDOG_PID", "7"), 7));
        assertEquals(Optional.empty(), Watchdog.interval(Map.of("WATCHDOG_USEC", "1000", "WATCHDOG_PID", "8"), 7));
        assertEquals(Optional.empty(), Watchdog.interval(Map.of(), 7));
        assertEquals(Optional.empty(), Watchdog.interval(Map.of("WATCHDOG_USEC", "0"), 7));
        assertEquals(Optional.empty(), Watchdog.interval(Map.of("WATCHDOG_USEC", "soon"), 7));
    }
}
