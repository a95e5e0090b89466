package org.nvmftarget.model;

/**
 * How much I/O to a block device may begin in a second; 0 is no limit. Each holds by itself, over all hosts and reactors
 * together.
 *
 * @param iops operations
 * @param readIops those that read
 * @param writeIops those that write
 * @param bandwidthBytes bytes that are read or written
 * @param readBandwidthBytes bytes that are read
 * @param writeBandwidthBytes bytes that are written
 */
public record BdevLimits(
        long iops,
        long readIops,
        long writeIops,
        long bandwidthBytes,
        long readBandwidthBytes,
        long writeBandwidthBytes) {

    public static final BdevLimits NONE = new BdevLimits(0, 0, 0, 0, 0, 0);

    /** With less, what a host has under way at once would outlast its own timeout. */
    public static final long LEAST_IOPS = 100;

    /** With more, places in time are too close together to be told apart. */
    public static final long MOST_IOPS = 10_000_000;

    /** The least bandwidth, of which every other is a multiple, as in SPDK. */
    public static final long BANDWIDTH_UNIT_BYTES = 1L << 20;

    public static final long MOST_BANDWIDTH_BYTES = 64L << 30;

    /** Whether anything is limited. */
    public boolean isAny() {
        return !equals(NONE);
    }
}
