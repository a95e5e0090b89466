package org.nvmftarget.data.rdma;

import java.lang.foreign.Arena;
import java.lang.foreign.SegmentAllocator;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.nvmftarget.data.ffi.verbs.AsyncEvent;
import org.nvmftarget.data.ffi.verbs.CompletionChannel;
import org.nvmftarget.data.ffi.verbs.DeviceLimits;
import org.nvmftarget.data.ffi.verbs.MemoryRegion;
import org.nvmftarget.data.ffi.verbs.ProtectionDomain;
import org.nvmftarget.data.ffi.verbs.RdmaDevice;
import org.nvmftarget.data.ffi.verbs.SendWr;
import org.nvmftarget.data.ffi.verbs.VerbsException;
import org.nvmftarget.data.reactor.Reactor;
import org.nvmftarget.model.TransportOptions;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a reactor has of a device: memory, shared receives, completion queues, and the channel that wakes it. The
 * acceptor makes it and adds to it.
 */
final class PollGroup implements CqPoller.Group {

    private static final Logger log = LoggerFactory.getLogger(PollGroup.class);

    private final RdmaDevice device;
    private final Reactor reactor;
    private final Share share;
    private final Waiting waiting;
    private final CompletionChannel channel;
    private final int cqEntries;
    private final Runnable onLoss;
    private final List<CqPoller> pollers = new ArrayList<>();
    private int connections;

    /** Of queues that are gone, for the next ones. */
    private final Map<QueueMemory.Shape, Deque<QueueMemory>> spare = new HashMap<>();

    private long poolBytes;

    /** What the reactor has seen of {@link #pollers}; its own. */
    private final List<CqPoller> polled = new ArrayList<>();

    /** Why no queue of the group can go on; null as long as they can. The reactor's. */
    private @Nullable String loss;

    private PollGroup(Plan plan, Share share, CompletionChannel channel, Waiting waiting, Runnable onLoss) {
        device = plan.device();
        this.share = share;
        this.reactor = share.reactor();
        this.waiting = waiting;
        this.channel = channel;
        cqEntries = plan.cqEntries();
        this.onLoss = onLoss;
        reactor.execute(() -> {
            reactor.watch(channel.fd(), Reactor.READABLE, events -> announced());
            reactor.dataMemory().add(share.buffers().part());
        });
    }

    /**
     * What a group is made of.
     *
     * @param arena lives at least as long as {@code domain}
     * @param buffers the device's memory for data, of which the group gets the part at {@code buffersOffset}
     * @param dataWrs how many work requests requests may borrow
     * @param cqEntries completions that a completion queue holds
     */
    record Plan(
            RdmaDevice device,
            DeviceLimits limits,
            ProtectionDomain domain,
            Arena arena,
            TransportOptions.Rdma options,
            PoolSizes sizes,
            MemoryRegion buffers,
            long buffersOffset,
            int dataWrs,
            int cqEntries) {}

    /** @param onLoss runs on the reactor when the group has lost what new connections would need */
    static PollGroup open(Plan plan, Reactor reactor, DeviceStats stats, Waiting waiting, Runnable onLoss)
            throws VerbsException {
        CompletionChannel channel = plan.device().createCompletionChannel();
        try {
            boolean tells = plan.device().tellsOfLastReceive();
            SegmentAllocator wrs = SegmentAllocator.slicingAllocator(
                    plan.arena().allocate(plan.dataWrs() * SendWr.bytes(1), Long.BYTES));
            Share share = new Share(
                    reactor,
                    new BufferPool(plan.buffers(), plan.buffersOffset(), plan.sizes(), stats),
                    new DataWrPool(plan.dataWrs(), wrs),
                    plan.options().noSrq() ? null : receives(plan, stats),
                    tells,
                    plan.limits().sendsWithInvalidate(),
                    stats);
            PollGroup made = new PollGroup(plan, share, channel, waiting, onLoss);
            SharedReceives shared = share.receives();
            made.pinned(share.buffers().bytes() + (shared == null ? 0 : shared.bytes()));
            return made;
        } catch (VerbsException e) {
            channel.close();
            throw e;
        }
    }

    private static SharedReceives receives(Plan plan, DeviceStats stats) throws VerbsException {
        TransportOptions.Rdma options = plan.options();
        return SharedReceives.open(
                plan.domain(), options.maxSrqDepth(), options.common().inCapsuleDataSizeBytes(), plan.arena(), stats);
    }

    Reactor reactor() {
        return reactor;
    }

    Share share() {
        return share;
    }

    /** Connections that live here: what the acceptor balances by. */
    int connections() {
        return connections;
    }

    private void pinned(long bytes) {
        poolBytes += bytes;
        share.stats().poolBytes.addAndGet(bytes);
    }

    /** Memory for a queue, from one that is gone or new. */
    QueueMemory takeMemory(QueueMemory.Shape shape, Arena arena, ProtectionDomain domain) throws VerbsException {
        Deque<QueueMemory> deque = spare.get(shape);
        if (deque != null && !deque.isEmpty()) {
            return deque.pop();
        }
        QueueMemory made = new QueueMemory(shape, arena, domain);
        pinned(shape.receiveBytes());
        return made;
    }

