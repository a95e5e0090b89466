package org.nvmftarget.data.bdev;

import org.jspecify.annotations.Nullable;

/** An operation on the base of a device, for one on that device. Made once and used again, by one reactor. */
final class ChildIo extends BdevIo {

    private final WrapperLane lane;
    private final Runnable proceed = this::proceed;
    private @Nullable BdevIo parent;

    ChildIo(WrapperLane lane) {
        this.lane = lane;
    }

    void begin(BdevIo io) {
        parent = io;
        copyOf(io);
        lane.base().submit(this);
    }

    @Override
    protected void completed(BdevStatus status) {
        BdevIo ended = parent;
        parent = null;
        lane.giveBack(this);
        if (ended != null) {
            lane.ended(ended, status);
        }
    }

    @Override
    protected void deferred() {
        lane.reactor().execute(proceed);
    }

    private void proceed() {
        lane.base().proceed(this);
    }
}
