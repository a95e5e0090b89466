package org.nvmftarget.data.rdma;

import java.lang.foreign.SegmentAllocator;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.nvmftarget.data.ffi.verbs.RcQueuePair;
import org.nvmftarget.data.ffi.verbs.RecvWr;
import org.nvmftarget.data.ffi.verbs.SendWr;
import org.nvmftarget.data.nvme.Status;
import org.nvmftarget.data.reactor.Reactor;
import org.nvmftarget.data.target.Connection;
import org.nvmftarget.data.target.Direction;
import org.nvmftarget.data.target.QueuePair;
import org.nvmftarget.data.target.Request;
import org.nvmftarget.model.TransportAddress;
import org.nvmftarget.model.TransportOptions;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A queue pair at work. What runs short makes requests wait in line: data buffers, places in the send queue, RDMA read
 * credits, and requests themselves. Receives are posted again before the response that allows the host to use them.
 * Made by the acceptor, then confined to its reactor until {@link QueueOwner#drained}.
 */
final class RdmaQueue implements Connection {

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

    private static final Logger log = LoggerFactory.getLogger(RdmaQueue.class);

    private final QueueSetup setup;
    private final Posts posts;
    private final CqPoller poller;
    private final BufferPool pool;
    private final QueueOwner owner;
    private final RecvSlot[] slots;
    private final RdmaRequest[] requests;
    private final RdmaRequest[] free;
    private final int generation;
    private final int place;
    private final int maxIoSizeBytes;
    private final RequestQueue reads = new RequestQueue();
    private final RequestQueue responses = new RequestQueue();
    private final SlotQueue pending = new SlotQueue();

    private @Nullable QueuePair core;
    private State state = State.LIVE;
    private int freeCount;
    private int recvsPosted;
    private int sendsPosted;
    private int sending;
    private int sendPlaces;
    private int readCredits;
    private boolean dirty;
    private boolean endAsked;
    private boolean unflushed;

    RdmaQueue(QueueSetup setup, RcQueuePair qp, CqPoller poller, int place, BufferPool pool, QueueOwner owner) {
        this.setup = setup;
        posts = new Posts(qp);
        this.poller = poller;
        this.place = place;
        this.pool = pool;
        this.owner = owner;
        generation = poller.generation(place);
        maxIoSizeBytes = setup.options().common().maxIoSizeBytes();
        sendPlaces = setup.sendEntries();
        readCredits = setup.maxReads();
        QueueMemory memory = setup.memory();
        SegmentAllocator workRequests = memory.workRequests();
        slots = new RecvSlot[setup.data().entries()];
        for (int i = 0; i < slots.length; i++) {
            RecvWr wr = new RecvWr(workRequests, 1);
            wr.wrId(WrId.of(generation, place, WrId.RECV, i));
            slots[i] = new RecvSlot(
                    wr, memory.region(), memory.receiveOffset(i), memory.shape().slotBytes());
        }
        requests = new RdmaRequest[slots.length * QueueMemory.REQUESTS_PER_ENTRY];
        free = new RdmaRequest[requests.length];
        for (int i = 0; i < requests.length; i++) {
            requests[i] = new RdmaRequest(this, i, memory, workRequests, WrId.of(generation, place, 0, i));
            free[freeCount++] = requests[i];
        }
    }

    int place() {
        return place;
    }

    int generation() {
        return generation;
    }

    // --- before it lives -------------------------------------------------------------------------------------------

    /** Posts all receives, before the connection is accepted. */
    void postReceives() {
        for (RecvSlot slot : slots) {
            repost(slot);
        }
        flushPosts();
    }

    /** On the reactor, before the first capsule can come. */
    void open(QueuePair queuePair) {
        core = queuePair;
    }

    private QueuePair core() {
        return Objects.requireNonNull(core, "the queue is not open yet");
    }

    // --- completions -----------------------------------------------------------------------------------------------

    /** A receive, send or read is done. */
    void completed(int kind, int index, int byteLength) {
        switch (kind) {
            case WrId.RECV -> received(slots[index], byteLength);
            case WrId.SEND -> sent(requests[index]);
            case WrId.READ -> read(requests[index]);
            default -> throw new IllegalStateException("a completion of kind " + kind);
        }
    }

    /** A work request was flushed, or failed. */
    void failed(int kind, int index) {
        switch (kind) {
            case WrId.RECV -> recvsPosted--;
            case WrId.SEND -> sent(requests[index]);
            case WrId.READ -> readFailed(requests[index]);
            default -> {
                // A write is counted with the response behind it, which fails too.
            }
        }
        checkDrained();
    }

    private void received(RecvSlot slot, int byteLength) {
        recvsPosted--;
        if (state != State.LIVE || endAsked) {
            checkDrained();
            return;
        }
        if (byteLength < Request.SQE_BYTES) {
            end("a capsule of " + byteLength + " bytes");
            return;
        }
        slot.inCapsuleBytes = byteLength - Request.SQE_BYTES;
        if (freeCount == 0) {
            pending.add(slot);
        } else {
            start(slot);
        }
    }

    private void sent(RdmaRequest request) {
        sendsPosted--;
        sending--;
        sendPlaces += request.responseWrs();
        release(request);
        if (state == State.DRAINING && sending == 0) {
            end("disconnected by the controller");
        }
    }

    private void read(RdmaRequest request) {
        readDone();
        if (request.state == RdmaRequest.State.ABANDONED) {
            release(request);
        } else {
            request.state = RdmaRequest.State.EXECUTING;
            core().execute(request);
            pump();
        }
    }

    private void readFailed(RdmaRequest request) {
        readDone();
        if (request.state == RdmaRequest.State.ABANDONED) {
            release(request);
        } else {
            request.state = RdmaRequest.State.EXECUTING;
            core().fail(request, Status.TRANSIENT_TRANSPORT_ERROR);
        }
    }

    private void readDone() {
        sendsPosted--;
        sendPlaces++;
        readCredits++;
    }

    // --- the way of a command --------------------------------------------------------------------------------------

    private void start(RecvSlot slot) {
        RdmaRequest request = free[--freeCount];
        request.start(slot, maxIoSizeBytes);
        if (core().receive(request)) {
            fetch(request, slot);
        }
    }

    private void fetch(RdmaRequest request, RecvSlot slot) {
        if (request.direction() == Direction.NONE || request.transferLengthBytes() == 0) {
            core().execute(request);
            return;
        }
        int fault = request.transferFault();
        if (fault != 0) {
            core().fail(request, fault);
        } else if (request.isInCapsule()) {
            request.useCapsuleData(slot);
            core().execute(request);
        } else {
            request.state = RdmaRequest.State.WAITING_FOR_BUFFER;
            if (pool.acquire(request)) {
                buffered(request);
            }
        }
    }

    /** {@code request} has got a data buffer, perhaps one that another queue has just given back. */
    void buffered(RdmaRequest request) {
        // What an admin command leaves of its buffer unwritten must not be another host's data.
        request.useBuffer(pool, setup.data().qid() == 0);
        if (request.direction() == Direction.HOST_TO_CONTROLLER) {
            request.state = RdmaRequest.State.WAITING_TO_READ;
            reads.add(request);
            pump();
        } else {
            request.state = RdmaRequest.State.EXECUTING;
            core().execute(request);
        }
    }

    /** The core has answered. */
    void respond(RdmaRequest request) {
        if (request.state == RdmaRequest.State.ABANDONED) {
            return;
        }
        if (state != State.LIVE) {
            release(request);
            return;
        }
        request.state = RdmaRequest.State.WAITING_TO_SEND;
        sending++;
        responses.add(request);
        pump();
    }

    /** Gives the send queue what fits: responses first, since they free what reads wait for. */
    private void pump() {
        if (state != State.LIVE && state != State.DRAINING) {
            return;
        }
        RdmaRequest request = responses.peek();
        while (request != null && sendPlaces >= request.responseWrs()) {
            responses.poll();
            send(request);
            request = responses.peek();
        }
        request = responses.isEmpty() ? reads.peek() : null;
        while (request != null && readCredits > 0 && sendPlaces > 0) {
            reads.poll();
            startRead(request);
            request = reads.peek();
        }
    }

    private void send(RdmaRequest request) {
        sendPlaces -= request.responseWrs();
        sendsPosted++;
        request.state = RdmaRequest.State.SENDING;
        request.prepareResponse(pool.region());
        repost(Objects.requireNonNull(request.slot));
        request.slot = null;
        stage(request.sendsData() ? request.dataWr : request.responseWr, request.responseWr);
    }

    private void startRead(RdmaRequest request) {
        readCredits--;
        sendPlaces--;
        sendsPosted++;
        request.state = RdmaRequest.State.READING;
        request.prepareRead(pool.region());
        stage(request.dataWr, request.dataWr);
    }

    /** The request is over: what it held goes to those who wait. */
    private void release(RdmaRequest request) {
        request.slot = null;
        request.state = RdmaRequest.State.FREE;
        int buffer = request.buffer;
        request.buffer = BufferPool.NONE;
        free[freeCount++] = request;
        RdmaRequest next = buffer == BufferPool.NONE ? null : pool.release(buffer);
        if (next != null) {
            next.queue.buffered(next);
        }
        if (!pending.isEmpty() && state == State.LIVE && !endAsked) {
            start(pending.take());
        }
        pump();
        checkDrained();
    }

    // --- posting ---------------------------------------------------------------------------------------------------

    private void repost(RecvSlot slot) {
        recvsPosted++;
        posts.add(slot.wr);
    }

    private void stage(SendWr first, SendWr last) {
        posts.add(first, last);
        if (setup.options().noWrBatching()) {
            flushPosts();
        } else if (!dirty) {
            dirty = true;
            poller.dirty(this);
        }
    }

    /** Posts what has gathered since the last time. */
    void flushPosts() {
        dirty = false;
        int errno = posts.flush();
        if (errno != 0) {
            end("posting work failed with errno " + errno);
        }
    }

    // --- the end ---------------------------------------------------------------------------------------------------

    /** Asks for the end; the queue takes no more commands meanwhile. */
    void end(String reason) {
        if (!endAsked) {
            endAsked = true;
            owner.end(reason);
        }
    }

    @Override
    public void disconnect() {
        if (state == State.LIVE) {
            state = State.DRAINING;
            if (sending == 0) {
                end("disconnected by the controller");
            } else {
                poller.reactor().schedule(FLUSH_TIMEOUT_NS, () -> end("disconnected by the controller"));
            }
        }
    }

    /** The queue pair is in the error state and the host is gone. Idempotent. */
    void ended() {
        if (state == State.CLOSING || state == State.CLOSED) {
            return;
        }
        // What is staged is posted: its flush then gives it back like the rest.
        flushPosts();
        state = State.CLOSING;
        pending.clear();
        Reactor.Timer _ = poller.reactor().schedule(FLUSH_TIMEOUT_NS, this::goWithoutFlush);
        for (RdmaRequest request : requests) {
            abandon(request);
        }
        if (core != null) {
            core.close();
        }
        checkDrained();
    }

    private void abandon(RdmaRequest request) {
        switch (request.state) {
            case WAITING_FOR_BUFFER -> {
                pool.giveUp(request);
                core().fail(request, Status.ABORTED_SQ_DELETION);
            }
            case WAITING_TO_READ -> {
                reads.remove(request);
                core().fail(request, Status.ABORTED_SQ_DELETION);
            }
            case READING -> {
                request.state = RdmaRequest.State.ABANDONED;
                core().fail(request, Status.ABORTED_SQ_DELETION);
            }
            case WAITING_TO_SEND -> {
                responses.remove(request);
                sending--;
                release(request);
            }
            case FREE, EXECUTING, ABANDONED, SENDING -> {
                // Nothing, the core's, or the device's: it comes back by itself.
            }
        }
    }

    /** A device that is gone, or a post that failed, leaves work without completions. */
    private void goWithoutFlush() {
        if (state != State.CLOSING || recvsPosted + sendsPosted == 0) {
            return;
        }
        log.warn(
                "{}: {} receives and {} sends were not flushed; going on without them",
                setup.peer(),
                recvsPosted,
                sendsPosted);
        recvsPosted = 0;
        sendsPosted = 0;
        unflushed = true;
        checkDrained();
    }

    private void checkDrained() {
        if (state == State.CLOSING && recvsPosted == 0 && sendsPosted == 0 && isDone()) {
            state = State.CLOSED;
            owner.drained();
        }
    }

    /** Whether all requests are back, but for those whose flush never came: {@link #destroyed} takes these back. */
    private boolean isDone() {
        if (!unflushed) {
            return freeCount == requests.length;
        }
        for (RdmaRequest request : requests) {
            if (request.state != RdmaRequest.State.FREE && !request.isWithDevice()) {
                return false;
            }
        }
        return true;
    }

    /** The queue pair is no more, and only now the device surely leaves the buffers alone of what was not flushed. */
    void destroyed() {
        for (RdmaRequest request : requests) {
            if (request.isWithDevice()) {
                release(request);
            }
        }
    }

    // --- for the core ----------------------------------------------------------------------------------------------

    @Override
    public TransportAddress listener() {
        return setup.listener();
    }

    @Override
    public TransportAddress local() {
        return setup.local();
    }

    @Override
    public String peer() {
        return setup.peer();
    }

    @Override
    public TransportOptions options() {
        return setup.options();
    }

    @Override
    public int maxQueueEntries(boolean adminQueue) {
        if (adminQueue == (setup.data().qid() == 0)) {
            return setup.data().entries();
        }
        // Asked of another queue of the controller: what its own connection may have.
        TransportOptions.Common common = setup.options().common();
        return adminQueue ? common.maxAqDepth() : common.maxQueueDepth();
    }

    @Override
    public String toString() {
        return "queue " + setup.data().qid() + " of " + setup.peer();
    }
}
