package org.nvmftarget.data.rdma;

import java.lang.foreign.Arena;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.nvmftarget.data.ffi.verbs.CompletionQueue;
import org.nvmftarget.data.ffi.verbs.Completions;
import org.nvmftarget.data.ffi.verbs.VerbsException;
import org.nvmftarget.data.reactor.Reactor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A completion queue and the queue pairs on it. It never overflows: a queue pair comes here only if all its work fits.
 * The acceptor deals out places; the reactor does all else.
 */
final class CqPoller implements Reactor.Poller {

    private static final int BATCH = 64;
    private static final Logger log = LoggerFactory.getLogger(CqPoller.class);

    private final Reactor reactor;
    private final CompletionQueue cq;
    private final Completions completions = new Completions(BATCH, Arena.ofAuto());

    // The acceptor's
    private int freeEntries;
    private final Deque<Integer> freePlaces = new ArrayDeque<>();
    private int[] generations = new int[16];
    private int placesMade;

    // The reactor's
    private @Nullable RdmaQueue[] queues = new RdmaQueue[16];
    private List<RdmaQueue> dirty = new ArrayList<>();
    private List<RdmaQueue> flushing = new ArrayList<>();
    private boolean armed;
    private boolean broken;

    CqPoller(Reactor reactor, CompletionQueue cq) {
        this.reactor = reactor;
        this.cq = cq;
        freeEntries = cq.entries();
    }

    Reactor reactor() {
        return reactor;
    }

    CompletionQueue cq() {
        return cq;
    }

    // --- on the acceptor -------------------------------------------------------------------------------------------

    /** A place for a queue pair whose work takes {@code entries} completions; −1 if they do not fit. */
    int reserve(int entries) {
        if (entries > freeEntries || (freePlaces.isEmpty() && placesMade == WrId.MAX_PLACES)) {
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
    }

    void detach(RdmaQueue queue) {
        queues[queue.place()] = null;
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
            for (int i = 0; i < n; i++) {
                dispatch(i);
            }
            return n;
        } catch (VerbsException e) {
            breakDown(e);
            return 0;
        }
    }

    private void dispatch(int i) {
        long id = completions.wrId(i);
        int place = WrId.place(id);
        RdmaQueue queue = place < queues.length ? queues[place] : null;
        if (queue == null || queue.generation() != WrId.generation(id)) {
            return;
        }
        int status = completions.status(i);
        if (status == Completions.SUCCESS) {
            queue.completed(WrId.kind(id), WrId.index(id), completions.byteLength(i));
            return;
        }
        // The first failure names the cause; the host's going away shows as flushed work alone.
        queue.end(status == Completions.FLUSHED ? "the connection was lost" : Completions.statusText(status));
        queue.failed(WrId.kind(id), WrId.index(id));
    }

    private int flushPosts() {
        int n = dirty.size();
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

    /** Without its completion queue, no queue here can go on. */
    private void breakDown(VerbsException e) {
        broken = true;
        log.error("a completion queue is lost, and its connections with it", e);
        for (RdmaQueue queue : queues) {
            if (queue != null) {
                queue.end("its completion queue is lost");
            }
        }
    }

    @Override
    public boolean arm() {
        if (flushPosts() > 0) {
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
