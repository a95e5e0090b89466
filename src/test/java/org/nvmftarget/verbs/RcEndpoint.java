package org.nvmftarget.verbs;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.nvmftarget.data.ffi.verbs.SendWr;

/**
 * One end of a reliable connection (InfiniBand Architecture specification, volume 1, chapters 9 and 10): requests are
 * executed in the order in which they were posted, completed in that order, and flushed in that order where the queue
 * pair is in the error state.
 */
abstract class RcEndpoint {

    static final int RETRY_FOR_EVER = 7;

    /** States of a queue pair, and where each may lead besides RESET and ERR (section 10.3.1). */
    enum State {
        RESET,
        INIT,
        RTR,
        RTS,
        SQD,
        SQE,
        ERR;

        boolean mayBecome(State next) {
            return next == RESET
                    || next == ERR
                    || switch (this) {
                        case RESET -> next == INIT;
                        case INIT -> next == INIT || next == RTR;
                        case RTR, SQE -> next == RTS;
                        case RTS -> next == RTS || next == SQD;
                        case SQD -> next == RTS || next == SQD;
                        case ERR -> false;
                    };
        }
    }

    private static final Set<State> HEARING = EnumSet.of(State.RTR, State.RTS, State.SQD, State.SQE);

    final World world;
    final String name;
    private final Deque<SendWork> queued = new ArrayDeque<>();
    private final Deque<SendWork> sent = new ArrayDeque<>();
    private final Deque<SendWork> inbox = new ArrayDeque<>();
    private State state = State.RESET;
    private @Nullable RcEndpoint peer;
    private boolean closed;
    private boolean unreachable;
    private boolean flushes = true;
    private boolean pumping;
    private boolean flushing;
    private boolean naking;
    private boolean silent;
    private int readsUnderWay;
    private int readsServed;
    private long lastArrivalNs;

    /** Reads that it may have under way. */
    int maxReads;

    /** Reads that it serves at a time. */
    int maxReadsServed;

    /** How often it tries again where the peer has no receive. */
    int rnrRetries = RETRY_FOR_EVER;

    RcEndpoint(World world, String name) {
        this.world = world;
        this.name = name;
    }

    // --- what the two kinds of ends differ in ----------------------------------------------------------------------

    /** A completion for a send, where there is to be one. */
    abstract void sendCompleted(SendWork work, int status);

    /** Puts a message into a receive and completes that. False if no receive is posted. */
    abstract boolean deliver(SendWork message);

    /** 0, or the status that the peer's RDMA read or write gets. */
    abstract int remoteAccess(SendWork work);

    /** What an RDMA read sees; it was allowed. */
    abstract byte[] readMemory(SendWork work);

    abstract void writeMemory(SendWork work);

    /** How long the peer is to wait where no receive is posted. */
    abstract long rnrTimerNs();

    /** Flushes one receive. False if there is none. */
    abstract boolean flushReceive();

    /** It has come into the error state. */
    abstract void enteredError(String why);

    // --- states ----------------------------------------------------------------------------------------------------

    State state() {
        return state;
    }

    boolean isClosed() {
        return closed;
    }

    /** False if the transition is not legal. */
    boolean modify(State next) {
        if (closed || !state.mayBecome(next)) {
            return false;
        }
        if (next == State.ERR) {
            fail("moved to the error state");
        } else {
            state = next;
            pump();
        }
        return true;
    }

    void connectTo(RcEndpoint other) {
        peer = other;
    }

    /** Into the error state. */
    void fail(String why) {
        if (state == State.ERR || closed) {
            return;
        }
        state = State.ERR;
        world.note("error state", name.hashCode(), () -> name + ": " + why);
        enteredError(why);
        inbox.forEach(work -> from().unanswered(work));
        inbox.clear();
        scheduleFlush();
    }

    /** Nothing of it comes or goes any more, and nobody is told. */
    void vanish() {
        unreachable = true;
    }

    boolean isUnreachable() {
        return unreachable;
    }

