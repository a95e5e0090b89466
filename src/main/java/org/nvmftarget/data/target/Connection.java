package org.nvmftarget.data.target;

import java.util.Optional;
import org.nvmftarget.model.TransportAddress;
import org.nvmftarget.model.TransportOptions;

/** A host's connection as the core sees it: one per queue pair, implemented by each transport. */
public interface Connection {

    /** The listener that accepted it, as declared (perhaps a wildcard). */
    TransportAddress listener();

    /** The address that the host reached, never a wildcard. */
    TransportAddress local();

    /** The host's address, for people: {@code 10.0.0.5:53412}. */
    String peer();

    /** The host's address; empty where the transport does not tell it. */
    Optional<TransportAddress> peerAddress();

    /** The transport's options as they were when the connection came. */
    TransportOptions options();

    /**
     * Most entries that a queue on this connection may have: what Connect's SQSIZE is checked against, once more than
     * the zero-based value.
     */
    int maxQueueEntries(boolean adminQueue);

    /**
     * Takes a command back that waits in the transport for memory, as if it had never been sent: the transport calls
     * {@link QueuePair#fail} with Command Abort Requested. On the queue's reactor.
     *
     * @return whether there was one with this command id
     */
    default boolean abortWaiting(int cid) {
        return false; // a transport in which nothing waits
    }

    /**
     * Ends the connection once the responses that are under way have been sent; {@link QueuePair#close} follows. On
     * the queue's reactor; idempotent.
     */
    void disconnect();
}
