package org.nvmftarget.data.rdma;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.nvmftarget.data.ffi.verbs.CmEvent;
import org.nvmftarget.data.ffi.verbs.CmId;
import org.nvmftarget.data.ffi.verbs.EventChannel;
import org.nvmftarget.data.ffi.verbs.Rdma;
import org.nvmftarget.data.ffi.verbs.RdmaDevice;
import org.nvmftarget.data.ffi.verbs.VerbsException;
import org.nvmftarget.data.reactor.Reactor;
import org.nvmftarget.data.target.TransportFactory;
import org.nvmftarget.model.TransportAddress;
import org.nvmftarget.model.TransportOptions;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Listeners and connections, and the events that concern them. Confined to the acceptor's thread. */
final class CmAcceptor implements CmConnection.Table, Devices.News {

    /** How often devices are looked for whose removal nothing told: the kernel waits for us to let go of them. */
    private static final long LOOK_NS = 5_000_000_000L;

    private static final long READ_AGAIN_NS = 1_000_000_000L;

    private static final Logger log = LoggerFactory.getLogger(CmAcceptor.class);

    private final EventChannel channel;
    private final TransportFactory.Context context;
    private final Outside outside;
    private final Footing footing;
    private final Devices devices;
    private final Listeners listeners;
    private final Reaper reaper;
    private final Handshake handshake;
    private final Surroundings.Watch watch;
    private final Map<CmId, CmConnection> connections = new HashMap<>();
    private final CompletableFuture<Boolean> empty = new CompletableFuture<>();
    private TransportOptions.Rdma options;
    private Reactor.Timer timer;
    private Reactor.@Nullable Timer readAgain;
    private boolean closing;

    /** Connections that are not yet destroyed. */
    private int alive;

    /**
     * What is outside, and who hears of it.
     *
     * @param onEvent a device or an address came or went; called on the acceptor
     * @param onListenerLost a listener has closed by itself; called on the acceptor
     */
    record Outside(
            Rdma rdma,
            Surroundings surroundings,
            DeviceAddresses addresses,
            Runnable onEvent,
            Consumer<TransportAddress> onListenerLost) {}

    CmAcceptor(TransportFactory.Context context, TransportOptions.Rdma options, Means means, Outside outside)
            throws VerbsException {
        this.context = context;
        this.options = options;
        reaper = means.reaper();
        this.outside = outside;
        channel = outside.rdma().openEventChannel();
        footing = new Footing(outside.surroundings(), outside.addresses());
        devices = new Devices(context, outside.rdma(), channel, means, this);
        listeners = new Listeners(channel);
        handshake = new Handshake(devices, context, this);
        watchEvents();
        watch = outside.surroundings().watch(context.acceptor(), this::changed);
        timer = context.acceptor().schedule(LOOK_NS, this::lookForDevices);
    }

    // --- listeners -------------------------------------------------------------------------------------------------

    /** Whether {@link #listen} could succeed; the port that is down, if one is. */
    Optional<DeviceAddresses.Port> probe(TransportAddress address) throws VerbsException {
        bind(address).id().close();
        return footing.downPort(address);
    }

    /** A device that is being removed still takes ids for a while, and waits until the last has gone. */
    private Listeners.Listener bind(TransportAddress address) throws VerbsException {
        Listeners.Listener listener = listeners.bind(address);
        RdmaDevice device = listener.device();
        try {
            if (device == null || devices.isListed(device)) {
                return listener;
            }
        } catch (VerbsException e) {
            listener.id().close();
            throw e;
        }
        listener.id().close();
        devices.lose(device);
        throw new VerbsException("rdma_bind_addr", address.toString(), VerbsException.ENODEV);
    }

    /** Accepts hosts at {@code address}; its device is set up first, so that no host waits for that. */
    void listen(TransportAddress address) throws VerbsException, UnfitException {
        Backlog.check(options.acceptorBacklog(), Backlog.LIMIT);
        Listeners.Listener listener = bind(address);
        try {
            if (listener.device() != null) {
                devices.get(listener.device(), listener.id().localAddress().getAddress(), options);
            }
            listeners.open(listener, options.acceptorBacklog());
        } catch (VerbsException | UnfitException e) {
            listener.id().close();
            retireUnused();
            throw e;
        }
    }

    void unlisten(TransportAddress address) {
        listeners.close(address);
        retireUnused();
    }

    /** A device that nobody listens on keeps its memory as long as it has connections, and no longer. */
    private void retireUnused() {
        devices.retire(device -> listeners.all().stream()
                .map(Listeners.Listener::device)
                .noneMatch(used -> used == null || used.equals(device.device())));
    }

    boolean isListening(TransportAddress address) {
        return listeners.isOpen(address);
    }

    private void lose(Listeners.Listener listener, String reason) {
        log.warn("listener {} is lost: {}", listener.address(), reason);
        listeners.close(listener.address());
        outside.onListenerLost().accept(listener.address());
    }

    /** New connections get what {@code replacement} says, or the devices in use cannot do it and nothing changes. */
    void setOptions(TransportOptions.Rdma replacement) throws UnfitException {
        Backlog.check(replacement.acceptorBacklog(), Backlog.LIMIT);
        devices.check(replacement);
        options = replacement;
        devices.retire(device -> !device.isMadeFor(replacement));
    }

    // --- devices and addresses -------------------------------------------------------------------------------------

    private void lookForDevices() {
        timer = context.acceptor().schedule(LOOK_NS, this::lookForDevices);
        var _ = names();
    }

    private @Nullable List<String> names() {
        try {
            return devices.look();
        } catch (VerbsException e) {
            log.warn("the RDMA devices cannot be listed: {}", e.toString());
            return null;
        }
    }

