package org.nvmftarget.verbs;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.nvmftarget.data.ffi.verbs.CmEvent;
import org.nvmftarget.data.ffi.verbs.CmId;
import org.nvmftarget.data.ffi.verbs.EventChannel;
import org.nvmftarget.data.ffi.verbs.VerbsException;

/** A queue of connection events. */
final class SoftEventChannel implements EventChannel {

    private final SoftRdma rdma;
    private final World world;
    private final Descriptors.Descriptor descriptor;
    private final Deque<CmEvent> events = new ArrayDeque<>();
    private World.@Nullable Actor reader;
    private boolean closed;

    /** Ids that are open. */
    int users;

    SoftEventChannel(SoftRdma rdma) {
        this.rdma = rdma;
        world = rdma.world();
        descriptor = world.descriptors().open();
        world.ledger().open(Ledger.Kind.EVENT_CHANNEL, this);
    }

    @Override
    public int fd() {
        return descriptor.number;
    }

    @Override
    public CmId createId() throws VerbsException {
        world.meanwhile();
        alive();
        int errno = world.faults().at(Faults.Point.CREATE_ID);
        if (errno != 0) {
            throw new VerbsException("rdma_create_id", "a new connection id", errno);
        }
        return new SoftCmId(rdma, this);
    }

    void add(CmEvent event) {
        events.add(event);
        world.note("cm event " + event.type(), event.status(), event.id()::toString);
        descriptor.readable(true);
    }

    @Override
    public @Nullable CmEvent next() throws VerbsException {
        world.meanwhile();
        alive();
        if (reader == null) {
            reader = world.current();
        } else if (reader != world.current()) {
            throw world.violation(world.current().name() + " reads the events of " + reader.name());
        }
        int errno = world.faults().at(Faults.Point.NEXT_EVENT);
        if (errno != 0) {
            throw new VerbsException("rdma_get_cm_event", "the event channel", errno);
        }
        CmEvent event = events.poll();
        descriptor.readable(!events.isEmpty());
        return event;
    }

    /** No event of {@code id} comes any more. Returns the requests that it had not seen. */
    List<SoftCmId> forget(SoftCmId id) {
        List<SoftCmId> unseen = new ArrayList<>();
        for (CmEvent event : events) {
            if (id.equals(event.listener())) {
                unseen.add((SoftCmId) event.id());
            }
        }
        events.removeIf(event -> id.equals(event.id()) || id.equals(event.listener()));
        descriptor.readable(!events.isEmpty());
        return unseen;
    }

    private void alive() {
        if (closed) {
            throw world.violation("the event channel is used after it was closed");
        }
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        if (users > 0) {
            throw world.violation("the event channel is closed with " + users + " ids");
        }
        closed = true;
        world.descriptors().close(world, descriptor);
        world.ledger().close(this);
    }

    @Override
    public String toString() {
        return "event channel " + descriptor.number;
    }
}
