package org.nvmftarget.data.target;

/**
 * A queue pair as its transport sees it. Every method is for the reactor that owns the queue. Each request that is
 * given to {@link #receive} comes back by {@link Request#respond} exactly once, whatever happens.
 */
public interface QueuePair {

    /**
     * Parses a command.
     *
     * @return true if the transport is to call {@link #execute} once the data buffer is there; false if the request
     *     has been answered already
     */
    boolean receive(Request request);

    /** Executes a parsed command; answers now or later. */
    void execute(Request request);

    /**
     * The transport gives up on a parsed command whose data it could not fetch: the request is answered with
     * {@code status} (as in {@link Request#begin}).
     */
    void fail(Request request, int status);

    /**
     * The connection is gone. The core gives back what it holds (AERs, held commands) at once, what a bdev still works
     * on when that is done, and forgets the queue.
     */
    void close();

    /** The controller that the queue belongs to; 0 before Connect. For logs and RDMA's private data. */
    int cntlid();

    /** 0 for the admin queue; −1 before Connect. */
    int qid();
}
