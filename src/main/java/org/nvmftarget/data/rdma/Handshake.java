package org.nvmftarget.data.rdma;

import org.jspecify.annotations.Nullable;
import org.nvmftarget.data.ffi.verbs.CmEvent;
import org.nvmftarget.data.ffi.verbs.CmId;
import org.nvmftarget.data.ffi.verbs.DeviceLimits;
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
            int sends = Math.min(2 * data.entries() + reads, context.limits().maxQpWr());
            String shortage = shortage(data, context.limits());
            if (shortage != null) {
                refuse(id, Reject.NO_RESOURCES, shortage);
                return null;
            }
            place = place(context, data, sends, options);
            QueueSetup setup = new QueueSetup(
                    data,
                    listener,
                    Addresses.toTransportAddress(TransportType.RDMA, id.localAddress()),
                    Addresses.text(id.peerAddress()),
                    options,
                    place.memory(),
                    reads,
                    sends);
            QueuePairSpec spec = new QueuePairSpec(place.seat().poller().cq(), null, sends, data.entries(), 1, 1);
            RcQueuePair qp = id.createQueuePair(context.domain(), spec);
            CmConnection connection = new CmConnection(id, qp, place, setup, acceptor, table);
            connection.queue().postReceives();
            return connection;
        } catch (VerbsException e) {
            if (place != null) {
                place.giveBack();
            }
            refuse(id, Reject.NO_RESOURCES, Messages.resources(e));
            return null;
        }
    }

    private static @Nullable String shortage(ConnectData data, DeviceLimits limits) {
        return data.entries() > limits.maxQpWr()
                ? "a queue of " + data.entries() + " entries is more than the device's max_qp_wr, " + limits.maxQpWr()
                : null;
    }

    private static CmConnection.Place place(
            DeviceContext context, ConnectData data, int sends, TransportOptions.Rdma options) throws VerbsException {
        PollGroup group = context.leastLoaded();
        int cqEntries = Math.min(options.numCqe(), context.limits().maxCqe());
        PollGroup.Seat seat = group.reserve(data.entries() + sends, cqEntries);
        try {
            QueueMemory memory = context.takeMemory(
                    QueueMemory.Shape.of(data.entries(), options.common().inCapsuleDataSizeBytes()));
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
