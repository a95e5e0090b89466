package org.nvmftarget.data.tcp;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.nvmftarget.data.ffi.libc.Errno;
import org.nvmftarget.data.ffi.libc.Posix;
import org.nvmftarget.data.ffi.libc.SocketAddress;
import org.nvmftarget.data.ffi.libc.Sockets;
import org.nvmftarget.data.net.Addresses;
import org.nvmftarget.data.net.OutsideWatch;
import org.nvmftarget.data.reactor.Reactor;
import org.nvmftarget.data.reactor.ReactorLoads;
import org.nvmftarget.data.target.Transport;
import org.nvmftarget.data.target.TransportFactory;
import org.nvmftarget.model.LiveState;
import org.nvmftarget.model.StepResult;
import org.nvmftarget.model.TransportAddress;
import org.nvmftarget.model.TransportOptions;
import org.nvmftarget.model.TransportType;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** NVMe/TCP: listeners on the acceptor reactor, connections on the least loaded of the others. */
public final class TcpTransport implements Transport {

    private static final Logger LOG = LoggerFactory.getLogger(TcpTransport.class);
    private static final long CALL_TIMEOUT_MS = 10_000;
    private static final long POLL_MS = 2;

    private final TransportFactory.Context context;
    private final Timeouts timeouts;
    private final List<ReactorShare> shares;
    private final Map<TransportAddress, TcpListener> listeners = new ConcurrentHashMap<>();
    private final List<Runnable> outsideEvents = new CopyOnWriteArrayList<>();
    private final List<Consumer<TransportAddress>> losses = new CopyOnWriteArrayList<>();
    private final Predicate<TransportAddress> isHere;
    private final OutsideWatch watch;
    private volatile TransportOptions.Tcp options;

    /** @param isHere whether the machine has an address now */
    TcpTransport(
            TransportOptions.Tcp options,
            TransportFactory.Context context,
            Timeouts timeouts,
            PoolSizes sizes,
            Predicate<TransportAddress> isHere) {
        this.options = options;
        this.context = context;
        this.timeouts = timeouts;
        this.shares = context.reactors().stream()
                .map(reactor -> new ReactorShare(reactor, sizes))
                .toList();
        this.isHere = isHere;
        this.watch = OutsideWatch.ofAddresses(context.acceptor(), this::outsideChanged);
    }

    /** Makes NVMe/TCP transports. */
    public static TransportFactory factory() {
        return factory(Timeouts.DEFAULTS, PoolSizes.DEFAULTS);
    }

    /** As {@link #factory()}, with other limits of time and memory. */
    public static TransportFactory factory(Timeouts timeouts, PoolSizes sizes) {
        return (options, context) -> {
            TransportOptions.Tcp tcp = (TransportOptions.Tcp) options;
            Optional<StepResult.Failed> refused = tryPriority(tcp);
            return refused.isPresent()
                    ? new TransportFactory.Created.Refused(refused.get())
                    : new TransportFactory.Created.Ready(
                            new TcpTransport(tcp, context, timeouts, sizes, Addresses::isHere));
        };
    }

    /** Linux lets only the privileged have a priority above 6: better said now than at the first connection. */
    private static Optional<StepResult.Failed> tryPriority(TransportOptions.Tcp options) {
        if (options.sockPriority() == 0) {
            return Optional.empty();
        }
        int fd = Sockets.socket(Sockets.AF_INET, Sockets.SOCK_STREAM | Sockets.SOCK_CLOEXEC, 0);
        int result =
                fd < 0 ? fd : Sockets.setsockopt(fd, Sockets.SOL_SOCKET, Sockets.SO_PRIORITY, options.sockPriority());
        Posix.close(fd);
        return result == 0
                ? Optional.empty()
                : Optional.of(new StepResult.Failed("sock_priority " + options.sockPriority() + ": "
                        + Errno.message(result) + " (above 6 it needs the capability CAP_NET_ADMIN)"));
    }

    @Override
    public TransportOptions options() {
        return options;
    }

    @Override
    public StepResult setOptions(TransportOptions newOptions) {
        TransportOptions.Tcp tcp = (TransportOptions.Tcp) newOptions;
        Optional<StepResult.Failed> refused = tryPriority(tcp);
        if (refused.isPresent()) {
            return refused.get();
        }
        options = tcp;
        return StepResult.DONE;
    }

    @Override
    public Optional<StepResult.Waiting> probe(TransportAddress address) {
        return ListenSocket.probe(address);
    }

    @Override
    public StepResult listen(TransportAddress address) {
        return switch (ListenSocket.open(address)) {
            case ListenSocket.Opened.Refused(StepResult why) -> why;
            case ListenSocket.Opened.Listening(int fd) -> {
                TcpListener listener = new TcpListener(fd, context.acceptor(), accepted -> accepted(accepted, address));
                on(context.acceptor(), listener::start);
                listeners.put(address, listener);
                yield StepResult.DONE;
            }
        };
    }

    @Override
    public void unlisten(TransportAddress address) {
        TcpListener listener = listeners.remove(address);
        if (listener != null) {
            on(context.acceptor(), listener::close);
        }
    }

    @Override
    public boolean isListening(TransportAddress address) {
        return listeners.containsKey(address);
    }

