package org.nvmftarget.data.reactor;

import org.jspecify.annotations.Nullable;

/**
 * How long a reactor goes on looking for work before it sleeps. A sleep costs the next piece of work a wake-up, which is
 * much where a round trip to the host and back takes a few hundred microseconds; looking in vain costs a CPU. So the
 * window follows the gaps that were seen between one piece of work and the next, and is wide only as long as work comes
 * within it: some gaps that a wide window covers (or would have) open it, a single one beyond the most that it may be
 * takes the better part of that back. A host that sends a keep-alive now and then never opens it.
 *
 * <p>Where it is a disk that is awaited, nor is it wide where a {@link SpinTrial} finds that work comes sooner to those who
 * sleep; and one that is not wide is closed altogether while nearly no work comes within the least.
 */
final class SpinWindow {

    /** What a gap within reach adds. */
    private static final int GAIN = 1;

    /** What a gap beyond reach takes. */
    private static final int LOSS = 8;

    private static final int OPENS_AT = 8;
    private static final int MOST_CREDIT = 32;

    /** By how much of the difference a shorter gap narrows the window: 1/32. */
    private static final int NARROWING_SHIFT = 5;

    /** What a gap within the least takes from the count of those beyond it. */
    private static final int NOT_IN_VAIN = 4;

    private final @Nullable SpinTrial trial;
    private final long leastNs;
    private final long mostNs;
    private long longestGapNs;
    private int credit;
    private int inVain;

    /**
     * @param leastNs the window to begin with; gaps within it say little
     * @param mostNs the widest window; no wider than the least, it never opens
     * @param ofDisk whether it is a disk that is awaited
     */
    SpinWindow(long leastNs, long mostNs, boolean ofDisk) {
        trial = ofDisk ? new SpinTrial() : null;
        this.leastNs = leastNs;
        this.mostNs = Math.max(leastNs, mostNs);
    }

    /** How long to look for work after the last. */
    long ns() {
        if (credit >= OPENS_AT && (trial == null || trial.spins())) {
            return Math.clamp(longestGapNs + (longestGapNs >> 1), leastNs, mostNs);
        }
        return trial == null || inVain < OPENS_AT ? leastNs : 0;
    }

    /** Work came {@code gapNs} after the work before it, awaited awake or asleep. */
    void workAfter(long gapNs) {
        if (gapNs == 0) {
            return; // none: there was work in the turn before
        }
        if (gapNs <= leastNs) {
            inVain = Math.max(0, inVain - NOT_IN_VAIN);
            return;
        }
        inVain = Math.min(MOST_CREDIT, inVain + 1);
        if (gapNs > mostNs) {
            credit = Math.max(0, credit - LOSS);
            return;
        }
        if (trial != null && credit >= OPENS_AT) {
            trial.workAfter(gapNs);
        }
        credit = Math.min(MOST_CREDIT, credit + GAIN);
        if (gapNs >= longestGapNs) {
            longestGapNs = gapNs;
        } else {
            longestGapNs -= (longestGapNs - gapNs) >> NARROWING_SHIFT;
        }
    }
}
