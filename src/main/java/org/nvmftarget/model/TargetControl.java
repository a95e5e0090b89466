package org.nvmftarget.model;

import java.time.Duration;
import java.util.Optional;

/**
 * The one door from the control plane into a target. May be called from any thread at any time: steps for one
 * subsystem queue behind each other. An engine other than this program's own could stand behind it.
 */
public interface TargetControl {

    /** A snapshot; never pauses anything. */
    LiveState snapshot();

    /** The counters of {@link #snapshot} alone, which take less to gather where there are many subsystems. */
    default LiveState.Stats stats() {
        return snapshot().stats();
    }

    /** What devices have done; never pauses anything. An engine that does not count has nothing to tell. */
    default Activity activity() {
        return Activity.NONE;
    }

    /** What threads have done; never pauses anything. An engine that does not count has nothing to tell. */
    default EventLoops eventLoops() {
        return EventLoops.NONE;
    }

    /** How long the operations of a block device took; empty if there is no such device, or nothing is counted. */
    default Optional<IoLatencies> latencies(String bdev) {
        return Optional.empty();
    }

    /**
     * Looks, without changing anything, whether the outside world lets {@code step} be done now: called before any
     * pause.
     */
    Optional<StepResult.Waiting> probe(Step step);

    /**
     * Carries out one step and returns when it is done.
     *
     * @param timeout bounds a pause's drain; when it runs out the pause is taken back, held work runs, and the result
     *     is {@link StepResult.Failed}
     */
    StepResult apply(Step step, Duration timeout);

    /** {@code onEvent} is called, on any thread, when something below changed that may make a pending step possible. */
    void onOutsideEvent(Runnable onEvent);
}
