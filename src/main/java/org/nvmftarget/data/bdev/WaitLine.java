package org.nvmftarget.data.bdev;

import org.jspecify.annotations.Nullable;

/** Operations that may not begin yet, first come first, through themselves. For one reactor's thread. */
final class WaitLine {

    private final LimitGate gate;
    private @Nullable BdevIo first;
    private @Nullable BdevIo last;
    /** When the first one may begin. */
    private long startNs;

    WaitLine(LimitGate gate) {
        this.gate = gate;
    }

    boolean isEmpty() {
        return first == null;
    }

    /** Null if there is none. */
    @Nullable
    BdevIo first() {
        return first;
    }

    long startNs() {
        return startNs;
    }

    void startNs(long whenNs) {
        startNs = whenNs;
    }

    void add(BdevIo io) {
        BdevIo before = last;
        io.line = this;
        io.ahead = before;
        io.behind = null;
        last = io;
        if (before == null) {
            first = io;
        } else {
            before.behind = io;
        }
    }

    void remove(BdevIo io) {
        BdevIo before = io.ahead;
        BdevIo after = io.behind;
        if (before == null) {
            first = after;
        } else {
            before.behind = after;
        }
        if (after == null) {
            last = before;
        } else {
            after.ahead = before;
        }
        io.line = null;
        io.ahead = null;
        io.behind = null;
    }

    void withdraw(BdevIo io) {
        gate.withdraw(this, io);
    }
}
