package org.nvmftarget.data.tcp;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.nvmftarget.data.ffi.libc.Posix;
import org.nvmftarget.data.ffi.libc.Sockets;
import org.nvmftarget.data.reactor.Reactor;
import org.nvmftarget.data.reactor.ReactorLoads;
import org.nvmftarget.data.target.Connection;
import org.nvmftarget.data.target.TransportFactory;
import org.nvmftarget.model.TransportAddress;
import org.nvmftarget.model.TransportOptions;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One host connection, which is one queue. The queue ends before the socket: what is still to be sent (the last
 * responses, or a C2HTermReq) goes out, then the socket lingers until the host has closed its side.
 */
final class TcpConnection implements Connection, Reactor.FdHandler, TcpQueue.Wiring {

    private static final Logger LOG = LoggerFactory.getLogger(TcpConnection.class);
    private static final int CONTROL_BYTES = Pdu.TERM_BYTES + Pdu.MAX_TERM_DATA_BYTES;

    /** Where a connection is in its life. */
    enum Phase {
        /** Commands are served, once ICReq and ICResp have been exchanged. */
        OPEN,
        /** Nothing more is read; the responses that are there go out. */
        DRAINING,
        /** The queue has ended; what is left goes out, and what comes is dropped until the host closes its side. */
        LINGERING,
        /** The socket is closed; the core may still have requests. */
        CLOSED
    }

    private final int fd;
    private final ReactorShare share;
    private final ReactorLoads.Share weight;
    private final Reactor reactor;
    private final Timeouts timeouts;
    private final ConnectionInfo info;
    private final TransportOptions.Tcp options;
    private final MemorySegment receiveBuffer;
    private final SendQueue sending;
    private final TcpQueue queue;
    private final MemorySegment control = Arena.ofAuto().allocate(CONTROL_BYTES, Long.BYTES);
    private final Outgoing controlOut = new Outgoing(() -> {});
    private final Runnable flushTask = this::flushScheduled;

    private Phase phase = Phase.OPEN;
    private int watched = Reactor.READABLE;
    private boolean flushScheduled;
    private boolean handlingInput;
    private boolean weighed;
    private boolean gone;
    private Reactor.@Nullable Timer timer;

    /** Takes over an accepted socket, on the reactor of {@code share}. */
    TcpConnection(
            int fd,
            ReactorShare share,
            ReactorLoads.Share weight,
            Timeouts timeouts,
            ConnectionInfo info,
            TransportOptions.Tcp options,
            TransportFactory.QueuePairs queuePairs) {
        this.fd = fd;
        this.share = share;
        this.weight = weight;
        this.reactor = share.reactor();
        this.timeouts = timeouts;
        this.info = info;
        this.options = options;
        this.receiveBuffer = share.takeReceiveBuffer();
        this.sending = new SendQueue(fd, share.list());
        this.queue = new TcpQueue(this, this, fd, receiveBuffer, share, options, queuePairs);
    }

    void start() {
        share.add(this);
        reactor.watch(fd, watched, this);
        startTimer(timeouts.connect(), this::closeUnlessConnected);
    }

    @Override
    public TransportAddress listener() {
        return info.listener();
    }

    @Override
    public TransportAddress local() {
        return info.local();
    }

    @Override
    public String peer() {
        return info.peer().hostAndPort();
    }

    @Override
    public Optional<TransportAddress> peerAddress() {
        return Optional.of(info.peer());
    }

    @Override
    public TransportOptions options() {
        return options;
    }

    @Override
    public int maxQueueEntries(boolean adminQueue) {
        return adminQueue ? options.common().maxAqDepth() : options.common().maxQueueDepth();
    }

    private void startTimer(Duration delay, Runnable task) {
        Reactor.Timer old = timer;
        if (old != null) {
            old.cancel();
        }
        timer = reactor.schedule(delay.toNanos(), task);
    }

    private void closeUnlessConnected() {
        if (!queue.isConnected()) {
            LOG.info("{}: {} did not connect a queue in time", info.local(), info.peer());
            closeNow();
        }
    }

    @Override
    public void ready(int events) {
        if ((events & Reactor.WRITABLE) != 0) {
            flush();
        }
        switch (phase) {
            case OPEN -> readCommands();
            case LINGERING -> dropInput();
            case DRAINING -> {
                if ((events & (Reactor.ERROR | Reactor.HANGUP)) != 0) {
                    closeNow();
                }
            }
            case CLOSED -> {}
        }
    }

