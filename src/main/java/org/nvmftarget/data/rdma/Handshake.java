package org.nvmftarget.data.rdma;

import org.jspecify.annotations.Nullable;
import org.nvmftarget.data.ffi.verbs.CmEvent;
import org.nvmftarget.data.ffi.verbs.CmId;
import org.nvmftarget.data.ffi.verbs.QueuePairSpec;
import org.nvmftarget.data.ffi.verbs.RcQueuePair;
import org.nvmftarget.data.ffi.verbs.RdmaDevice;
import org.nvmftarget.data.ffi.verbs.VerbsException;
import org.nvmftarget.data.net.Addresses;
import org.nvmftarget.data.target.TransportFactory;
import org.nvmftarget.model.TransportAddress;
import org.nvmftarget.model.TransportOptions;
import org.nvmftarget.model.TransportType;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** From a request to a connection that can be accepted, or a refusal. Confined to the acceptor. */
final class Handshake {

    private static final Logger log = LoggerFactory.getLogger(Handshake.class);

    private final Devices devices;
    private final TransportFactory.Context context;
    private final CmConnection.Table table;

    Handshake(Devices devices, TransportFactory.Context context, CmConnection.Table table) {
        this.devices = devices;
        this.context = context;
        this.table = table;
    }

    /** A request whose private data are in order. */
    private record Ask(
            CmId id,
            CmEvent.Connect connect,
            ConnectData data,
            TransportAddress listener,
            TransportOptions.Rdma options) {

        int entries() {
            return data.entries();
        }
    }

    /** A connection with its receives posted; null if it was refused. */
    @Nullable
    CmConnection begin(CmId id, CmEvent.Connect connect, TransportAddress listener, TransportOptions.Rdma options) {
        ConnectData.Parsed parsed =
                ConnectData.parse(connect.privateData(), connect.initiatorDepth(), options.common());
        return switch (parsed) {
            case ConnectData.Parsed.Invalid invalid -> {
                refuse(id, invalid.reject(), invalid.reason());
                yield null;
            }
            case ConnectData.Parsed.Valid valid -> settle(new Ask(id, connect, valid.data(), listener, options));
        };
    }

    private @Nullable CmConnection settle(Ask ask) {
        RdmaDevice reached = ask.id().device();
        if (reached == null) {
            refuse(ask.id(), Reject.NO_RESOURCES, "it has no device");
            return null;
        }
        try {
            DeviceContext device = devices.get(reached, ask.id().localAddress().getAddress(), ask.options());
            int reads = Math.min(ask.connect().initiatorDepth(), device.limits().maxQpInitRdAtom());
            PollGroup group = device.leastLoaded(ask.entries(), context.loads());
            if (reads == 0) {
                refuse(
                        ask.id(),
                        Reject.INVALID_ORD,
                        reached.name() + " issues no RDMA reads, by which writes are fetched (max_qp_init_rd_atom 0)");
                return null;
            }
            if (group == null) {
                refuse(ask.id(), Reject.NO_RESOURCES, device.uncovered(ask.entries()));
                return null;
            }
            return make(ask, device, group, reads);
        } catch (VerbsException e) {
            refuse(ask.id(), Reject.NO_RESOURCES, Messages.resources(e));
            return null;
        } catch (UnfitException e) {
            refuse(ask.id(), Reject.NO_RESOURCES, e.text());
            return null;
        }
    }

    private CmConnection make(Ask ask, DeviceContext device, PollGroup group, int reads) throws VerbsException {
        int sends = DeviceFit.sendEntries(ask.entries(), reads, device.limits());
        CmConnection.Place place = place(ask, device, group, sends);
        try {
            QueueSetup setup = new QueueSetup(
                    ask.data(),
                    ask.listener(),
                    reached(ask),
                    ask.id().peerAddress(),
                    ask.options(),
                    place.memory(),
                    reads,
                    sends);
            RcQueuePair qp = ask.id().createQueuePair(device.domain(), spec(place.seat(), ask.entries(), sends));
            CmConnection connection = new CmConnection(ask.id(), qp, place, setup, context.acceptor(), table);
            connection.queue().postReceives();
            return connection;
        } catch (VerbsException e) {
            place.giveBack();
            throw e;
        }
    }

    /** Of a link-local address, the connection itself does not tell the interface. */
    private static TransportAddress reached(Ask ask) {
        return ask.listener().isWildcard()
                ? Addresses.toTransportAddress(TransportType.RDMA, ask.id().localAddress())
                : ask.listener();
    }

    private static QueuePairSpec spec(PollGroup.Seat seat, int entries, int sends) {
        SharedReceives shared = seat.poller().share().receives();
        return shared == null
                ? new QueuePairSpec(seat.poller().cq(), null, sends, entries, 1, 1)
                : new QueuePairSpec(seat.poller().cq(), shared.queue(), sends, 0, 1, 0);
    }

    private CmConnection.Place place(Ask ask, DeviceContext device, PollGroup group, int sends) throws VerbsException {
        QueueMemory.Shape shape = QueueMemory.Shape.of(ask.entries(), ask.options());
        PollGroup.Seat seat = group.reserve(ask.entries(), sends);
        try {
            QueueMemory memory = device.takeMemory(group, shape);
            device.enter();
            return new CmConnection.Place(
                    device,
                    group,
                    seat,
                    memory,
                    context.loads().take(group.reactor(), ask.data().load()));
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
