package org.nvmftarget.verbs;

/**
 * Where the specification leaves devices a choice, and they differ.
 *
 * @param tellsOfLastReceive {@code QP_LAST_WQE_REACHED} comes for a queue pair with shared receives that is in error
 * @param purgesOnDestroy a destroyed queue pair's completions vanish from its completion queue
 * @param announcesWhatIsThere arming a completion queue that is not empty announces at once
 * @param flushesWhenGone work of a device that was removed is flushed; else its completions never come
 * @param tellsOfFirstMessage {@code COMM_EST} comes for a message that is ahead of the peer's confirmation
 */
public record Flavor(
        boolean tellsOfLastReceive,
        boolean purgesOnDestroy,
        boolean announcesWhatIsThere,
        boolean flushesWhenGone,
        boolean tellsOfFirstMessage) {

    /** As {@code rdma_rxe}. */
    public static final Flavor SOFT_ROCE = new Flavor(false, false, false, false, false);

    /** As adapters in hardware. */
    public static final Flavor ADAPTER = new Flavor(true, true, true, true, true);
}
