package org.nvmftarget.data.target;

import java.util.List;
import org.nvmftarget.data.reactor.Reactor;
import org.nvmftarget.data.reactor.ReactorLoads;
import org.nvmftarget.model.StepResult;
import org.nvmftarget.model.TransportOptions;

/** Makes the transport of one kind. */
@FunctionalInterface
public interface TransportFactory {

    /** A transport, or why there can be none. */
    Created create(TransportOptions options, Context context);

    /** How {@link #create} ended. */
    sealed interface Created {
        record Ready(Transport transport) implements Created {}

        /** @param why {@link StepResult.Waiting} or {@link StepResult.Failed} */
        record Refused(StepResult why) implements Created {}
    }

    /**
     * What a transport is given.
     *
     * @param reactors where queues may live; at least one
     * @param acceptor where connections are accepted, so that an accept never delays I/O
     * @param queuePairs the core
     * @param loads of the reactors, by which queues are spread
     */
    record Context(List<Reactor> reactors, Reactor acceptor, QueuePairs queuePairs, ReactorLoads loads) {
        public Context {
            reactors = List.copyOf(reactors);
        }

        /** On reactors that have nothing else to do. */
        public Context(List<Reactor> reactors, Reactor acceptor, QueuePairs queuePairs) {
            this(reactors, acceptor, queuePairs, new ReactorLoads(reactors));
        }
    }

    /** The core's side of a new connection. */
    @FunctionalInterface
    interface QueuePairs {
        /** A queue pair for a connection that has just been accepted; on {@code reactor}, which will own it. */
        QueuePair open(Connection connection, Reactor reactor);
    }
}
