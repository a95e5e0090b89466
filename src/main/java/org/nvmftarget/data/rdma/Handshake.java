package org.nvmftarget.data.rdma;

import org.jspecify.annotations.Nullable;
import org.nvmftarget.data.ffi.verbs.CmEvent;
import org.nvmftarget.data.ffi.verbs.CmId;
import org.nvmftarget.data.ffi.verbs.QueuePairSpec;
import org.nvmftarget.data.ffi.verbs.RcQueuePair;
import org.nvmftarget.data.ffi.verbs.RdmaDevice;
import org.nvmftarget.data.ffi.verbs.VerbsException;
import org.nvmftarget.data.net.Addresses;
import org.nvmftarget.data.reactor.Reactor;
import org.nvmftarget.model.TransportAddress;
import org.nvmftarget.model.TransportOptions;
import org.nvmftarget.model.TransportType;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** From a request to a connection that can be accepted, or a refusal. Confined to the acceptor. */
final class Handshake {

    private static final Logger log = LoggerFactory.getLogger(Handshake.class);

    private final Devices devices;
    private final Reactor acceptor;
    private final CmConnection.Table table;

    Handshake(Devices devices, Reactor acceptor, CmConnection.Table table) {
        this.devices = devices;
        this.acceptor = acceptor;
        this.table = table;
    }

    /** A connection with its receives posted; null if it was refused. */
    @Nullable
    CmConnection begin(CmId id, CmEvent.Connect connect, TransportAddress listener, TransportOptions.Rdma options) {
        ConnectData.Parsed parsed =
                ConnectData.parse(connect.privateData(), connect.initiatorDepth(), options.common());
        return switch (parsed) {
            case ConnectData.Parsed.Invalid invalid -> {
                refuse(id, invalid.reject(), "invalid connection data");
                yield null;
            }
            case ConnectData.Parsed.Valid valid -> build(id, connect, valid.data(), listener, options);
        };
    }

    private @Nullable CmConnection build(
            CmId id,
            CmEvent.Connect connect,
            ConnectData data,
            TransportAddress listener,
            TransportOptions.Rdma options) {
        RdmaDevice device = id.device();
        if (device == null) {
            refuse(id, Reject.NO_RESOURCES, "it has no device");
            return null;
        }
        CmConnection.Place place = null;
        try {
            DeviceContext context = devices.get(device, options);
            int reads = Math.min(
                    connect.initiatorDepth(), Math.max(1, context.limits().maxQpInitRdAtom()));
            int sends = DeviceFit.sendEntries(data.entries(), reads, context.limits());
            PollGroup group = context.leastLoaded(data.entries());
            if (group == null) {
                refuse(id, Reject.NO_RESOURCES, context.uncovered(data.entries()));
                return null;
            }
            place = place(context, group, data, sends, options);
            QueueSetup setup = new QueueSetup(
                    data,
                    listener,
                    Addresses.toTransportAddress(TransportType.RDMA, id.localAddress()),
                    Addresses.text(id.peerAddress()),
                    options,
                    place.memory(),
                    reads,
                    sends);
            RcQueuePair qp = id.createQueuePair(context.domain(), spec(place.seat(), data, sends));
            CmConnection connection = new CmConnection(id, qp, place, setup, acceptor, table);
            connection.queue().postReceives();
            return connection;
        } catch (VerbsException e) {
            if (place != null) {
                place.giveBack();
            }
            refuse(id, Reject.NO_RESOURCES, Messages.resources(e));
            return null;
        } catch (UnfitException e) {
            refuse(id, Reject.NO_RESOURCES, e.text());
            return null;
        }
    }

    private static QueuePairSpec spec(PollGroup.Seat seat, ConnectData data, int sends) {
        SharedReceives shared = seat.poller().share().receives();
        return shared == null
                ? new QueuePairSpec(seat.poller().cq(), null, sends, data.entries(), 1, 1)
                : new QueuePairSpec(seat.poller().cq(), shared.queue(), sends, 0, 1, 0);
    }

    private static CmConnection.Place place(
            DeviceContext context, PollGroup group, ConnectData data, int sends, TransportOptions.Rdma options)
            throws VerbsException {
        QueueMemory.Shape shape = QueueMemory.Shape.of(data.entries(), options);
        PollGroup.Seat seat = group.reserve(data.entries(), sends);
        try {
            QueueMemory memory = context.takeMemory(group, shape);
            context.enter();
            return new CmConnection.Place(context, group, seat, memory);
        } catch (VerbsException e) {
            group.giveBack(seat);
            throw e;
        }
    }

    /** Tells the host no, and the log why. */
    void refuse(CmId id, Reject reject, String reason) {
        log.warn("{} is refused ({}): {}", Addresses.text(id.peerAddress()), reject, reason);
        try {
            id.reject(ConnectData.reject(reject));
        } catch (VerbsException e) {
            log.warn("{}", e.toString());
        }
        id.close();
    }
}
