package org.nvmftarget.model;

/**
 * By how much a bdev of type delay is slower than its base, in microseconds.
 *
 * @param avgReadUs of 99 operations out of 100 that read
 * @param p99ReadUs of the hundredth
 * @param avgWriteUs of 99 operations out of 100 that write
 * @param p99WriteUs of the hundredth
 */
public record BdevLatencies(long avgReadUs, long p99ReadUs, long avgWriteUs, long p99WriteUs) {

    public static final BdevLatencies NONE = new BdevLatencies(0, 0, 0, 0);

    /** Longer than that, and hosts give up. */
    public static final long MOST_US = 60_000_000;
}
