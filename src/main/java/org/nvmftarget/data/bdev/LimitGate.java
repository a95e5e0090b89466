package org.nvmftarget.data.bdev;

import org.jspecify.annotations.Nullable;

/**
 * One reactor's way to a device that may have limits. What reads and what writes wait in lines of their own, so that a
 * limit of the one does not keep the other; each line goes in its order. Of each line only the first operation holds a
 * place under the limits: so reactors take turns, and new limits hold for all that waits. For that reactor's thread.
 */
final class LimitGate {

    /** Operations of a line that begin in one turn. */
    private static final int BATCH = 64;

    private final Bdev device;
    private final LimitLane lane;
    private final WaitLine reads = new WaitLine(this);
    private final WaitLine writes = new WaitLine(this);
    private @Nullable Limiter limiter;
    /** No limits, and nothing waits. */
    private boolean open = true;

    LimitGate(Bdev device, LimitLane lane) {
        this.device = device;
        this.lane = lane;
    }

    void submit(BdevIo io) {
        if (open || Limiter.isFree(io.op())) {
            device.submit(io);
        } else {
            pass(io, Limiter.isRead(io.op()) ? reads : writes);
        }
    }

    private void pass(BdevIo io, WaitLine line) {
        if (!line.isEmpty()) {
            line.add(io);
            return;
        }
        long nowNs = lane.nowNs();
        long startNs = startNs(io, nowNs);
        if (startNs - nowNs <= 0) {
            device.submit(io);
            return;
        }
        if (!isWaiting()) {
            lane.add(this);
        }
        line.add(io);
        line.startNs(startNs);
    }

    private long startNs(BdevIo io, long nowNs) {
        Limiter now = limiter;
        return now == null ? nowNs : now.reserve(io, nowNs);
    }

    boolean isWaiting() {
        return !reads.isEmpty() || !writes.isEmpty();
    }

    /** The soonest that something may begin, where something waits. */
    long nextNs() {
        if (reads.isEmpty() || writes.isEmpty()) {
            return reads.isEmpty() ? writes.startNs() : reads.startNs();
        }
        return reads.startNs() - writes.startNs() < 0 ? reads.startNs() : writes.startNs();
    }

    /** Lets begin what may; returns how much that was. */
    int admit(long nowNs) {
        int begun = admit(reads, nowNs) + admit(writes, nowNs);
        settle();
        return begun;
    }

    private int admit(WaitLine line, long nowNs) {
        int begun = 0;
        for (BdevIo io = line.first(); io != null && begun < BATCH && line.startNs() - nowNs <= 0; io = line.first()) {
            line.remove(io);
            advance(line, nowNs);
            device.submit(io); // which may complete, and bring the next one
            begun++;
        }
        return begun;
    }

    /** Another operation is the first of the line. */
    private void advance(WaitLine line, long nowNs) {
        BdevIo next = line.first();
        if (next != null) {
            line.startNs(startNs(next, nowNs));
        }
    }

    /** From now on these limits hold, or none. */
    void adopt(@Nullable Limiter next) {
        limiter = next;
        advance(reads, lane.nowNs());
        advance(writes, lane.nowNs());
        settle();
    }

    void withdraw(WaitLine line, BdevIo io) {
        boolean wasFirst = io.equals(line.first());
        line.remove(io);
        if (wasFirst) {
            advance(line, lane.nowNs());
        }
        settle();
    }

    private void settle() {
        open = limiter == null && !isWaiting();
    }
}
