package org.nvmftarget.data.target;

import java.util.Optional;
import java.util.function.Consumer;
import org.nvmftarget.data.reactor.Reactor;
import org.nvmftarget.model.LiveState;
import org.nvmftarget.model.StepResult;
import org.nvmftarget.model.TransportAddress;
import org.nvmftarget.model.TransportOptions;

/** A transport: listeners, and the connections that they accept. Called from the control thread, one call at a time. */
public interface Transport extends AutoCloseable {

    /** The options that new connections get. */
    TransportOptions options();

    /** New options for new connections. */
    StepResult setOptions(TransportOptions options);

    /** Whether {@link #listen} could succeed now, without leaving a trace. */
    Optional<StepResult.Waiting> probe(TransportAddress address);

    /** Accepts hosts at an address that it does not listen on yet; returns when it does, or why it does not. */
    StepResult listen(TransportAddress address);

    /** Accepts no more hosts there. Connections that stand are left alone. */
    void unlisten(TransportAddress address);

    /** Whether {@link #listen} opened the address, and it is neither closed nor lost since. */
    boolean isListening(TransportAddress address);

    /** What it has and has done on one of the reactors where its queues live. From any thread, at any time. */
    LiveState.TransportStats stats(Reactor reactor);

    /** {@code onEvent} is called, on any thread, when a device or an address came or went. */
    void onOutsideEvent(Runnable onEvent);

    /**
     * {@code onLost} is called, on any thread, when a listener closed by itself, because its device or its address went.
     * Connections that stand are left alone, unless they went the same way.
     */
    void onListenerLost(Consumer<TransportAddress> onLost);

    /** Stops listening, disconnects what still stands, and frees everything; returns when that is done. */
    @Override
    void close();
}
