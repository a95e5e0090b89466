package org.nvmftarget.data.rdma;

import org.jspecify.annotations.Nullable;
import org.nvmftarget.data.reactor.Reactor;

/**
 * What the queues that a reactor has on one device share. Made by the acceptor, used by the reactor.
 *
 * @param receives null if each queue has its own
 * @param tellsOfLastReceive whether {@link RdmaQueue#lastReceiveReached} comes to a queue that shares its receives
 * @param sendsWithInvalidate whether a response can make a key of the host's invalid; else the host does it
 */
record Share(
        Reactor reactor,
        BufferPool buffers,
        DataWrPool dataWrs,
        @Nullable SharedReceives receives,
        boolean tellsOfLastReceive,
        boolean sendsWithInvalidate,
        DeviceStats stats) {

    /** Whether everything that queues were given is back. */
    boolean isWhole() {
        return buffers.isWhole() && dataWrs.isWhole() && (receives == null || receives.isUnpromised());
    }
}
