package org.nvmftarget.data.ffi.verbs;

/** An opened device ({@code ibv_context}), shared by all who use it. Equal if it is the same context. */
public interface RdmaDevice {

    /** The kernel's name, such as {@code rxe0}. */
    String name();

    DeviceLimits limits() throws VerbsException;

    ProtectionDomain allocateProtectionDomain() throws VerbsException;

    CompletionChannel createCompletionChannel() throws VerbsException;

    /** A queue of at least {@code entries} completions, which is told of in {@code channel} once it is armed. */
    CompletionQueue createCompletionQueue(int entries, CompletionChannel channel) throws VerbsException;
}
