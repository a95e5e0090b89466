package org.nvmftarget.data.rdma;

import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.nvmftarget.data.ffi.verbs.RcQueuePair;
import org.nvmftarget.data.ffi.verbs.SendWr;

/**
 * The send queue of a queue pair: RDMA reads, and responses with the RDMA writes before them. What runs short (places,
 * read credits, borrowed work requests) makes requests wait in line. What is posted together has its last work request
 * signalled, and its completion ends all before it: a send queue completes in order. Confined to its reactor.
 */
final class SendSide {

    /** Work requests of the longest chain: every piece of host memory, and the response. */
    static final int LONGEST_CHAIN = SglWalk.MAX_DESCRIPTORS + 1;

    private final RdmaQueue queue;
    private final RcQueuePair qp;
    private final Share share;
    private final SglWalk walk;
    private final RequestQueue reads = new RequestQueue();
    private final RequestQueue responses = new RequestQueue();

    /** What is in the send queue, or about to be posted there, in its order. */
    private final RequestQueue inFlight = new RequestQueue();

    private int places;
    private int readCredits;
    private int sending;
    private @Nullable SendWr head;
    private @Nullable SendWr tail;
    private int gathered;

    /** Of {@link DataWrPool}: this stands in its line. */
    boolean inLine;

    SendSide(RdmaQueue queue, RcQueuePair qp, Share share, SglWalk walk, int places, int readCredits) {
        this.queue = queue;
        this.qp = qp;
        this.share = share;
        this.walk = walk;
        this.places = places;
        this.readCredits = readCredits;
    }

    /** Places of a send queue that never keeps a host of {@code entries} commands and {@code reads} waiting. */
    static int places(int entries, int reads) {
        return Math.max(2 * entries + reads, LONGEST_CHAIN);
    }

    // --- what waits ------------------------------------------------------------------------------------------------

    /** Fetches the host's data; {@link RdmaQueue#fetched} follows. */
    void read(RdmaRequest request) {
        request.state = RdmaRequest.State.WAITING_TO_READ;
        reads.add(request);
        pump();
        if (request.state == RdmaRequest.State.WAITING_TO_READ) {
            share.stats().pendingRdmaRead.add(1);
        }
    }

    /** Sends a response, and data before it; {@link RdmaQueue#sent} follows. */
    void respond(RdmaRequest request) {
        request.state = RdmaRequest.State.WAITING_TO_SEND;
        sending++;
        responses.add(request);
        pump();
        if (request.state == RdmaRequest.State.WAITING_TO_SEND) {
            DeviceStats stats = share.stats();
            (request.sendsData() ? stats.pendingRdmaWrite : stats.pendingRdmaSend).add(1);
        }
    }

    /** Gives the send queue what fits: responses first, since they free what reads wait for. */
    void pump() {
        if (!queue.sends()) {
            return;
        }
        RdmaRequest first = responses.peek();
        while (first != null
                && places >= first.responseWrs()
                && share.dataWrs().has(first.borrowsForResponse(), this)) {
            responses.poll();
            startResponse(first);
            first = responses.peek();
        }
        first = first == null ? reads.peek() : null;
        while (first != null && readCredits > 0 && places > 0) {
            reads.poll();
            startReads(first);
            first = reads.peek();
        }
    }

    private void startResponse(RdmaRequest request) {
        request.state = RdmaRequest.State.SENDING;
        request.prepareResponse(
                share.sendsWithInvalidate(), walk, share.buffers().region(), share.dataWrs());
        places -= request.wrsPosted;
        queue.answered(request);
        stage(request);
    }

    /** As many pieces at a time as there are credits, places and work requests for: one at least. */
    private void startReads(RdmaRequest request) {
        int wrs = Math.min(request.piecesToRead(), share.dataWrs().available() + 1);
        int count = Math.min(wrs, Math.min(readCredits, places));
        request.state = RdmaRequest.State.READING;
        request.prepareReads(count, walk, share.buffers().region(), share.dataWrs());
        readCredits -= count;
        places -= count;
        stage(request);
    }

    // --- posting ---------------------------------------------------------------------------------------------------

    private void stage(RdmaRequest request) {
        inFlight.add(request);
        if (tail == null) {
            head = request.firstWr();
        } else {
            tail.next(request.firstWr());
        }
        tail = request.lastWr();
        gathered += request.wrsPosted;
        queue.staged();
    }

    /** Posts what has gathered; returns 0, or the errno of the post: {@link QueueLife#postFailed} follows. */
    int flush() {
        SendWr first = head;
        if (first == null) {
            return 0;
        }
        SendWr last = Objects.requireNonNull(tail);
        last.operation(last.opcode(), SendWr.SIGNALED);
        head = null;
        tail = null;
        share.stats().totalSendWrs.add(gathered);
        share.stats().sendDoorbellUpdates.add(1);
        gathered = 0;
        return qp.postSend(first);
    }

    // --- completions -----------------------------------------------------------------------------------------------

    /** {@code request}'s chain is done, and all before it. */
    void completed(RdmaRequest request, boolean success) {
        if (request.state != RdmaRequest.State.SENDING && !request.isReading()) {
            return;
        }
        RdmaRequest done = inFlight.poll();
        while (done != null && done != request) {
            leave(done, true);
            done = inFlight.poll();
        }
        leave(request, success);
        pump();
    }

    private void leave(RdmaRequest request, boolean success) {
        boolean read = request.isReading();
        int wrs = request.wrsPosted;
        request.wrsPosted = 0;
        places += wrs;
        readCredits += read ? wrs : 0;
        if (request.giveBackWrs(share.dataWrs())) {
            share.dataWrs().serve();
        }
        if (!read) {
            sending--;
            queue.sent(request);
        } else if (request.state == RdmaRequest.State.READING && success && request.piecesToRead() > 0) {
            request.state = RdmaRequest.State.WAITING_TO_READ;
            reads.addFirst(request);
        } else {
            queue.fetched(request, success);
        }
    }

    // --- the end ---------------------------------------------------------------------------------------------------

    /** Responses that are not yet acknowledged. */
    int sending() {
        return sending;
    }

    boolean isIdle() {
        return inFlight.isEmpty();
    }

    /** A request that is {@link RdmaRequest.State#WAITING_TO_READ} or {@link RdmaRequest.State#WAITING_TO_SEND}. */
    void giveUp(RdmaRequest request) {
        if (request.state == RdmaRequest.State.WAITING_TO_SEND) {
            responses.remove(request);
            sending--;
        } else {
            reads.remove(request);
        }
    }

    /** No line is waited in any more. */
    void stopWaiting() {
        share.dataWrs().giveUp(this);
    }

    /** The completions of what is in flight will not come; returns how many requests that concerns. */
    int forget() {
        int forgotten = 0;
        while (inFlight.poll() != null) {
            forgotten++;
        }
        return forgotten;
    }

    /** The queue pair is no more: what {@code request} had in the send queue is free. */
    void reclaim(RdmaRequest request) {
        request.wrsPosted = 0;
        if (request.giveBackWrs(share.dataWrs())) {
            share.dataWrs().serve();
        }
    }
}
