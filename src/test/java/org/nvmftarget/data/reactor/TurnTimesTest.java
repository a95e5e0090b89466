package org.nvmftarget.data.reactor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

final class TurnTimesTest {

    private final AtomicLong clock = new AtomicLong();
    private final TurnTimes times = new TurnTimes();

    @Test
    void shouldTellTurnsWithWorkFromTurnsInVain() {
        times.busy(10);
        times.idle(5);
        times.busy(1);
        assertEquals(11, times.busyNs());
        assertEquals(5, times.idleNs(clock::get));
        assertEquals(3, times.turns());
        assertEquals(2, times.busyTurns());
    }

    @Test
    void shouldCountASleepWhileItLasts() {
        times.idle(5);
        clock.set(100);
        times.sleeps(100);
        clock.set(130);
        assertEquals(35, times.idleNs(clock::get));
        times.idle(30);
        clock.set(200);
        assertEquals(35, times.idleNs(clock::get));
    }

    @Test
    void shouldNeverGoBackwardsForWhoReadsMeanwhile() throws InterruptedException {
        AtomicBoolean done = new AtomicBoolean();
        Thread reactor = Thread.ofPlatform().start(() -> {
            for (int i = 0; i < 300_000; i++) {
                times.sleeps(clock.get());
                clock.addAndGet(3);
                times.idle(3);
            }
            done.set(true);
        });
        long last = 0;
        while (!done.get()) {
            long now = times.idleNs(clock::get);
            assertTrue(now >= last, now + " after " + last);
            last = now;
        }
        reactor.join();
        assertEquals(900_000, times.idleNs(clock::get));
    }
}
