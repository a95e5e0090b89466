package org.nvmftarget.data.rdma;

/** Who made a queue and ends it. Called on the queue's reactor. */
interface QueueOwner {
    /** The connection is to end: {@link RdmaQueue#ended} follows. May be asked for more than once. */
    void end(String reason);

    /** The queue pair may be destroyed: nothing uses it. Told once; {@link RdmaQueue#destroyed} follows. */
    void drained();
}
