package org.nvmftarget.data.rdma;

import org.nvmftarget.data.ffi.verbs.CmId;
import org.nvmftarget.data.ffi.verbs.RcQueuePair;
import org.nvmftarget.data.ffi.verbs.VerbsException;
import org.nvmftarget.data.reactor.Reactor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A connection as the acceptor has it: its id, and what it holds of its device. Its way: made, accepted, established,
 * ending (its queue pair is in the error state), drained, destroyed by the reaper. Confined to the acceptor, but for
 * {@link #end} and {@link #drained}.
 */
final class CmConnection implements QueueOwner {

    /** 0.64 ms: the kernel's connection manager leaves 0, which is 655 ms. */
    private static final int MIN_RNR_TIMER = 12;

    private static final int RNR_RETRY_FOREVER = 7;

    private static final Logger log = LoggerFactory.getLogger(CmConnection.class);

    /** What happens to connections; called on the acceptor. */
    interface Table {
        /** Nothing uses the connection: it can be destroyed. */
        void drained(CmConnection connection);
    }

    private final CmId id;
    private final RcQueuePair qp;
    private final DeviceContext device;
    private final PollGroup group;
    private final PollGroup.Seat seat;
    private final QueueSetup setup;
    private final Reactor acceptor;
    private final Table table;
    private final RdmaQueue queue;
    private boolean ending;

    /** @param place what the connection was given; it gives that back when it is destroyed */
    CmConnection(CmId id, RcQueuePair qp, Place place, QueueSetup setup, Reactor acceptor, Table table) {
        this.id = id;
        this.qp = qp;
        this.device = place.device();
        this.group = place.group();
        this.seat = place.seat();
        this.setup = setup;
        this.acceptor = acceptor;
        this.table = table;
        queue = new RdmaQueue(setup, qp, seat.poller(), seat.place(), this);
    }

    /** Where a connection lives. */
    record Place(DeviceContext device, PollGroup group, PollGroup.Seat seat, QueueMemory memory) {
        void giveBack() {
            group.giveMemory(memory);
            group.giveBack(seat);
            device.leave();
        }
    }

    RdmaQueue queue() {
        return queue;
    }

    CmId id() {
        return id;
    }

    Reactor reactor() {
        return group.reactor();
    }

    CqPoller poller() {
        return seat.poller();
    }

    DeviceContext device() {
        return device;
    }

    String peer() {
        return setup.peer();
    }

    /** Lets the host in: the reactor is ready for its first capsule. */
    void accept() {
        if (ending) {
            return;
        }
        try {
            int ackTimeoutMs = setup.options().common().ackTimeoutMs();
            if (ackTimeoutMs > 0) {
                id.setAckTimeout(AckTimeout.code(ackTimeoutMs));
            }
            id.accept(setup.data().accept(), 0, setup.maxReads(), RNR_RETRY_FOREVER);
            qp.setMinRnrTimer(MIN_RNR_TIMER);
        } catch (VerbsException e) {
            log.warn("{}: cannot accept: {}", setup.peer(), e.toString());
            begin("it could not be accepted");
        }
    }

    @Override
    public void end(String reason) {
        acceptor.execute(() -> begin(reason));
    }

    /** Flushes the queue pair and tells both sides. Idempotent. */
    void begin(String reason) {
        if (ending) {
            return;
        }
        ending = true;
        log.info("{}: {}", queue, reason);
        try {
            id.disconnect();
        } catch (VerbsException notConnected) {
            flush();
        }
        group.reactor().execute(queue::ended);
    }

    private void flush() {
        try {
            qp.flush();
        } catch (VerbsException e) {
            log.warn("{}: {}", queue, e.toString());
        }
    }

    @Override
    public void drained() {
        seat.poller().detach(queue);
        acceptor.execute(() -> table.drained(this));
    }

    /** On the reaper: blocks until the kernel is done. */
    void destroy() {
        qp.close();
        id.close();
    }

    /** After {@link #destroy}, on the acceptor again. */
    void giveBack() {
        group.reactor().execute(queue::destroyed);
        new Place(device, group, seat, setup.memory()).giveBack();
    }
}
