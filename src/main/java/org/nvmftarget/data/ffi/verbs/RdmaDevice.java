package org.nvmftarget.data.ffi.verbs;

import org.jspecify.annotations.Nullable;

/** An opened device ({@code ibv_context}), shared by all who use it. Equal if it is the same context. */
public interface RdmaDevice {

    /** The kernel's name, such as {@code rxe0}. */
    String name();

    DeviceLimits limits() throws VerbsException;

    /**
     * Whether {@link AsyncEvent.Type#QP_LAST_WQE_REACHED} comes when a queue pair that shares its receives is in the
     * error state. Soft-RoCE and iWARP devices do not tell.
     */
    boolean tellsOfLastReceive() throws VerbsException;

    /** A descriptor that is readable when there are {@linkplain #nextEvent events}. */
    int eventFd() throws VerbsException;

    /** The next event, already acknowledged; null if there is none. Never blocks. One thread reads them. */
    @Nullable
    AsyncEvent nextEvent() throws VerbsException;

    ProtectionDomain allocateProtectionDomain() throws VerbsException;

    CompletionChannel createCompletionChannel() throws VerbsException;

    /** A queue of at least {@code entries} completions, which is told of in {@code channel} once it is armed. */
    CompletionQueue createCompletionQueue(int entries, CompletionChannel channel) throws VerbsException;
}
