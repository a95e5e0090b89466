package org.nvmftarget.data.reactor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class TimerHeapTest {

    private final TimerHeap timers = new TimerHeap();
    private final List<Integer> ran = new ArrayList<>();

    private void runDue(long nowNs) {
        for (Runnable task = timers.takeDue(nowNs); task != null; task = timers.takeDue(nowNs)) {
            task.run();
        }
    }

    @Test
    void shouldRunTimersSoonestFirstWhateverTheOrderOfTheirMaking() {
        List<Integer> deadlines =
                new ArrayList<>(IntStream.range(0, 1000).boxed().toList());
        Collections.shuffle(deadlines, new Random(7));
        deadlines.forEach(deadline -> timers.add(deadline, () -> ran.add(deadline)));

        runDue(1000);

        assertEquals(IntStream.range(0, 1000).boxed().toList(), ran);
    }

    @Test
    void shouldRunTimersOfOneTimeInTheOrderOfTheirMaking() {
        IntStream.range(0, 50).forEach(n -> timers.add(5, () -> ran.add(n)));

        runDue(5);

        assertEquals(IntStream.range(0, 50).boxed().toList(), ran);
    }

    @Test
    void shouldNotRunATimerBeforeItsTime() {
        timers.add(10, () -> ran.add(10));

        runDue(9);

        assertTrue(ran.isEmpty());
        assertEquals(10, timers.firstDeadlineNs());
    }

    @Test
    void shouldForgetCancelledTimersWhereverTheyStand() {
        List<Reactor.Timer> made = IntStream.range(0, 300)
                .mapToObj(n -> timers.add((n * 37L) % 300, () -> ran.add((n * 37) % 300)))
                .toList();
        IntStream.range(0, 300).filter(n -> n % 3 == 0).forEach(n -> made.get(n).cancel());
        made.getFirst().cancel();

        runDue(300);

        assertEquals(200, ran.size());
        assertEquals(ran.stream().sorted().toList(), ran);
        assertTrue(timers.isEmpty());
    }

    @Test
    void shouldOrderTimesAcrossTheOverflowOfTheClock() {
        timers.add(Long.MIN_VALUE + 5, () -> ran.add(2));
        timers.add(Long.MAX_VALUE - 5, () -> ran.add(1));

        assertFalse(timers.isDue(Long.MAX_VALUE - 6));
        runDue(Long.MIN_VALUE + 5);

        assertEquals(List.of(1, 2), ran);
    }
}
