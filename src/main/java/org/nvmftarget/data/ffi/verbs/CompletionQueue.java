package org.nvmftarget.data.ffi.verbs;

/** A completion queue ({@code ibv_cq}) that one thread polls. */
public interface CompletionQueue extends AutoCloseable {

    /** What {@link AsyncEvent#element} names it by; no other open one of the device has it. */
    long id();

    /** How many completions fit. More outstanding work than this overflows it, which ends its queue pairs. */
    int entries();

    /** Moves completions into {@code into}, at most as many as fit there; returns how many. */
    int poll(Completions into) throws VerbsException;

    /** Announces the next completion in the channel, once. What came before is not announced: poll once more. */
    void arm() throws VerbsException;

    /** Its queue pairs must have been closed. Idempotent. */
    @Override
    void close();
}
