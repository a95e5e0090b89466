package org.nvmftarget.data.rdma;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.nvmftarget.data.ffi.verbs.CompletionChannel;
import org.nvmftarget.data.ffi.verbs.RdmaDevice;
import org.nvmftarget.data.ffi.verbs.VerbsException;
import org.nvmftarget.data.reactor.Reactor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a reactor has of a device: its buffers, its completion queues, and the channel that wakes it. The acceptor makes
 * it and adds to it.
 */
final class PollGroup {

    private static final Logger log = LoggerFactory.getLogger(PollGroup.class);

    private final RdmaDevice device;
    private final Reactor reactor;
    private final BufferPool pool;
    private final Waiting waiting;
    private final CompletionChannel channel;
    private final List<CqPoller> pollers = new ArrayList<>();
    private int connections;

    /** What the reactor has seen of {@link #pollers}; its own. */
    private final List<CqPoller> polled = new ArrayList<>();

    PollGroup(RdmaDevice device, Reactor reactor, BufferPool pool, Waiting waiting) throws VerbsException {
        this.device = device;
        this.reactor = reactor;
        this.pool = pool;
        this.waiting = waiting;
        channel = device.createCompletionChannel();
        reactor.execute(() -> reactor.watch(channel.fd(), Reactor.READABLE, events -> announced()));
    }

    Reactor reactor() {
        return reactor;
    }

    BufferPool pool() {
        return pool;
    }

    /** Connections that live here: what the acceptor balances by. */
    int connections() {
        return connections;
    }

    /** A place in a completion queue. */
    record Seat(CqPoller poller, int place, int entries) {}

    /** A place for a queue pair whose work takes {@code entries} completions, in a new completion queue if need be. */
    Seat reserve(int entries, int cqEntries) throws VerbsException {
        connections++;
        for (CqPoller poller : pollers) {
            int place = poller.reserve(entries);
            if (place >= 0) {
                return new Seat(poller, place, entries);
            }
        }
        try {
            CqPoller made = new CqPoller(reactor, device.createCompletionQueue(Math.max(entries, cqEntries), channel));
            pollers.add(made);
            reactor.execute(() -> {
                polled.add(made);
                reactor.addPoller(made);
            });
            return new Seat(made, made.reserve(entries), entries);
        } catch (VerbsException e) {
            connections--;
            throw e;
        }
    }

    void giveBack(Seat seat) {
        connections--;
        seat.poller().giveBack(seat.place(), seat.entries());
    }

    private void announced() {
        try {
            channel.drain();
        } catch (VerbsException e) {
            log.error("the completion channel of {} is lost", device.name(), e);
            reactor.unwatch(channel.fd());
        }
        for (CqPoller poller : polled) {
            poller.announced();
        }
    }

    /** Frees everything; {@link #connections} is 0. Waits for the reactor, so not on one. */
    void close() {
        CompletableFuture<Boolean> let = new CompletableFuture<>();
        reactor.execute(() -> {
            reactor.unwatch(channel.fd());
            polled.forEach(reactor::removePoller);
            let.complete(true);
        });
        Boolean _ = waiting.join(let);
        pollers.forEach(poller -> poller.cq().close());
        channel.close();
    }
}
