package org.nvmftarget.data.reactor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.SplittableRandom;
import java.util.function.LongUnaryOperator;
import org.junit.jupiter.api.Test;

class SpinTrialTest {

    private static final long US = 1000;
    private static final int TRIAL = 256;
    private static final int REST = 1 << 15;

    private final SpinTrial trial = new SpinTrial();

    /** How many gaps of so many were awaited asleep. */
    private int gaps(int count, LongUnaryOperator spinning, LongUnaryOperator sleeping) {
        int slept = 0;
        for (int n = 0; n < count; n++) {
            boolean spins = trial.spins();
            trial.workAfter((spins ? spinning : sleeping).applyAsLong(n));
            slept += spins ? 0 : 1;
        }
        return slept;
    }

    @Test
    void shouldTryBothAlike() {
        assertEquals(TRIAL / 2, gaps(TRIAL, _ -> 100 * US, _ -> 100 * US));
    }

    @Test
    void shouldLookWhereItMakesNoDifference() {
        gaps(TRIAL, _ -> 100 * US, _ -> 100 * US);

        assertEquals(0, gaps(REST, _ -> 100 * US, _ -> 100 * US));
    }

    @Test
    void shouldLookWhereSleepCostsAWakeUp() {
        gaps(TRIAL, _ -> 100 * US, _ -> 105 * US);

        assertEquals(0, gaps(REST, _ -> 100 * US, _ -> 105 * US));
    }

    @Test
    void shouldSleepWhereWorkComesSoonerThen() {
        gaps(TRIAL, _ -> 120 * US, _ -> 80 * US);

        assertEquals(REST, gaps(REST, _ -> 120 * US, _ -> 80 * US));
    }

    @Test
    void shouldTryAgainLater() {
        gaps(TRIAL + REST, _ -> 120 * US, _ -> 80 * US);
        gaps(TRIAL, _ -> 100 * US, _ -> 105 * US);

        assertTrue(trial.spins());
    }

    @Test
    void shouldNotTakeOneShortGapOfTwoThatTakeTurnsForSleepsDoing() {
        gaps(TRIAL, n -> n % 2 == 0 ? 500 * US : 30 * US, n -> n % 2 == 0 ? 505 * US : 35 * US);

        assertTrue(trial.spins());
    }

    @Test
    void shouldSeeThroughGapsThatVary() {
        SplittableRandom random = new SplittableRandom(20261126);
        LongUnaryOperator noise = _ -> random.nextLong(100 * US);
        gaps(TRIAL, n -> 200 * US + noise.applyAsLong(n), n -> 100 * US + noise.applyAsLong(n));

        assertFalse(trial.spins());
    }

    @Test
    void shouldNotMindSomeLongGaps() {
        gaps(TRIAL, _ -> 120 * US, n -> n % 24 == 5 ? 1900 * US : 80 * US);

        assertFalse(trial.spins());
    }
}
