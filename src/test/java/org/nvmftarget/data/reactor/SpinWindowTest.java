package org.nvmftarget.data.reactor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SpinWindowTest {

    private static final long US = 1000;
    private static final long MS = 1_000_000;
    private static final long LEAST = 20 * US;
    private static final long MOST = 2 * MS;

    private final SpinWindow window = new SpinWindow(LEAST, MOST, false);

    private void gaps(int count, long gapNs) {
        IntStream.range(0, count).forEach(n -> window.workAfter(gapNs));
    }

    @Test
    void shouldBeginWithTheLeast() {
        assertEquals(LEAST, window.ns());
    }

    @Test
    void shouldCoverTheGapsThatItSaw() {
        gaps(8, 300 * US);

        assertEquals(450 * US, window.ns());
    }

    @Test
    void shouldNotOpenForAFewGaps() {
        gaps(7, 300 * US);

        assertEquals(LEAST, window.ns());
    }

    @Test
    void shouldNeverBeWiderThanTheMost() {
        gaps(20, 1900 * US);

        assertEquals(MOST, window.ns());
    }

    @Test
    void shouldCoverLongGapsAmongManyShortOnes() {
        for (int round = 0; round < 50; round++) {
            gaps(10, 40 * US);
            window.workAfter(400 * US);
        }

        assertTrue(window.ns() >= 400 * US, "covers the long gap: " + window.ns());
    }

    @Test
    void shouldNarrowWhenWorkComesFaster() {
        gaps(10, 1500 * US);
        gaps(300, 100 * US);

        assertTrue(window.ns() < 200 * US, "narrow: " + window.ns());
    }

    @Test
    void shouldLearnNothingFromBusyTurns() {
        gaps(1000, 5 * US);

        assertEquals(LEAST, window.ns());
    }

    @Test
    void shouldCloseAfterGapsThatItCannotCover() {
        gaps(100, 300 * US);
        gaps(4, 100 * MS);

        assertTrue(window.ns() <= LEAST, "closed: " + window.ns());
    }

    @Test
    void shouldStayClosedForAKeepAliveAndItsResponse() {
        for (int n = 0; n < 1000; n++) {
            window.workAfter(2500 * MS); // the command
            window.workAfter(150 * US); // its response was sent
            window.workAfter(200 * US); // and what else one command brings

            assertTrue(window.ns() <= LEAST, "closed: " + window.ns());
        }
    }

    @Test
    void shouldOutlastAPauseInSteadyWork() {
        gaps(300, 300 * US);
        window.workAfter(50 * MS);

        assertEquals(450 * US, window.ns());
    }

    @Test
    void shouldNeverBeWideWhereTheMostIsTheLeast() {
        SpinWindow narrow = new SpinWindow(LEAST, LEAST, true);
        for (int n = 0; n < 100; n++) {
            narrow.workAfter(300 * US);

            assertTrue(narrow.ns() <= LEAST, "narrow: " + narrow.ns());
        }
    }

    @Test
    void shouldNotLookAtAllWhereWorkComesLaterThanTheLeast() {
        SpinWindow narrow = new SpinWindow(LEAST, LEAST, true);
        IntStream.range(0, 8).forEach(n -> narrow.workAfter(80 * US));
        assertEquals(0, narrow.ns());

        narrow.workAfter(0); // work in one turn after the other is no gap
        assertEquals(0, narrow.ns());

        narrow.workAfter(5 * US);
        assertEquals(LEAST, narrow.ns());
    }

    @Test
    void shouldLookWhereSomeWorkComesWithinTheLeast() {
        SpinWindow narrow = new SpinWindow(LEAST, LEAST, true);
        for (int n = 0; n < 1000; n++) {
            narrow.workAfter(n % 4 == 0 ? 10 * US : 80 * US);

            assertEquals(LEAST, narrow.ns());
        }
    }

    @Test
    void shouldCloseWhereWorkComesSoonerToThoseWhoSleep() {
        SpinWindow ofDisk = new SpinWindow(LEAST, MOST, true);
        for (int n = 0; n < 300; n++) {
            ofDisk.workAfter(ofDisk.ns() > LEAST ? 120 * US : 80 * US);
        }

        assertEquals(0, ofDisk.ns());
    }

    @Test
    void shouldStayOpenForAHostWhoeverIsSooner() {
        for (int n = 0; n < 300; n++) {
            window.workAfter(window.ns() > LEAST ? 120 * US : 80 * US);
        }

        assertEquals(180 * US, window.ns());
    }

    @Test
    void shouldSleepAtOnceWhereNoSpinIsAllowed() {
        assertEquals(0, new SpinWindow(0, 0, false).ns());
    }
}
