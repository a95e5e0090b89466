package org.nvmftarget.data.rdma;

import org.jspecify.annotations.Nullable;
import org.nvmftarget.data.reactor.Reactor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How a queue comes to its end. Confined to its reactor. */
final class QueueLife {

    /** Where a queue is. */
    private enum State {
        /** Commands are taken and answered. */
        LIVE,
        /** The core wants it to end: what is answered already is sent, nothing else happens. */
        DRAINING,
        /** Its work is being flushed; it waits for that, and for the requests that the core still has. */
        CLOSING,
        /** Nothing of it is left. */
        CLOSED
    }

    /** How long a queue waits for the completions of its flush before it goes without. */
    private static final long FLUSH_TIMEOUT_NS = 2_000_000_000L;

    private static final Logger log = LoggerFactory.getLogger(QueueLife.class);

    private final RdmaQueue queue;
    private final QueueSetup setup;
    private final CqPoller poller;
    private final QueueOwner owner;
    private final @Nullable OwnReceives receives;
    private final SendSide sends;

    private State state = State.LIVE;
    private boolean endAsked;
    private boolean lastReceive;

    /** Of some of its work no completion comes: the queue goes without, and its memory is back when its pair is destroyed. */
    private boolean unflushed;

    /** @param receives the queue's own; null if they are shared */
    QueueLife(
            RdmaQueue queue,
            QueueSetup setup,
            CqPoller poller,
            QueueOwner owner,
            @Nullable OwnReceives receives,
            SendSide sends) {
        this.queue = queue;
        this.setup = setup;
        this.poller = poller;
        this.owner = owner;
        this.receives = receives;
        this.sends = sends;
        lastReceive = receives != null || !poller.share().tellsOfLastReceive();
    }

    /** Whether commands are taken. */
    boolean isLive() {
        return state == State.LIVE && !endAsked;
    }

    /** Whether responses go out. */
    boolean sends() {
        return state == State.LIVE || state == State.DRAINING;
    }

    /** A receive of the queue's own is no longer posted. */
    void receiveCompleted() {
        if (receives != null) {
            receives.completed();
        }
    }

    /** What the post left out is not flushed. */
    void postFailed() {
        unflushed = true;
    }

    void lastReceiveReached() {
        lastReceive = true;
        check();
    }

    /** Asks for the end; the queue takes no more commands meanwhile. */
    void end(String reason) {
        if (!endAsked) {
            endAsked = true;
            owner.end(reason);
        }
    }

    /** The core's wish: what is answered is sent first. */
    void disconnect() {
        if (state == State.LIVE) {
            state = State.DRAINING;
            if (sends.sending() == 0) {
                end("disconnected by the controller");
            } else {
                after(() -> end("disconnected by the controller"));
            }
        }
    }

    /** A response has been acknowledged. */
    void sent() {
        if (state == State.DRAINING && sends.sending() == 0) {
            end("disconnected by the controller");
        }
    }

    /** The queue pair is in the error state. */
    void ended() {
        if (state == State.CLOSING || state == State.CLOSED) {
            return;
        }
        // What is staged is posted: its flush then gives it back like the rest.
        queue.flushPosts();
        endAsked = true;
        state = State.CLOSING;
        if (poller.isBroken()) {
            forget();
        } else {
            after(this::goWithoutFlush);
        }
        queue.abandonAll();
        check();
    }

    private void after(Runnable task) {
        Reactor.Timer _ = poller.share().reactor().schedule(FLUSH_TIMEOUT_NS, task);
    }

    /** A device that is gone leaves work without completions. */
    private void goWithoutFlush() {
        if (state == State.CLOSING && !isFlushed()) {
            forget();
            check();
        }
    }

    private void forget() {
        int unsent = sends.forget();
        int unreceived = receives == null ? 0 : receives.posted();
        if (unsent + unreceived > 0) {
            log.warn(
                    "{}: {} receives and the work of {} commands were not flushed; going on without them",
                    setup.peer(),
                    unreceived,
                    unsent);
        }
        if (receives != null) {
            receives.forget();
        }
        lastReceive = true;
        unflushed = true;
    }

    private boolean isFlushed() {
        return lastReceive && (unflushed || (sends.isIdle() && (receives == null || receives.posted() == 0)));
    }

    /** Whether it is over. */
    void check() {
        if (state == State.CLOSING && isFlushed() && queue.isIdle(unflushed)) {
            state = State.CLOSED;
            owner.drained();
        }
    }
}
