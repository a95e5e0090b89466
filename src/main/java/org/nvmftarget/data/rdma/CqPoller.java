package org.nvmftarget.data.rdma;

import java.lang.foreign.Arena;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.nvmftarget.data.ffi.verbs.CompletionQueue;
import org.nvmftarget.data.ffi.verbs.Completions;
import org.nvmftarget.data.ffi.verbs.VerbsException;
import org.nvmftarget.data.reactor.Reactor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A completion queue and the queue pairs on it. It never overflows: a queue pair comes here only if all its work fits,
 * beside all receives of the shared queue, which any of them may take. The acceptor deals out places; the reactor does
 * all else.
 */
final class CqPoller implements Reactor.Poller {

    private static final int BATCH = 64;
    private static final Logger log = LoggerFactory.getLogger(CqPoller.class);

    /** Hears of losses that concern more than one poller; called on the reactor. */
    interface Group {
        /** What all queues of the group share is lost: they end. */
        void lost(String reason);

        /** One poller is lost, and with it shared receives that were completed there. */
        void pollerLost();
    }

    private final Share share;
    private final CompletionQueue cq;
    private final Group group;
    private final Completions completions = new Completions(BATCH, Arena.ofAuto());

    // The acceptor's
    private int freeEntries;
    private final Deque<Integer> freePlaces = new ArrayDeque<>();
    private int[] generations = new int[16];
    private int placesMade;

    // The reactor's
    private @Nullable RdmaQueue[] queues = new RdmaQueue[16];
    private final NumberTable<RdmaQueue> byNumber = new NumberTable<>();
    private List<RdmaQueue> dirty = new ArrayList<>();
    private List<RdmaQueue> flushing = new ArrayList<>();
    private boolean armed;

    /** Why no queue can go on here; null as long as they can. */
    private @Nullable String loss;

    /** Queues for which the reactor does not sleep. */
    private int sleepless;

    /** The reactor's, and read by the acceptor. */
    private volatile boolean broken;

    CqPoller(Share share, CompletionQueue cq, Group group) {
        this.share = share;
        this.cq = cq;
        this.group = group;
        SharedReceives shared = share.receives();
        freeEntries = cq.entries() - (shared == null ? 0 : shared.slots.length);
    }

    Share share() {
        return share;
    }

    /** Whether its completions are lost, and its queues with them. */
    boolean isBroken() {
        return broken;
    }

    CompletionQueue cq() {
        return cq;
    }

    // --- on the acceptor -------------------------------------------------------------------------------------------

    /** A place for a queue pair whose work takes {@code entries} completions; −1 if they do not fit. */
    int reserve(int entries) {
        if (broken || entries > freeEntries || (freePlaces.isEmpty() && placesMade == WrId.MAX_PLACES)) {
            return -1;
        }
        freeEntries -= entries;
        int place = freePlaces.isEmpty() ? placesMade++ : freePlaces.pop();
        if (place >= generations.length) {
            generations = Arrays.copyOf(generations, generations.length * 2);
        }
        generations[place] = (generations[place] + 1) & 0xFFFF;
        return place;
    }

    int generation(int place) {
        return generations[place];
    }

    /** The queue pair is destroyed. */
    void giveBack(int place, int entries) {
        freePlaces.push(place);
        freeEntries += entries;
    }

    // --- on the reactor --------------------------------------------------------------------------------------------

    void attach(RdmaQueue queue) {
        if (queue.place() >= queues.length) {
            queues = Arrays.copyOf(queues, Math.max(queues.length * 2, queue.place() + 1));
        }
        queues[queue.place()] = queue;
        sleepless += queue.isSleepless() ? 1 : 0;
        byNumber.put(queue.number(), queue);
        if (loss != null) {
            queue.end(loss);
        }
    }

    void detach(RdmaQueue queue) {
        queues[queue.place()] = null;
        sleepless -= queue.isSleepless() ? 1 : 0;
        byNumber.remove(queue.number(), queue);
    }

