package org.nvmftarget.data.ffi.verbs;

import org.jspecify.annotations.Nullable;

/** A queue of connection events ({@code rdma_event_channel}), read by one thread and never blocking. */
public interface EventChannel extends AutoCloseable {

    /** A descriptor that is readable when there are events. */
    int fd();

    /** An unbound id for RC connections ({@code RDMA_PS_TCP}), whose events come here. */
    CmId createId() throws VerbsException;

    /** The next event, already acknowledged; null if there is none. Events of ids that were closed are left out. */
    @Nullable
    CmEvent next() throws VerbsException;

    /** Every id must have been closed. Idempotent. */
    @Override
    void close();
}
