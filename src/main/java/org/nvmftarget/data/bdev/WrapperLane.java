package org.nvmftarget.data.bdev;

import java.util.ArrayDeque;
import java.util.Deque;
import org.nvmftarget.data.reactor.Reactor;

/** What one reactor has for a device that is made of another: operations on the base, to use again. For its thread. */
final class WrapperLane {

    private final Wrapper wrapper;
    private final Reactor reactor;
    private final Deque<ChildIo> free = new ArrayDeque<>();

    WrapperLane(Wrapper wrapper, Reactor reactor) {
        this.wrapper = wrapper;
        this.reactor = reactor;
    }

    void begin(BdevIo io) {
        ChildIo child = free.poll();
        (child == null ? new ChildIo(this) : child).begin(io);
    }

    void giveBack(ChildIo child) {
        free.push(child);
    }

    void ended(BdevIo io, BdevStatus status) {
        wrapper.baseEnded(io, status);
    }

    Bdev base() {
        return wrapper.base();
    }

    Reactor reactor() {
        return reactor;
    }
}