    /** The queue with a queue pair of that number; null if it is not here, or no longer. */
    @Nullable
    RdmaQueue queue(int queuePairNumber) {
        return byNumber.get(queuePairNumber);
    }

    /** {@code queue} has work to post: after this batch, or before the reactor sleeps. */
    void dirty(RdmaQueue queue) {
        dirty.add(queue);
    }

    /** The queue was announced, so it is no longer armed. */
    void announced() {
        armed = false;
    }

    @Override
    public int poll() {
        return pollOnce() + flushPosts();
    }

    private int pollOnce() {
        if (broken) {
            return 0;
        }
        try {
            int n = cq.poll(completions);
            count(n);
            for (int i = 0; i < n; i++) {
                dispatch(i);
            }
            return n;
        } catch (VerbsException e) {
            breakDown(e);
            return 0;
        }
    }

    private void count(int completed) {
        DeviceStats stats = share.stats();
        stats.polls.add(1);
        if (completed == 0) {
            stats.idlePolls.add(1);
        } else {
            stats.completions.add(completed);
        }
    }

    private void dispatch(int i) {
        long id = completions.wrId(i);
        int status = completions.status(i);
        int kind = WrId.kind(id);
        if (kind == WrId.SHARED_RECV) {
            shared(i, WrId.index(id), status);
            return;
        }
        int place = WrId.place(id);
        RdmaQueue queue = place < queues.length ? queues[place] : null;
        if (queue == null || queue.generation() != WrId.generation(id)) {
            return;
        }
        if (status == Completions.SUCCESS) {
            queue.completed(kind, WrId.index(id), completions.byteLength(i));
        } else {
            // The first failure names the cause; the host's going away shows as flushed work alone.
            queue.end(reason(status));
            queue.failed(kind, WrId.index(id));
        }
    }

    private void shared(int i, int index, int status) {
        SharedReceives receives = Objects.requireNonNull(share.receives());
        RecvSlot slot = receives.slots[index];
        RdmaQueue queue = byNumber.get(completions.queuePairNumber(i));
        if (queue != null && status == Completions.SUCCESS) {
            queue.received(slot, completions.byteLength(i));
            return;
        }
        receives.discard(slot);
        if (queue != null) {
            queue.end(reason(status));
        }
    }

    private static String reason(int status) {
        return status == Completions.FLUSHED ? "the connection was lost" : Completions.statusText(status);
    }

    private int flushPosts() {
        int n = dirty.size();
        flushShared();
        if (n > 0) {
            List<RdmaQueue> batch = dirty;
            dirty = flushing;
            flushing = batch;
            for (int i = 0; i < n; i++) {
                batch.get(i).flushPosts();
            }
            batch.clear();
        }
        return n;
    }

    /** Posts the shared receives that have gathered, ahead of the responses that tell hosts of them. */
    void flushShared() {
        SharedReceives receives = share.receives();
        int errno = receives == null ? 0 : receives.flush();
        if (errno != 0) {
            group.lost("posting shared receives failed with errno " + errno);
        }
    }

    private void breakDown(VerbsException e) {
        log.error("a completion queue can no longer be used", e);
        lost(e.operation() + " failed with " + e.symbol());
    }

    /** Without its completion queue, no queue here can go on, and none comes any more. */
    void lost(String cause) {
        if (!broken) {
            broken = true;
            endAll("its completion queue is lost: " + cause);
            group.pollerLost();
        }
    }

    void endAll(String reason) {
        loss = reason;
        for (RdmaQueue queue : queues) {
            if (queue != null) {
                queue.end(reason);
            }
        }
    }

    @Override
    public boolean arm() {
        if (flushPosts() > 0) {
            return false;
        }
        if (sleepless > 0 && !broken) {
            return false;
        }
        if (armed || broken) {
            return true;
        }
        try {
            cq.arm();
        } catch (VerbsException e) {
            breakDown(e);
            return false;
        }
        armed = true;
        return poll() == 0;
    }
}
