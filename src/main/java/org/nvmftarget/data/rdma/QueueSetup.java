package org.nvmftarget.data.rdma;

import java.net.InetSocketAddress;
import java.util.Optional;
import org.nvmftarget.data.net.Addresses;
import org.nvmftarget.model.TransportAddress;
import org.nvmftarget.model.TransportOptions;
import org.nvmftarget.model.TransportType;

/**
 * What a queue is made of.
 *
 * @param remote the host's address
 * @param maxReads RDMA reads that the host serves at a time
 * @param sendEntries work requests that the send queue holds
 */
record QueueSetup(
        ConnectData data,
        TransportAddress listener,
        TransportAddress local,
        InetSocketAddress remote,
        TransportOptions.Rdma options,
        QueueMemory memory,
        int maxReads,
        int sendEntries) {

    /** The host, for people. */
    String peer() {
        return Addresses.text(remote);
    }

    /** The host says its port itself: it need not be one. */
    Optional<TransportAddress> peerAddress() {
        return remote.getPort() == 0
                ? Optional.empty()
                : Optional.of(Addresses.toTransportAddress(TransportType.RDMA, remote));
    }
}
