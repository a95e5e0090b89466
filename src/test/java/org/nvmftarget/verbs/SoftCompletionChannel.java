package org.nvmftarget.verbs;

import org.nvmftarget.data.ffi.verbs.CompletionChannel;
import org.nvmftarget.data.ffi.verbs.VerbsException;

/** Where armed completion queues announce themselves. */
final class SoftCompletionChannel implements CompletionChannel, Ledger.OfDevice {

    private final SoftDevice device;
    private final Descriptors.Descriptor descriptor;
    private int announcements;
    private boolean closed;

    /** Completion queues of it that are open. */
    int users;

    SoftCompletionChannel(SoftDevice device) {
        this.device = device;
        descriptor = device.world().descriptors().open();
        device.world().ledger().open(Ledger.Kind.COMPLETION_CHANNEL, this);
    }

    @Override
    public SoftDevice device() {
        return device;
    }

    void announce() {
        if (!closed) {
            announcements++;
            descriptor.readable(true);
        }
    }

    @Override
    public int fd() {
        return descriptor.number;
    }

    @Override
    public int drain() throws VerbsException {
        World world = device.world();
        world.meanwhile();
        if (closed) {
            throw world.violation("a completion channel is drained after it was closed");
        }
        int errno = world.faults().at(Faults.Point.DRAIN);
        if (errno != 0) {
            throw new VerbsException("ibv_get_cq_event", device.name(), errno);
        }
        int n = announcements;
        announcements = 0;
        descriptor.readable(false);
        return n;
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        device.world().meanwhile();
        if (users > 0) {
            throw device.world().violation("a completion channel is closed with " + users + " completion queues");
        }
        closed = true;
        device.world().descriptors().close(device.world(), descriptor);
        device.world().ledger().close(this);
    }

    @Override
    public String toString() {
        return "completion channel " + descriptor.number + " of " + device;
    }
}
