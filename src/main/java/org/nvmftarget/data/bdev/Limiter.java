package org.nvmftarget.data.bdev;

import org.jspecify.annotations.Nullable;
import org.nvmftarget.model.BdevLimits;

/**
 * The limits of one device, for all reactors. What moves no data (zeroing, deallocating) is an operation that writes, of
 * no bytes; verifying reads, and what compares and writes, or copies, writes. Flushing is free.
 */
final class Limiter {

    private final @Nullable Rate all;
    private final @Nullable Rate reads;
    private final @Nullable Rate writes;
    private final @Nullable Rate bytes;
    private final @Nullable Rate readBytes;
    private final @Nullable Rate writeBytes;
    private final int blockShift;

    Limiter(BdevLimits limits, int blockShift) {
        this.blockShift = blockShift;
        all = rate(limits.iops());
        reads = rate(limits.readIops());
        writes = rate(limits.writeIops());
        bytes = rate(limits.bandwidthBytes());
        readBytes = rate(limits.readBandwidthBytes());
        writeBytes = rate(limits.writeBandwidthBytes());
    }

    private static @Nullable Rate rate(long perS) {
        return perS == 0 ? null : new Rate(perS);
    }

    static boolean isFree(BdevOp op) {
        return op == BdevOp.FLUSH;
    }

    static boolean isRead(BdevOp op) {
        return switch (op) {
            case READ, COMPARE, VERIFY -> true;
            case WRITE, COMPARE_AND_WRITE, COPY, WRITE_ZEROES, UNMAP, WRITE_UNCORRECTABLE, FLUSH -> false;
        };
    }

    private long bytes(BdevIo io) {
        return switch (io.op()) {
            case READ, COMPARE, VERIFY, WRITE, COMPARE_AND_WRITE, COPY -> io.blocks() << blockShift;
            case WRITE_ZEROES, UNMAP, WRITE_UNCORRECTABLE, FLUSH -> 0;
        };
    }

    /** Takes its place under each limit that concerns it; returns when it may begin. */
    long reserve(BdevIo io, long nowNs) {
        boolean reading = isRead(io.op());
        long moved = bytes(io);
        long startNs = reserve(all, 1, nowNs, nowNs);
        startNs = reserve(reading ? reads : writes, 1, nowNs, startNs);
        startNs = reserve(bytes, moved, nowNs, startNs);
        return reserve(reading ? readBytes : writeBytes, moved, nowNs, startNs);
    }

    private static long reserve(@Nullable Rate rate, long tokens, long nowNs, long startNs) {
        if (rate == null || tokens == 0) {
            return startNs;
        }
        long placeNs = rate.reserve(tokens, nowNs);
        return placeNs - startNs > 0 ? placeNs : startNs;
    }
}