    /** Its device does not complete what is posted. */
    void neverFlush() {
        flushes = false;
    }

    /** It is destroyed: what is posted is never completed. */
    void close() {
        closed = true;
        sent.forEach(work -> drop(work));
        queued.forEach(work -> drop(work));
        sent.clear();
        queued.clear();
        inbox.forEach(work -> from().unanswered(work));
        inbox.clear();
    }

    private static void drop(SendWork work) {
        work.over = true;
        work.end(false);
    }

    // --- requests --------------------------------------------------------------------------------------------------

    void post(SendWork work) {
        queued.add(work);
        if (state == State.ERR) {
            scheduleFlush();
        } else {
            pump();
        }
    }

    int unfinished() {
        return sent.size() + queued.size();
    }

    private boolean maySend() {
        SendWork next = queued.peek();
        return state == State.RTS
                && !closed
                && next != null
                && (!next.isRead() || readsUnderWay < Math.max(1, maxReads));
    }

    private void pump() {
        if (pumping || !maySend()) {
            return;
        }
        pumping = true;
        world.hardware(world.between(50, 2000), () -> {
            pumping = false;
            if (maySend()) {
                transmit(queued.remove());
                pump();
            }
        });
    }

    private void transmit(SendWork work) {
        sent.add(work);
        if (work.isRead()) {
            readsUnderWay++;
        }
        if (work.badBuffer) {
            failed(work, Wc.LOCAL_PROTECTION);
            return;
        }
        if (work.isRead() && maxReads == 0) {
            failed(work, Wc.LOCAL_OPERATION);
            return;
        }
        work.gather();
        wire(() -> {
            RcEndpoint to = peer;
            if (unreachable || to == null) {
                unanswered(work);
            } else {
                to.arrive(work);
            }
        });
    }

    /** Packets of one direction stay in order. */
    private void wire(Runnable arrival) {
        long atNs = world.nowNs() + (world.oneIn(40) ? world.between(1000, 3_000_000) : world.between(300, 8000));
        lastArrivalNs = Math.max(lastArrivalNs + 1, atNs);
        world.hardware(lastArrivalNs - world.nowNs(), arrival);
    }

    private void acknowledged(SendWork work) {
        if (!work.over) {
            work.done = true;
            completeInOrder();
        }
    }

    private void readArrived(SendWork work, byte[] data) {
        if (!work.over) {
            if (state != State.ERR) {
                work.scatter(data, data.length);
            }
            acknowledged(work);
        }
    }

    private void failed(SendWork work, int status) {
        if (!work.over && !work.done) {
            work.done = true;
            work.status = status;
            completeInOrder();
        }
    }

    /** The peer does not answer: the transport's retries run out. */
    private void unanswered(SendWork work) {
        if (silent || closed) {
            return;
        }
        silent = true;
        world.hardware(world.between(300_000_000L, 4_000_000_000L), () -> {
            silent = false;
            if (work.over) {
                SendWork first = sent.peek();
                if (first != null && state != State.ERR) {
                    failed(first, Wc.RETRY_EXCEEDED);
                }
                return;
            }
            failed(work, Wc.RETRY_EXCEEDED);
        });
    }

    private void completeInOrder() {
        if (state == State.ERR || closed) {
            return;
        }
        for (SendWork first = sent.peek(); first != null && first.done; first = sent.peek()) {
            sent.remove();
            finish(first, first.status);
            if (first.status != Wc.SUCCESS) {
                fail("status " + first.status);
                return;
            }
        }
        pump();
    }

    private void finish(SendWork work, int status) {
        work.over = true;
        if (work.isRead()) {
            readsUnderWay--;
        }
        work.end(status == Wc.SUCCESS);
        sendCompleted(work, status);
    }

    // --- requests of the peer --------------------------------------------------------------------------------------

    private RcEndpoint from() {
        if (peer == null) {
            throw new IllegalStateException(name + " is not connected");
        }
        return peer;
    }

    private void arrive(SendWork work) {
        inbox.add(work);
        serve();
    }

