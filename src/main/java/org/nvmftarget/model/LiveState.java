package org.nvmftarget.model;

import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * An immutable snapshot of the live target. RPC, metrics, export and the planner read it and nothing else.
 *
 * @param config what the target is, in the words of the spec
 * @param subsystems run-time facts per subsystem of {@code config}
 */
public record LiveState(TargetConfig config, SortedMap<Nqn, Subsystem> subsystems) {

    public static final LiveState EMPTY = new LiveState(TargetConfig.EMPTY, new TreeMap<>());

    public LiveState {
        subsystems = Sorted.copy(subsystems);
    }

    /** The states of a subsystem. */
    public enum SubsystemState {
        /** Exists and serves nobody. */
        INACTIVE,
        /** Serves. */
        ACTIVE,
        /** A pause was asked for; some reactor has not acknowledged it. */
        PAUSING,
        /** Every reactor holds what the pause covers, and what it drains is drained. */
        PAUSED,
        /** Reactors are executing what was held. */
        RESUMING,
        /** Being removed: its queues are going down. */
        DEACTIVATING
    }

    /** Run-time facts of one subsystem. */
    public record Subsystem(SubsystemState state, List<Controller> controllers) {
        public Subsystem {
            controllers = List.copyOf(controllers);
        }
    }

    /**
     * One connected controller.
     *
     * @param hostId the host identifier, 32 hexadecimal digits
     * @param listener the declared address that the host came in through
     * @param hasWritten the host has written to a namespace since it connected
     */
    public record Controller(
            int cntlid, Nqn host, String hostId, TransportAddress listener, int ioQueues, boolean hasWritten) {}
}
