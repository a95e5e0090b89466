package org.nvmftarget.data.rdma;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.nvmftarget.data.ffi.verbs.CmId;
import org.nvmftarget.data.ffi.verbs.EventChannel;
import org.nvmftarget.data.ffi.verbs.RdmaDevice;
import org.nvmftarget.data.ffi.verbs.VerbsException;
import org.nvmftarget.data.net.Addresses;
import org.nvmftarget.model.TransportAddress;

/** The ids that listen. Confined to the acceptor. */
final class Listeners {

    /** @param device null for a wildcard */
    record Listener(
            TransportAddress address, CmId id, @Nullable RdmaDevice device) {}

    private final EventChannel channel;
    private final Map<TransportAddress, Listener> byAddress = new HashMap<>();
    private final Map<CmId, Listener> byId = new HashMap<>();

    Listeners(EventChannel channel) {
        this.channel = channel;
    }

    /** One whose id is bound to {@code address} and does not listen yet: to be opened, or its id closed. */
    Listener bind(TransportAddress address) throws VerbsException {
        CmId id = channel.createId();
        try {
            id.bind(Addresses.resolve(address)
                    .orElseThrow(() ->
                            new VerbsException("rdma_bind_addr", address.toString(), VerbsException.EADDRNOTAVAIL)));
            RdmaDevice device = id.device();
            if (device == null && !address.isWildcard()) {
                throw new VerbsException("rdma_bind_addr", address.toString(), VerbsException.ENODEV);
            }
            return new Listener(address, id, device);
        } catch (VerbsException e) {
            id.close();
            throw e;
        }
    }

    /** Lets hosts come to a listener that was bound. */
    void open(Listener listener, int backlog) throws VerbsException {
        listener.id().listen(backlog);
        byAddress.put(listener.address(), listener);
        byId.put(listener.id(), listener);
    }

    /** No host comes there any more. Idempotent. */
    void close(TransportAddress address) {
        Listener listener = byAddress.remove(address);
        if (listener != null) {
            byId.remove(listener.id());
            listener.id().close();
        }
    }

    boolean isOpen(TransportAddress address) {
        return byAddress.containsKey(address);
    }

    @Nullable
    Listener of(CmId id) {
        return byId.get(id);
    }

    List<Listener> all() {
        return List.copyOf(byAddress.values());
    }
}
