package org.nvmftarget.data.rdma;

import java.lang.foreign.SegmentAllocator;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.nvmftarget.data.ffi.verbs.RcQueuePair;
import org.nvmftarget.data.nvme.Sqe;
import org.nvmftarget.data.nvme.Status;
import org.nvmftarget.data.target.Connection;
import org.nvmftarget.data.target.Direction;
import org.nvmftarget.data.target.QueuePair;
import org.nvmftarget.data.target.Request;
import org.nvmftarget.model.TransportAddress;
import org.nvmftarget.model.TransportOptions;

/**
 * A queue pair at work: the way of its commands. What runs short makes them wait in line: memory for data, requests, and
 * what {@link SendSide} has. Receives are posted again before the response that allows the host to use them. Made by the
 * acceptor, then confined to its reactor until {@link QueueOwner#drained}.
 */
final class RdmaQueue implements Connection {

    private final QueueSetup setup;
    private final CqPoller poller;
    private final Share share;
    private final QueueLife life;
    private final Receives receives;
    private final SendSide sends;
    private final SglWalk walk = new SglWalk();
    private final RdmaRequest[] requests;
    private final RdmaRequest[] free;
    private final SlotQueue pending = new SlotQueue();
    private final int number;
    private final int generation;
    private final int place;
    private final int maxIoSizeBytes;

    private @Nullable QueuePair core;
    private int freeCount;

    /** Commands that the host knows no answer of. */
    private int outstanding;

    private boolean dirty;

    RdmaQueue(QueueSetup setup, RcQueuePair qp, CqPoller poller, int place, QueueOwner owner) {
        this.setup = setup;
        this.poller = poller;
        this.place = place;
        share = poller.share();
        number = qp.number();
        generation = poller.generation(place);
        maxIoSizeBytes = setup.options().common().maxIoSizeBytes();
        int entries = setup.data().entries();
        QueueMemory memory = setup.memory();
        SegmentAllocator workRequests = memory.workRequests();
        long id = WrId.of(generation, place, 0, 0);
        receives = share.receives() != null
                ? share.receives()
                : new OwnReceives(qp, entries, memory, workRequests, id, share.stats());
        sends = new SendSide(this, qp, share, walk, setup.sendEntries(), setup.maxReads());
        requests = new RdmaRequest[entries * QueueMemory.REQUESTS_PER_ENTRY];
        free = new RdmaRequest[requests.length];
        for (int i = 0; i < requests.length; i++) {
            requests[i] = new RdmaRequest(this, memory, i, workRequests, id | i);
            free[freeCount++] = requests[i];
        }
        life = new QueueLife(this, setup, poller, owner, receives instanceof OwnReceives own ? own : null, sends);
    }

    int place() {
        return place;
    }

    int generation() {
        return generation;
    }

    /** The queue pair's number. */
    int number() {
        return number;
    }

    /** Whether its reactor looks for its completions without end. */
    boolean isSleepless() {
        return setup.options().poll() == TransportOptions.Poll.BUSY;
    }

    // --- before it lives -------------------------------------------------------------------------------------------

    /** Posts all receives of its own, before the connection is accepted. */
    void postReceives() {
        if (receives instanceof OwnReceives own) {
            own.postAll();
            flushPosts();
        }
    }

    /** On the reactor, before the first capsule can come. */
    void open(QueuePair queuePair) {
        core = queuePair;
    }

    /** Whether the host's Connect has succeeded. */
    boolean isConnected() {
        return core != null && core.qid() >= 0;
    }

    private QueuePair core() {
        return Objects.requireNonNull(core, "the queue is not open yet");
    }

    // --- completions -----------------------------------------------------------------------------------------------

    /** A work request of the send queue, or a receive of this queue's own, is done. */
    void completed(int kind, int index, int byteLength) {
        switch (kind) {
            case WrId.RECV -> received(receives.slots[index], byteLength);
            case WrId.SEND, WrId.READ -> sends.completed(requests[index], true);
            default -> throw new IllegalStateException("a completion of kind " + kind);
        }
        life.check();
    }

    /** A work request was flushed, or failed. */
    void failed(int kind, int index) {
        switch (kind) {
            case WrId.RECV -> life.receiveCompleted();
            case WrId.SEND, WrId.READ -> sends.completed(requests[index], false);
            default -> {
                // The last of its chain fails, too, and counts for it.
            }
        }
        life.check();
    }

    /** A capsule has come, into a receive of its own or a shared one. */
    void received(RecvSlot slot, int byteLength) {
        life.receiveCompleted();
        if (!life.isLive()) {
            receives.discard(slot);
            return;
        }
        if (byteLength < Request.SQE_BYTES || outstanding == setup.data().entries()) {
            receives.discard(slot);
            end(
                    byteLength < Request.SQE_BYTES
                            ? "a capsule of " + byteLength + " bytes"
                            : "more commands than the " + outstanding + " that its queue holds");
            return;
        }
        outstanding++;
        share.stats().requests.add(1);
        slot.inCapsuleBytes = byteLength - Request.SQE_BYTES;
        slot.cameNs = share.reactor().nowNs();
        if (freeCount == 0) {
            share.stats().pendingFreeRequest.add(1);
            pending.add(slot);
        } else {
            start(slot);
        }
    }

    // --- the way of a command --------------------------------------------------------------------------------------

