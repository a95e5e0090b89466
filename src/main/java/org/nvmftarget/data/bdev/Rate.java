package org.nvmftarget.data.bdev;

import java.util.concurrent.atomic.AtomicLong;

/**
 * So much in a second, as a line that all reactors share: whoever comes takes the place behind the last one, as long as
 * his tokens last at this rate, and may begin when that place's time has come. So the order of coming is the order of
 * beginning, and no reactor is passed over. Places that nobody took are gone, but for those of the last {@link #BURST_NS}.
 */
final class Rate {

    /** As two timeslices of SPDK, one at its end and one at its beginning. */
    static final long BURST_NS = 2_000_000;

    /** Times are counted in fractions of a nanosecond, lest rates become round. In 63 bits that lasts for 18 years. */
    private static final int UNITS_PER_NS = 16;

    private static final double UNITS_PER_S = 1e9 * UNITS_PER_NS;

    private final double unitsPerToken;
    /** Where the line ends: long ago at first. */
    private final AtomicLong end = new AtomicLong(Long.MIN_VALUE);

    Rate(long tokensPerS) {
        unitsPerToken = UNITS_PER_S / tokensPerS;
    }

    /**
     * Takes a place; returns when its holder may begin: a time that may have come already.
     *
     * @param nowNs by the clock that all reactors share
     */
    long reserve(long tokens, long nowNs) {
        long now = nowNs * UNITS_PER_NS;
        long lasts = (long) Math.ceil(tokens * unitsPerToken);
        while (true) {
            long behind = end.get();
            if (end.compareAndSet(behind, Math.max(behind, now) + lasts)) {
                return Math.ceilDiv(behind, UNITS_PER_NS) - BURST_NS;
            }
        }
    }
}
