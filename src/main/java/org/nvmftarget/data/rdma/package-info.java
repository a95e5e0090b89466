/**
 * The NVMe/RDMA transport (NVM Express RDMA Transport specification 1.0): listeners, the handshake of a connection, and
 * the way of a command from its capsule to its response.
 *
 * <p>Threads. The acceptor's thread owns connection ids, their events, and the tables of devices and connections
 * ({@code CmAcceptor}, {@code CmConnection}, {@code DeviceContext}). A reactor owns the completion queues, buffers and
 * queue pairs that it was given ({@code PollGroup}, {@code CqPoller}, {@code BufferPool}, {@code RdmaQueue},
 * {@code RdmaRequest}), from the moment at which the acceptor hands them over by message until the reactor hands them
 * back the same way. A helper thread, the reaper, destroys queue pairs and ids, which blocks; it owns them then. The
 * control thread calls {@code RdmaTransport} and waits for the acceptor.
 *
 * <p>Imports {@code model}, {@code data.target}, {@code data.nvme}, {@code data.reactor} and {@code data.ffi.verbs}.
 */
@NullMarked
package org.nvmftarget.data.rdma;

import org.jspecify.annotations.NullMarked;