    private void start(RecvSlot slot) {
        RdmaRequest request = free[--freeCount];
        request.start(slot, maxIoSizeBytes, walk);
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
            request.countPieces(slot, walk);
            request.state = RdmaRequest.State.WAITING_FOR_BUFFER;
            if (share.buffers().acquire(request)) {
                buffered(request);
            }
        }
    }

    /** {@code request} has got memory for its data, perhaps what another queue has just given back. */
    void buffered(RdmaRequest request) {
        // What an admin command leaves of its memory unwritten must not be another host's data.
        request.useBuffer(share.buffers(), setup.data().qid() == 0);
        if (request.direction() == Direction.HOST_TO_CONTROLLER) {
            sends.read(request);
        } else {
            request.state = RdmaRequest.State.EXECUTING;
            core().execute(request);
        }
    }

    /** The host's data are here, or cannot be had. */
    void fetched(RdmaRequest request, boolean success) {
        if (request.state == RdmaRequest.State.ABANDONED) {
            release(request);
            return;
        }
        request.state = RdmaRequest.State.EXECUTING;
        if (success) {
            core().execute(request);
        } else {
            core().fail(request, Status.TRANSIENT_TRANSPORT_ERROR);
        }
    }

    /** The core has answered. */
    void respond(RdmaRequest request) {
        if (request.state == RdmaRequest.State.ABANDONED) {
            return;
        }
        if (life.isLive()) {
            sends.respond(request);
        } else {
            release(request);
            life.check();
        }
    }

    /** The response goes out with the next post, and the receive before it: the host may use it from then on. */
    void answered(RdmaRequest request) {
        outstanding--;
        receives.repost(Objects.requireNonNull(request.slot));
        request.slot = null;
    }

    /** The response has been acknowledged, or never will be. */
    void sent(RdmaRequest request) {
        share.stats().requestLatencyNs.add(share.reactor().nowNs() - request.cameNs);
        release(request);
        life.sent();
    }

    /** The request is over: what it held goes to those who wait. */
    private void release(RdmaRequest request) {
        if (request.slot != null) {
            receives.discard(request.slot);
            request.slot = null;
        }
        request.state = RdmaRequest.State.FREE;
        int buffer = request.buffer;
        request.buffer = BufferPool.NONE;
        free[freeCount++] = request;
        if (buffer != BufferPool.NONE) {
            share.buffers().release(buffer);
        }
        if (!pending.isEmpty() && freeCount > 0 && life.isLive()) {
            start(pending.take());
        }
    }

    // --- posting ---------------------------------------------------------------------------------------------------

    /** Whether responses go out. */
    boolean sends() {
        return life.sends();
    }

    /** Something waits to be posted. */
    void staged() {
        if (setup.options().noWrBatching()) {
            flushPosts();
        } else if (!dirty) {
            dirty = true;
            poller.dirty(this);
        }
    }

    /** Posts what has gathered since the last time: receives, shared or its own, before the responses that tell of them. */
    void flushPosts() {
        dirty = false;
        poller.flushShared();
        int errno = receives.flush();
        errno = errno == 0 ? sends.flush() : errno;
        if (errno != 0) {
            life.postFailed();
            end("posting work failed with errno " + errno);
        }
    }

    // --- the end ---------------------------------------------------------------------------------------------------

    /** Asks for the end; the queue takes no more commands meanwhile. */
    void end(String reason) {
        life.end(reason);
    }

    @Override
    public boolean abortWaiting(int cid) {
        for (RdmaRequest request : requests) {
            if (request.state == RdmaRequest.State.WAITING_FOR_BUFFER && Sqe.cid(request.sqe()) == cid) {
                share.buffers().giveUp(request);
                core().fail(request, Status.ABORTED_BY_REQUEST);
                return true;
            }
        }
        return false;
    }

    @Override
    public void disconnect() {
        life.disconnect();
    }

    /** The queue pair is in the error state and the host is gone. Idempotent. */
    void ended() {
        life.ended();
    }

    /** The queue pair takes no more of the shared receives, and has completed the last. */
    void lastReceiveReached() {
        life.lastReceiveReached();
    }

    /** Gives up what the queue has of commands, but for what is the core's or the device's: that comes by itself. */
    void abandonAll() {
        while (!pending.isEmpty()) {
            receives.discard(pending.take());
        }
        sends.stopWaiting();
        for (RdmaRequest request : requests) {
            abandon(request);
        }
        if (core != null) {
            core.close();
        }
    }

    private void abandon(RdmaRequest request) {
        switch (request.state) {
            case WAITING_FOR_BUFFER -> {
                share.buffers().giveUp(request);
                core().fail(request, Status.ABORTED_SQ_DELETION);
            }
            case WAITING_TO_READ -> {
                sends.giveUp(request);
                core().fail(request, Status.ABORTED_SQ_DELETION);
            }
            case READING -> {
                request.state = RdmaRequest.State.ABANDONED;
                core().fail(request, Status.ABORTED_SQ_DELETION);
            }
            case WAITING_TO_SEND -> {
                sends.giveUp(request);
                release(request);
            }
            case FREE, EXECUTING, ABANDONED, SENDING -> {
                // Nothing, the core's, or the device's.
            }
        }
    }

    /** Whether all requests are back, those that the device has perhaps left aside. */
    boolean isIdle(boolean butTheDevices) {
        if (freeCount == requests.length) {
            return true;
        }
        if (!butTheDevices) {
            return false;
        }
        for (RdmaRequest request : requests) {
            if (request.state != RdmaRequest.State.FREE && !request.isWithDevice()) {
                return false;
            }
        }
        return true;
    }

    /** The queue pair is no more, and only now the device surely leaves the memory alone of what was not flushed. */
    void destroyed() {
        for (RdmaRequest request : requests) {
            if (request.isWithDevice()) {
                sends.reclaim(request);
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
    public Optional<TransportAddress> peerAddress() {
        return setup.peerAddress();
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
