package org.nvmftarget.data.ffi.verbs;

import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/** A communication identifier ({@code rdma_cm_id}): a listener, or one end of a connection. */
public interface CmId extends AutoCloseable {

    /**
     * Takes a local address. Fails with ENODEV if no RDMA device owns it, EADDRNOTAVAIL if the machine does not,
     * EADDRINUSE if the port is taken.
     */
    void bind(InetSocketAddress address) throws VerbsException;

    void listen(int backlog) throws VerbsException;

    /** The device that the id is bound to; null for a wildcard. */
    @Nullable
    RdmaDevice device();

    /** The local address; of a connection, the one that the peer reached. */
    InetSocketAddress localAddress();

    InetSocketAddress peerAddress();

    /**
     * How long the queue pair waits for an acknowledgement before it sends again: {@code 4.096 µs × 2^code}, code 1 to
     * 31. Before {@link #accept}; otherwise the kernel chooses.
     */
    void setAckTimeout(int code) throws VerbsException;

    /** Makes the connection's queue pair; before {@link #accept}. */
    RcQueuePair createQueuePair(ProtectionDomain domain, QueuePairSpec spec) throws VerbsException;

    /**
     * Accepts a connection; its queue pair can send from then on.
     *
     * @param privateData at most 196 bytes
     * @param initiatorDepth RDMA reads that we will have under way at most
     */
    void accept(byte[] privateData, int responderResources, int initiatorDepth, int rnrRetryCount)
            throws VerbsException;

    /**
     * Takes an accepted connection as established: its peer's first message has come
     * ({@link AsyncEvent.Type#COMM_EST}), and its confirmation may be lost.
     */
    void confirm() throws VerbsException;

    /** Refuses a connection, with at most 148 bytes of private data. */
    void reject(byte[] privateData) throws VerbsException;

    /** Puts the queue pair into the error state, which flushes its work, and tells the peer. */
    void disconnect() throws VerbsException;

    /** The queue pair must have been closed. No event of this id is told after this. Idempotent. */
    @Override
    void close();
}