    @Override
    public LiveState.TransportStats stats(Reactor reactor) {
        return shares.stream()
                .filter(share -> share.reactor().equals(reactor))
                .findAny()
                .map(share -> share.memory().live())
                .orElse(LiveState.TransportStats.none(TransportType.TCP));
    }

    @Override
    public void onOutsideEvent(Runnable onEvent) {
        outsideEvents.add(onEvent);
    }

    @Override
    public void onListenerLost(Consumer<TransportAddress> onLost) {
        losses.add(onLost);
    }

    /**
     * A socket outlives its address and would serve it again, but no host reaches it meanwhile, and nobody would know.
     * On the acceptor.
     */
    void outsideChanged() {
        listeners.forEach((address, listener) -> {
            if (!address.isWildcard() && !isHere.test(address) && listeners.remove(address, listener)) {
                LOG.warn("listener {} is lost: its address is no longer on this machine", address);
                listener.close();
                losses.forEach(loss -> loss.accept(address));
            }
        });
        outsideEvents.forEach(Runnable::run);
    }

    /** On the acceptor. */
    private void accepted(int fd, TransportAddress listener) {
        TransportOptions.Tcp current = options;
        Optional<ConnectionInfo> info = describe(fd, listener);
        if (info.isEmpty() || !prepare(fd, current)) {
            Posix.close(fd);
            return;
        }
        ReactorShare share = leastLoaded();
        share.load().incrementAndGet();
        ReactorLoads.Share weight = context.loads().take(share.reactor(), 1);
        share.reactor()
                .execute(() -> new TcpConnection(fd, share, weight, timeouts, info.get(), current, context.queuePairs())
                        .start());
    }

    private ReactorShare leastLoaded() {
        return shares.get(context.reactors().indexOf(context.loads().least()));
    }

    private static boolean prepare(int fd, TransportOptions.Tcp options) {
        int result = Sockets.setsockopt(fd, Sockets.IPPROTO_TCP, Sockets.TCP_NODELAY, 1);
        if (result == 0 && options.sockPriority() != 0) {
            result = Sockets.setsockopt(fd, Sockets.SOL_SOCKET, Sockets.SO_PRIORITY, options.sockPriority());
        }
        if (result == 0 && options.common().ackTimeoutMs() != 0) {
            result = Sockets.setsockopt(
                    fd,
                    Sockets.IPPROTO_TCP,
                    Sockets.TCP_USER_TIMEOUT,
                    options.common().ackTimeoutMs());
        }
        if (result < 0) {
            LOG.warn("an accepted connection is closed: its socket options: {}", Errno.message(result));
        }
        return result == 0;
    }

    /** Who is connected; empty if the host has gone meanwhile. */
    private static Optional<ConnectionInfo> describe(int fd, TransportAddress listener) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment storage = arena.allocate(SocketAddress.STORAGE_BYTES, Long.BYTES);
            if (Sockets.getsockname(fd, storage) < 0) {
                return Optional.empty();
            }
            InetSocketAddress local = SocketAddress.decode(storage);
            if (Sockets.getpeername(fd, storage) < 0) {
                return Optional.empty();
            }
            return Optional.of(new ConnectionInfo(
                    listener,
                    Addresses.toTransportAddress(TransportType.TCP, local),
                    Addresses.toTransportAddress(TransportType.TCP, SocketAddress.decode(storage))));
        }
    }

    /** Connections that are not gone; from any thread. */
    int connectionCount() {
        return shares.stream().mapToInt(share -> share.load().get()).sum();
    }

    /** Requests and data buffers in use, as each reactor sees it; from any thread but a reactor's. */
    int inUse() {
        int[] total = {0};
        shares.forEach(share -> on(share.reactor(), () -> total[0] += share.inUse()));
        return total[0];
    }

    /**
     * Responses that are there go out first; what a bdev works on longer than that is waited for, but not without end.
     */
    @Override
    public void close() {
        List.copyOf(listeners.keySet()).forEach(this::unlisten);
        watch.close();
        onEachConnection(TcpConnection::disconnect);
        if (!awaitGone(timeouts.drain().plus(timeouts.linger()).toMillis())) {
            onEachConnection(TcpConnection::closeNow);
            if (!awaitGone(CALL_TIMEOUT_MS)) {
                LOG.warn("{} connections still have commands with their bdevs", connectionCount());
            }
        }
        shares.forEach(share -> on(share.reactor(), share::close));
    }

    private void onEachConnection(Consumer<TcpConnection> action) {
        shares.forEach(share -> on(share.reactor(), () -> share.connections().forEach(action)));
    }

    private boolean awaitGone(long timeoutMs) {
        long waitedMs = 0;
        while (connectionCount() > 0 && waitedMs < timeoutMs) {
            try {
                Thread.sleep(POLL_MS);
            } catch (InterruptedException stop) {
                Thread.currentThread().interrupt();
                return false;
            }
            waitedMs += POLL_MS;
        }
        return connectionCount() == 0;
    }

    /** Runs {@code task} on {@code reactor} and waits for it. */
    private static void on(Reactor reactor, Runnable task) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        reactor.execute(() -> {
            task.run();
            done.complete(null);
        });
        try {
            done.get(CALL_TIMEOUT_MS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while reactor " + reactor.name() + " was asked", stop);
        } catch (ExecutionException | TimeoutException stuck) {
            throw new IllegalStateException("reactor " + reactor.name() + " does not answer", stuck);
        }
    }
}
