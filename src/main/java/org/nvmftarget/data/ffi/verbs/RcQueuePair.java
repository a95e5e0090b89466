package org.nvmftarget.data.ffi.verbs;

/** A reliable-connected queue pair ({@code ibv_qp}), owned by one thread. */
public interface RcQueuePair extends AutoCloseable {

    int number();

    /**
     * Posts a chain of sends, RDMA reads and RDMA writes; its memory may be used again on return.
     *
     * @return 0, or the errno of the first that was not taken ({@code ENOMEM} if the queue is full); the ones before
     *     it in the chain are posted
     */
    int postSend(SendWr first);

    /** Posts a chain of receives, as {@link #postSend}. */
    int postRecv(RecvWr first);

    /**
     * How long a peer waits when it finds no receive posted: the code of the InfiniBand specification's table 45, where
     * 12 is 0.64 ms and 0 is 655.36 ms.
     */
    void setMinRnrTimer(int code) throws VerbsException;

    /** RDMA reads that it may have under way, as the connection settled it. */
    int maxReads() throws VerbsException;

    /** Puts it into the error state: all its work is flushed, which completions tell. */
    void flush() throws VerbsException;

    /** What is still posted is never completed. Idempotent. */
    @Override
    void close();
}
