package org.nvmftarget.data.rdma;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.nvmftarget.data.ffi.verbs.CmEvent;
import org.nvmftarget.data.ffi.verbs.CmId;
import org.nvmftarget.data.ffi.verbs.EventChannel;
import org.nvmftarget.data.ffi.verbs.VerbsException;
import org.nvmftarget.data.net.Addresses;
import org.nvmftarget.data.reactor.Reactor;
import org.nvmftarget.data.target.TransportFactory;
import org.nvmftarget.model.TransportAddress;
import org.nvmftarget.model.TransportOptions;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Listeners and connections, and the events that concern them. Confined to the acceptor's thread. */
final class CmAcceptor implements CmConnection.Table {

    private static final Logger log = LoggerFactory.getLogger(CmAcceptor.class);

    private final EventChannel channel;
    private final TransportFactory.Context context;
    private final Devices devices;
    private final Reaper reaper;
    private final Runnable outsideEvent;
    private final Consumer<TransportAddress> listenerLost;
    private final Handshake handshake;
    private final Map<TransportAddress, CmId> listeners = new HashMap<>();
    private final Map<CmId, TransportAddress> addresses = new HashMap<>();
    private final Map<CmId, CmConnection> connections = new HashMap<>();
    private final CompletableFuture<Boolean> empty = new CompletableFuture<>();
    private TransportOptions.Rdma options;
    private boolean closing;

    /** Connections that are not yet destroyed. */
    private int alive;

    CmAcceptor(
            EventChannel channel,
            TransportFactory.Context context,
            TransportOptions.Rdma options,
            Statistics statistics,
            Reaper reaper,
            Runnable outsideEvent,
            Consumer<TransportAddress> listenerLost) {
        this.channel = channel;
        this.context = context;
        this.options = options;
        this.reaper = reaper;
        this.outsideEvent = outsideEvent;
        this.listenerLost = listenerLost;
        devices = new Devices(context.reactors(), statistics, reaper);
        handshake = new Handshake(devices, context.acceptor(), this);
        context.acceptor().watch(channel.fd(), Reactor.READABLE, events -> readEvents());
    }

    // --- listeners -------------------------------------------------------------------------------------------------

    /** An id that is bound to {@code address}, to be closed by the caller. */
    CmId bind(TransportAddress address) throws VerbsException {
        CmId id = channel.createId();
        try {
            id.bind(Addresses.resolve(address)
                    .orElseThrow(() ->
                            new VerbsException("rdma_bind_addr", address.toString(), VerbsException.EADDRNOTAVAIL)));
            if (id.device() == null && !address.isWildcard()) {
                throw new VerbsException("rdma_bind_addr", address.toString(), VerbsException.ENODEV);
            }
            return id;
        } catch (VerbsException e) {
            id.close();
            throw e;
        }
    }

    /** Accepts hosts at {@code address}; its device is set up first, so that no host waits for that. */
    void listen(TransportAddress address) throws VerbsException, UnfitException {
        Backlog.check(options.acceptorBacklog(), Backlog.LIMIT);
        CmId id = bind(address);
        try {
            var device = id.device();
            if (device != null) {
                devices.get(device, options);
            }
            id.listen(options.acceptorBacklog());
        } catch (VerbsException | UnfitException e) {
            id.close();
            throw e;
        }
        listeners.put(address, id);
        addresses.put(id, address);
    }

    void unlisten(TransportAddress address) {
        CmId id = listeners.remove(address);
        if (id != null) {
            addresses.remove(id);
            id.close();
        }
    }

    boolean isListening(TransportAddress address) {
        return listeners.containsKey(address);
    }

    /** New connections get what {@code replacement} says, or the devices in use cannot do it and nothing changes. */
    void setOptions(TransportOptions.Rdma replacement) throws UnfitException {
        devices.check(replacement);
        options = replacement;
        devices.retire(device -> !device.isMadeFor(replacement));
    }

    // --- events ----------------------------------------------------------------------------------------------------

    private void readEvents() {
        try {
            for (CmEvent event = channel.next(); event != null; event = channel.next()) {
                handle(event);
            }
        } catch (VerbsException e) {
            log.error("RDMA connection events can no longer be read: no host can connect", e);
            context.acceptor().unwatch(channel.fd());
        }
    }

    private void handle(CmEvent event) {
        CmConnection connection = connections.get(event.id());
        switch (event.type()) {
            case CONNECT_REQUEST -> connectRequest(event);
            case ESTABLISHED -> log.debug("{} is established", connection == null ? event.id() : connection.queue());
            case DISCONNECTED -> end(connection, "the host disconnected");
            case CONNECT_ERROR, UNREACHABLE, REJECTED ->
                end(connection, "it was not established: " + event.type() + ", status " + event.status());
            case DEVICE_REMOVAL, ADDR_CHANGE -> lost(event, connection);
            default -> log.debug("RDMA event {}", event.type());
        }
    }

    private static void end(@Nullable CmConnection connection, String reason) {
        if (connection != null) {
            connection.begin(reason);
        }
    }

    private void connectRequest(CmEvent event) {
        CmId id = event.id();
        TransportAddress listener = event.listener() == null ? null : addresses.get(event.listener());
        CmEvent.Connect connect = Objects.requireNonNull(event.connect());
        if (closing || listener == null) {
            handshake.refuse(id, Reject.NO_RESOURCES, "the target is not listening there any more");
            return;
        }
        CmConnection connection = handshake.begin(id, connect, listener, options);
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

    /** The device is gone, or no longer has the address. */
    private void lost(CmEvent event, @Nullable CmConnection connection) {
        if (connection != null) {
            connection.begin(
                    event.type() + " of " + connection.device().device().name());
            devices.retire(device -> device == connection.device() && event.type() == CmEvent.Type.DEVICE_REMOVAL);
        }
        TransportAddress address = addresses.get(event.id());
        if (address != null) {
            log.warn("listener {} is lost: {}", address, event.type());
            var device = event.id().device();
            unlisten(address);
            listenerLost.accept(address);
            devices.retire(context -> context.device().equals(device));
        }
        outsideEvent.run();
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
        new ArrayList<>(listeners.keySet()).forEach(this::unlisten);
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
        context.acceptor().unwatch(channel.fd());
        channel.close();
    }
}
