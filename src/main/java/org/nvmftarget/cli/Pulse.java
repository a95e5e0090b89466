package org.nvmftarget.cli;

import java.time.Duration;
import java.util.Optional;
import org.nvmftarget.model.Activity;
import org.nvmftarget.model.EventLoops;
import org.nvmftarget.model.IoLatencies;
import org.nvmftarget.model.LiveState;
import org.nvmftarget.model.Step;
import org.nvmftarget.model.StepResult;
import org.nvmftarget.model.TargetControl;

/** A target that knows until when the step under way may take, so that a long one is not taken for a thread that hangs. */
final class Pulse implements TargetControl {
    /** What a step may take beyond its own timeout. */
    private static final Duration MARGIN = Duration.ofSeconds(30);

    private final TargetControl target;
    private volatile long deadlineNs = System.nanoTime();

    Pulse(TargetControl target) {
        this.target = target;
    }

    /** Whether a step is under way that has not taken too long yet. */
    boolean isInStep() {
        return deadlineNs - System.nanoTime() > 0;
    }

    @Override
    public StepResult apply(Step step, Duration timeout) {
        deadlineNs = System.nanoTime() + timeout.plus(MARGIN).toNanos();
        try {
            return target.apply(step, timeout);
        } finally {
            deadlineNs = System.nanoTime();
        }
    }

    @Override
    public LiveState snapshot() {
        return target.snapshot();
    }

    @Override
    public LiveState.Stats stats() {
        return target.stats();
    }

    @Override
    public Activity activity() {
        return target.activity();
    }

    @Override
    public EventLoops eventLoops() {
        return target.eventLoops();
    }

    @Override
    public Optional<IoLatencies> latencies(String bdev) {
        return target.latencies(bdev);
    }

    @Override
    public Optional<StepResult.Waiting> probe(Step step) {
        return target.probe(step);
    }

    @Override
    public void onOutsideEvent(Runnable onEvent) {
        target.onOutsideEvent(onEvent);
    }
}
