package org.nvmftarget.data.rdma;

import org.jspecify.annotations.Nullable;
import org.nvmftarget.data.ffi.verbs.CmId;
import org.nvmftarget.data.ffi.verbs.RcQueuePair;
import org.nvmftarget.data.ffi.verbs.VerbsException;
import org.nvmftarget.data.reactor.Reactor;
import org.nvmftarget.data.reactor.ReactorLoads;
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

    /** From our accept until the host has connected its queue: what is half open longer than that is ended. */
    static final long LOGIN_TIMEOUT_NS = 30_000_000_000L;

    private static final Logger log = LoggerFactory.getLogger(CmConnection.class);

    /** What happens to connections; called on the acceptor. */
    interface Table {
        /** Nothing uses the connection: it can be destroyed. */
        void drained(CmConnection connection);
    }

    private final CmId id;
    private final RcQueuePair qp;
    private final Place place;
    private final QueueSetup setup;
    private final Reactor acceptor;
    private final Table table;
    private final RdmaQueue queue;
    private Reactor.@Nullable Timer login;
    private boolean established;
    private boolean ending;

    /** @param place what the connection was given; it gives that back when it is destroyed */
    CmConnection(CmId id, RcQueuePair qp, Place place, QueueSetup setup, Reactor acceptor, Table table) {
        this.id = id;
        this.qp = qp;
        this.place = place;
        this.setup = setup;
        this.acceptor = acceptor;
        this.table = table;
        queue = new RdmaQueue(setup, qp, place.seat().poller(), place.seat().place(), this);
    }

    /** Where a connection lives. */
    record Place(
            DeviceContext device, PollGroup group, PollGroup.Seat seat, QueueMemory memory, ReactorLoads.Share load) {
        void giveBack() {
            load.giveBack();
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
        return place.group().reactor();
    }

    CqPoller poller() {
        return place.seat().poller();
    }

    DeviceContext device() {
        return place.device();
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
            login = acceptor.schedule(LOGIN_TIMEOUT_NS, this::endUnlessConnected);
        } catch (VerbsException e) {
            log.warn("{}: cannot accept: {}", setup.peer(), e.toString());
            begin("it could not be accepted");
        }
    }

    /** The host has confirmed the accept. Its first capsule may have come before. */
    void established() {
        established = true;
        log.debug("{} is established", queue);
    }

    /** The host has sent its first capsule, whether or not it has confirmed the accept. */
    void spoke() {
        if (established || ending) {
            return;
        }
        try {
            id.confirm();
        } catch (VerbsException confirmedMeanwhile) {
            log.debug("{}: {}", queue, confirmedMeanwhile.toString());
        }
    }

    private void endUnlessConnected() {
        String missing = established ? "connect its queue" : "confirm the connection";
        reactor().execute(() -> {
            if (!queue.isConnected()) {
                queue.end("the host did not " + missing + " in time");
            }
        });
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
        if (login != null) {
            login.cancel();
        }
        log.info("{}: {}", queue, reason);
        try {
            id.disconnect();
        } catch (VerbsException notConnected) {
            flush();
        }
        reactor().execute(queue::ended);
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
        poller().detach(queue);
        acceptor.execute(() -> table.drained(this));
    }

    /** On the reaper: blocks until the kernel is done. */
    void destroy() {
        qp.close();
        id.close();
    }

    /** After {@link #destroy}, on the acceptor again. */
    void giveBack() {
        reactor().execute(queue::destroyed);
        place.giveBack();
    }
}
