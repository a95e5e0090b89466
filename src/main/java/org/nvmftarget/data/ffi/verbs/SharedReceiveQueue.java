package org.nvmftarget.data.ffi.verbs;

/**
 * Receives that many queue pairs take from ({@code ibv_srq}), owned by one thread. A receive's completion comes to the
 * completion queue of the queue pair that took it, and tells which that was.
 */
public interface SharedReceiveQueue extends AutoCloseable {

    /** What {@link AsyncEvent#element} names it by; no other open one of the device has it. */
    long id();

    /** How many receives fit. */
    int entries();

    /**
     * Posts a chain of receives; its memory may be used again on return.
     *
     * @return 0, or the errno of the first that was not taken ({@code ENOMEM} if the queue is full); the ones before
     *     it in the chain are posted
     */
    int postRecv(RecvWr first);

    /** {@link AsyncEvent.Type#SRQ_LIMIT_REACHED} comes once, when fewer than {@code limit} receives are posted. */
    void armLimit(int limit) throws VerbsException;

    /** Its queue pairs must have been closed. Idempotent. */
    @Override
    void close();
}