    void giveMemory(QueueMemory memory) {
        spare.computeIfAbsent(memory.shape(), shape -> new ArrayDeque<>()).push(memory);
    }

    // --- places ----------------------------------------------------------------------------------------------------

    /** Most entries that one more queue may have, so that all its commands find a receive. */
    int unpromisedReceives() {
        SharedReceives shared = share.receives();
        return shared == null ? Integer.MAX_VALUE : shared.unpromised();
    }

    /**
     * A place in a completion queue, and receives of the shared queue where there is one.
     *
     * @param completions places in the completion queue
     */
    record Seat(CqPoller poller, int place, int entries, int completions) {}

    /**
     * A place for a queue pair, in a new completion queue if need be. {@link #unpromisedReceives} are at least
     * {@code entries}.
     *
     * @param sends places in its send queue
     */
    Seat reserve(int entries, int sends) throws VerbsException {
        SharedReceives shared = share.receives();
        int completions = shared == null ? entries + sends : sends;
        CqPoller poller = null;
        int place = -1;
        for (int i = 0; i < pollers.size() && place < 0; i++) {
            poller = pollers.get(i);
            place = poller.reserve(completions);
        }
        if (poller == null || place < 0) {
            poller = addPoller();
            place = poller.reserve(completions);
        }
        if (shared != null) {
            shared.promise(entries);
        }
        connections++;
        return new Seat(poller, place, entries, completions);
    }

    private CqPoller addPoller() throws VerbsException {
        CqPoller made = new CqPoller(share, device.createCompletionQueue(cqEntries, channel), this);
        pollers.add(made);
        reactor.execute(() -> {
            polled.add(made);
            reactor.addPoller(made);
            if (loss != null) {
                made.endAll(loss);
            }
        });
        return made;
    }

    void giveBack(Seat seat) {
        connections--;
        seat.poller().giveBack(seat.place(), seat.completions());
        if (share.receives() != null) {
            share.receives().giveBack(seat.entries());
        }
    }

    // --- on the reactor --------------------------------------------------------------------------------------------

    @Override
    public void lost(String reason) {
        if (loss == null) {
            loss = reason;
            log.error("the connections of {} on {} end: {}", device.name(), reactor.name(), reason);
            polled.forEach(poller -> poller.endAll(reason));
            onLoss.run();
        }
    }

    @Override
    public void pollerLost() {
        onLoss.run();
    }

    private void announced() {
        try {
            channel.drain();
        } catch (VerbsException e) {
            reactor.unwatch(channel.fd());
            lost("the completion channel is lost: " + e.getMessage());
        }
        for (CqPoller poller : polled) {
            poller.announced();
        }
    }

    /** What happened to a queue pair, a completion queue or the shared receives, if they are of this group. */
    void happened(AsyncEvent event) {
        switch (event.type()) {
            case QP_LAST_WQE_REACHED -> {
                RdmaQueue queue = queue((int) event.element());
                if (queue != null) {
                    queue.lastReceiveReached();
                }
            }
            case QP_FATAL, QP_REQ_ERR, QP_ACCESS_ERR -> {
                RdmaQueue queue = queue((int) event.element());
                if (queue != null) {
                    queue.end(event.type().toString());
                }
            }
            case CQ_ERR -> {
                for (CqPoller poller : polled) {
                    if (poller.cq().id() == event.element()) {
                        poller.lost(event.type().toString());
                    }
                }
            }
            case SRQ_ERR -> {
                if (share.receives() != null && share.receives().queue().id() == event.element()) {
                    lost("the shared receives are lost: " + event.type());
                }
            }
            default -> log.debug("{} of {}", event, device.name());
        }
    }

    private @Nullable RdmaQueue queue(int number) {
        for (CqPoller poller : polled) {
            RdmaQueue queue = poller.queue(number);
            if (queue != null) {
                return queue;
            }
        }
        return null;
    }

    // --- on the acceptor -------------------------------------------------------------------------------------------

    /**
     * Frees everything; {@link #connections} is 0. Memory that is not back is in somebody's hands and stays. Waits for the
     * reactor, so not on one.
     */
    void close() {
        CompletableFuture<Boolean> let = new CompletableFuture<>();
        reactor.execute(() -> {
            reactor.unwatch(channel.fd());
            reactor.dataMemory().remove(share.buffers().part());
            polled.forEach(reactor::removePoller);
            let.complete(share.isWhole());
        });
        if (!waiting.join(let)) {
            throw new IllegalStateException(
                    "memory of " + device.name() + " on " + reactor.name() + " is not back from queues that are gone");
        }
        pollers.forEach(poller -> poller.cq().close());
        spare.values().forEach(deque -> deque.forEach(QueueMemory::close));
        pinned(-poolBytes);
        if (share.receives() != null) {
            share.receives().close();
        }
        channel.close();
    }
}
