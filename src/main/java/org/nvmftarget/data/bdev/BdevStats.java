package org.nvmftarget.data.bdev;

import java.util.concurrent.atomic.AtomicLongArray;

/** Counters of one device, one writer per reactor; a reader sums them up and may be a little behind. */
public final class BdevStats {

    private static final int READS = 0;
    private static final int WRITES = 1;
    private static final int READ_BYTES = 2;
    private static final int WRITE_BYTES = 3;
    private static final int STRIDE = 16; // two cache lines, so that reactors do not share one

    private final AtomicLongArray counters;

    BdevStats(int reactors) {
        counters = new AtomicLongArray(reactors * STRIDE);
    }

    /**
     * An operation on {@code bytes} went well. As SMART has it, comparing is reading, verifying moves data but is no
     * read command, and what writes without data does not count.
     */
    void count(BdevIo io, long bytes) {
        switch (io.op()) {
            case READ, COMPARE -> read(io.channel(), bytes);
            case WRITE -> write(io.channel(), bytes);
            case COMPARE_AND_WRITE, COPY -> {
                read(io.channel(), bytes);
                write(io.channel(), bytes);
            }
            case VERIFY -> add(io.channel(), READ_BYTES, bytes);
            case FLUSH, WRITE_ZEROES, UNMAP, WRITE_UNCORRECTABLE -> {
                // No data.
            }
        }
    }

    private void read(int channel, long bytes) {
        add(channel, READS, 1);
        add(channel, READ_BYTES, bytes);
    }

    private void write(int channel, long bytes) {
        add(channel, WRITES, 1);
        add(channel, WRITE_BYTES, bytes);
    }

    private void add(int channel, int counter, long n) {
        int i = channel * STRIDE + counter;
        counters.setOpaque(i, counters.getPlain(i) + n);
    }

    public long reads() {
        return sum(READS);
    }

    public long writes() {
        return sum(WRITES);
    }

    public long readBytes() {
        return sum(READ_BYTES);
    }

    public long writeBytes() {
        return sum(WRITE_BYTES);
    }

    private long sum(int counter) {
        long sum = 0;
        for (int i = counter; i < counters.length(); i += STRIDE) {
            sum += counters.getOpaque(i);
        }
        return sum;
    }
}