    /** Something outside has changed, or may have: does every listener still stand? */
    @Override
    public void changed() {
        List<String> names = closing ? null : names();
        if (names == null) {
            return;
        }
        for (Listeners.Listener listener : listeners.all()) {
            footing.trouble(listener, names).ifPresent(trouble -> lose(listener, trouble));
        }
        outside.onEvent().run();
    }

    /** The device goes, with its listeners and connections. */
    @Override
    public void lost(RdmaDevice device, String reason) {
        log.warn("RDMA device {}: {}", device.name(), reason);
        for (Listeners.Listener listener : listeners.all()) {
            if (device.equals(listener.device())) {
                lose(listener, "device " + device.name() + " is lost");
            }
        }
        for (CmConnection connection : List.copyOf(connections.values())) {
            if (connection.device().device().equals(device)) {
                connection.begin("device " + device.name() + " is lost");
            }
        }
        devices.lose(device);
        outside.onEvent().run();
    }

    /** What confirms the connection may be lost, and needs no waiting for: the connection manager is told of it. */
    @Override
    public void spoke(RdmaDevice device, int queuePairNumber) {
        for (CmConnection connection : connections.values()) {
            if (connection.queue().number() == queuePairNumber
                    && connection.device().device().equals(device)) {
                connection.spoke();
            }
        }
    }

    // --- connection events -----------------------------------------------------------------------------------------

    private void watchEvents() {
        context.acceptor().watch(channel.fd(), Reactor.READABLE, events -> readEvents());
    }

    private void readEvents() {
        try {
            for (CmEvent event = channel.next(); event != null; event = channel.next()) {
                handle(event);
            }
        } catch (VerbsException e) {
            log.error("RDMA connection events cannot be read, and no host can connect; trying again in a second", e);
            context.acceptor().unwatch(channel.fd());
            readAgain = context.acceptor().schedule(READ_AGAIN_NS, this::watchEvents);
        }
    }

    private void handle(CmEvent event) {
        CmConnection connection = connections.get(event.id());
        if (event.type() == CmEvent.Type.CONNECT_REQUEST) {
            connectRequest(event);
        } else if (connection != null) {
            handle(connection, event);
        } else {
            handle(listeners.of(event.id()), event);
        }
    }

    private void handle(CmConnection connection, CmEvent event) {
        switch (event.type()) {
            case ESTABLISHED -> connection.established();
            case DISCONNECTED -> connection.begin("the host disconnected");
            case CONNECT_ERROR, UNREACHABLE, REJECTED ->
                connection.begin("it was not established: " + event.type() + ", status " + event.status());
            case DEVICE_REMOVAL -> lost(connection.device().device(), "it is being removed");
            case ADDR_CHANGE -> connection.begin("the address of the host has moved to another interface");
            // Long after the end of what it belongs to; the id is mostly closed by then.
            case TIMEWAIT_EXIT -> connection.begin("the connection is over");
            default -> log.debug("{} of {}", event.type(), connection.queue());
        }
    }

    private void handle(Listeners.@Nullable Listener listener, CmEvent event) {
        if (listener == null) {
            log.debug("{} of an id that is gone", event.type());
        } else if (event.type() == CmEvent.Type.DEVICE_REMOVAL && listener.device() != null) {
            lost(listener.device(), "it is being removed");
        } else if (event.type() == CmEvent.Type.DEVICE_REMOVAL || event.type() == CmEvent.Type.ADDR_CHANGE) {
            lose(listener, event.type().toString());
            outside.onEvent().run();
        } else {
            log.debug("{} of listener {}", event.type(), listener.address());
        }
    }

    private void connectRequest(CmEvent event) {
        CmId id = event.id();
        Listeners.Listener listener = event.listener() == null ? null : listeners.of(event.listener());
        CmEvent.Connect connect = Objects.requireNonNull(event.connect());
        if (closing || listener == null) {
            handshake.refuse(id, Reject.NO_RESOURCES, "the target is not listening there any more");
            return;
        }
        CmConnection connection = handshake.begin(id, connect, listener.address(), options);
        if (connection == null) {
            return;
        }
        connections.put(id, connection);
        alive++;
        RdmaQueue queue = connection.queue();
        Reactor reactor = connection.reactor();
        reactor.execute(() -> {
            connection.poller().attach(queue);
            queue.open(context.queuePairs().open(queue, reactor));
            context.acceptor().execute(connection::accept);
        });
    }

    // --- ends ------------------------------------------------------------------------------------------------------

    @Override
    public void drained(CmConnection connection) {
        connections.remove(connection.id());
        reaper.execute(() -> {
            connection.destroy();
            context.acceptor().execute(() -> destroyed(connection));
        });
    }

    private void destroyed(CmConnection connection) {
        connection.giveBack();
        devices.closeThoseThatAreOver();
        alive--;
        completeIfEmpty();
    }

    /** Closes the listeners and begins to end the connections; completes when none is left. */
    CompletableFuture<Boolean> beginClose() {
        closing = true;
        timer.cancel();
        watch.close();
        listeners.all().forEach(listener -> listeners.close(listener.address()));
        for (CmConnection connection : connections.values()) {
            connection.reactor().execute(connection.queue()::disconnect);
        }
        completeIfEmpty();
        return empty;
    }

    /** Does not wait any longer for hosts that do not acknowledge. */
    void hurry() {
        List.copyOf(connections.values()).forEach(connection -> connection.begin("the target stops"));
    }

    private void completeIfEmpty() {
        if (closing && alive == 0) {
            devices.retire(device -> true);
            empty.complete(true);
        }
    }

    /** The last thing: no id is left. */
    void closeChannel() {
        if (readAgain != null) {
            readAgain.cancel();
        }
        context.acceptor().unwatch(channel.fd());
        channel.close();
    }
}
