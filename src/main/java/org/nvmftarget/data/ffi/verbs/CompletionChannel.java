package org.nvmftarget.data.ffi.verbs;

/** Where armed completion queues announce themselves ({@code ibv_comp_channel}). */
public interface CompletionChannel extends AutoCloseable {

    /** A descriptor that is readable when an armed queue got a completion. */
    int fd();

    /** Takes and acknowledges all announcements; never blocks. Returns how many there were. */
    int drain() throws VerbsException;

    /** Its completion queues must have been closed. Idempotent. */
    @Override
    void close();
}