    private boolean isDeaf() {
        return closed || unreachable || !HEARING.contains(state);
    }

    private void serve() {
        while (!inbox.isEmpty() && !naking) {
            SendWork work = inbox.element();
            if (isDeaf()) {
                inbox.remove();
                from().unanswered(work);
            } else if (isMessage(work)) {
                message(work);
            } else {
                inbox.remove();
                access(work);
            }
        }
    }

    private static boolean isMessage(SendWork work) {
        return work.wr.opcode() == SendWr.SEND || work.wr.opcode() == SendWr.SEND_WITH_INV;
    }

    private void message(SendWork work) {
        if (deliver(work)) {
            inbox.poll();
            return;
        }
        if (!work.mayRetry(from().rnrRetries)) {
            inbox.remove();
            answer(work, () -> from().failed(work, Wc.RNR_RETRY_EXCEEDED));
            return;
        }
        naking = true;
        world.note("receiver not ready", name.hashCode(), () -> name);
        world.hardware(rnrTimerNs(), () -> {
            naking = false;
            serve();
        });
    }

    /** The message was delivered. */
    void accepted(SendWork work) {
        answer(work, () -> from().acknowledged(work));
    }

    /** The message or access was refused, and the connection is broken. */
    void refused(SendWork work, int status) {
        answer(work, () -> from().failed(work, status));
        world.note("refused", status, () -> name + ": " + work);
    }

    private void access(SendWork work) {
        int status = work.isRead() && readsServed >= maxReadsServed ? Wc.REMOTE_INVALID_REQUEST : remoteAccess(work);
        if (status != Wc.SUCCESS) {
            refused(work, status);
            fail("remote access, status " + status);
        } else if (work.isRead()) {
            serveRead(work);
        } else {
            writeMemory(work);
            accepted(work);
        }
    }

    private void serveRead(SendWork work) {
        readsServed++;
        long delayNs = world.oneIn(10) ? world.between(0, 5_000_000) : world.between(500, 50_000);
        world.hardware(delayNs, () -> {
            readsServed--;
            if (isDeaf()) {
                from().unanswered(work);
                return;
            }
            byte[] data = readMemory(work);
            answer(work, () -> from().readArrived(work, data));
        });
    }

    private void answer(SendWork work, Runnable arrival) {
        wire(() -> {
            if (unreachable || from().unreachable) {
                from().unanswered(work);
            } else {
                arrival.run();
            }
        });
    }

    // --- the end ---------------------------------------------------------------------------------------------------

    private void scheduleFlush() {
        if (flushing || !flushes) {
            return;
        }
        flushing = true;
        world.hardware(world.oneIn(12) ? world.between(0, 2_500_000_000L) : world.between(0, 30_000), () -> {
            flushing = false;
            if (!closed && flushes && flushSome()) {
                scheduleFlushOfMore();
            }
        });
    }

    private void scheduleFlushOfMore() {
        flushing = true;
        world.hardware(world.between(0, 2000), () -> {
            flushing = false;
            if (!closed && flushes && flushSome()) {
                scheduleFlushOfMore();
            }
        });
    }

    void flushAgain() {
        if (state == State.ERR) {
            scheduleFlush();
        }
    }

    /** Sends in their order and receives in theirs; false if nothing is left. */
    private boolean flushSome() {
        for (long n = world.between(1, 24); n > 0; n--) {
            boolean flushed = world.oneIn(2) ? flushSend() || flushReceive() : flushReceive() || flushSend();
            if (!flushed) {
                return false;
            }
        }
        return true;
    }

    private boolean flushSend() {
        SendWork work = sent.isEmpty() ? queued.poll() : sent.poll();
        if (work == null) {
            return false;
        }
        if (work.isRead() && !work.badBuffer && !work.done && world.oneIn(2)) {
            // A device may still write a part of what had come, as long as the work is not completed.
            work.scatter(new byte[work.length()], (int) world.between(0, work.length()));
        }
        finish(work, Wc.FLUSHED);
        return true;
    }
}