    private void readCommands() {
        handlingInput = true;
        PduReader.Read result = queue.reader().read();
        handlingInput = false;
        if (!weighed && queue.isConnected()) {
            weighed = true;
            weight.weigh(queue.isAdminQueue() ? 1 : options.common().maxQueueDepth());
        }
        if (phase != Phase.CLOSED) {
            flush();
        }
        if (result != PduReader.Read.OPEN) {
            closeNow();
        }
    }

    private void dropInput() {
        if (queue.reader().drop() != PduReader.Read.OPEN) {
            closeNow();
        }
    }

    @Override
    public boolean isReady() {
        return phase == Phase.OPEN;
    }

    @Override
    public boolean canRespond() {
        return phase == Phase.OPEN || phase == Phase.DRAINING;
    }

    @Override
    public void send(Outgoing outgoing) {
        sending.add(outgoing);
        if (!handlingInput && !flushScheduled) {
            flushScheduled = true;
            reactor.execute(flushTask);
        }
    }

    @Override
    public void sendIcResp() {
        Pdu.icResp(control, options.common().maxIoSizeBytes());
        send(controlOut.reset().add(control.address(), Pdu.IC_BYTES));
    }

    private void flushScheduled() {
        flushScheduled = false;
        flush();
    }

    private void flush() {
        if (phase == Phase.CLOSED) {
            return;
        }
        switch (sending.flush()) {
            case ALL -> {
                if (phase == Phase.DRAINING) {
                    endQueueAndLinger();
                }
                watch(phase == Phase.DRAINING ? 0 : Reactor.READABLE);
            }
            case BLOCKED -> watch(phase == Phase.DRAINING ? Reactor.WRITABLE : Reactor.READABLE | Reactor.WRITABLE);
            case BROKEN -> closeNow();
        }
    }

    private void watch(int events) {
        if (phase != Phase.CLOSED && watched != events) {
            watched = events;
            reactor.rewatch(fd, events);
        }
    }

    @Override
    public boolean abortWaiting(int cid) {
        return queue.abortWaiting(cid);
    }

    @Override
    public void disconnect() {
        if (phase != Phase.OPEN) {
            return;
        }
        phase = Phase.DRAINING;
        startTimer(timeouts.drain(), this::closeNow);
        if (!flushScheduled) {
            flushScheduled = true;
            reactor.execute(flushTask);
        }
    }

    private void endQueueAndLinger() {
        phase = Phase.LINGERING;
        queue.end();
        linger();
    }

    private void linger() {
        if (phase == Phase.CLOSED) {
            return;
        }
        Sockets.shutdown(fd, Sockets.SHUT_WR);
        startTimer(timeouts.linger(), this::closeNow);
    }

    @Override
    public void terminate(int fes, long fei, MemorySegment header, long at, int headerBytes) {
        LOG.warn(
                "{}: {} ({}) broke the protocol: fatal error status {}, field at {}",
                info.local(),
                info.peer(),
                queue.name(),
                fes,
                fei);
        if (phase != Phase.OPEN || sending.isInsidePdu()) {
            closeNow();
            return;
        }
        int lengthBytes = Pdu.c2hTermReq(control, fes, fei, header, at, headerBytes);
        phase = Phase.LINGERING;
        sending.clear();
        queue.end();
        send(controlOut.reset().add(control.address(), lengthBytes));
        if (sending.flush() == SendQueue.Flushed.ALL) {
            linger();
        } else {
            closeNow();
        }
    }

    @Override
    public void terminatedByHost(int fes) {
        LOG.warn(
                "{}: {} ({}) ended the connection: fatal error status {}",
                info.local(),
                info.peer(),
                queue.name(),
                fes);
        closeNow();
    }

    /** Closes the socket whatever is under way. Idempotent. */
    void closeNow() {
        if (phase == Phase.CLOSED) {
            return;
        }
        phase = Phase.CLOSED;
        Reactor.Timer running = timer;
        if (running != null) {
            running.cancel();
        }
        reactor.unwatch(fd);
        Posix.close(fd);
        sending.clear();
        queue.end();
        drained();
    }

    @Override
    public void drained() {
        if (phase == Phase.CLOSED && queue.isEmpty() && !gone) {
            gone = true;
            weight.giveBack();
            share.giveReceiveBuffer(receiveBuffer);
            share.remove(this);
        }
    }
}
