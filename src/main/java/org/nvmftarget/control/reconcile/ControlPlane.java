package org.nvmftarget.control.reconcile;

import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import org.nvmftarget.control.admit.AcceptedSpec;
import org.nvmftarget.control.admit.AdmissionListener;
import org.nvmftarget.control.admit.AdmissionService;
import org.nvmftarget.control.admit.Candidate;
import org.nvmftarget.control.admit.PlanPreview;
import org.nvmftarget.control.admit.Preview;
import org.nvmftarget.control.admit.StateDir;
import org.nvmftarget.control.admit.StateDirException;
import org.nvmftarget.control.plan.Plan;
import org.nvmftarget.model.Activity;
import org.nvmftarget.model.DesiredState;
import org.nvmftarget.model.EventLoops;
import org.nvmftarget.model.IoLatencies;
import org.nvmftarget.model.LiveState;
import org.nvmftarget.model.Problem;
import org.nvmftarget.model.TargetControl;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The control plane of a daemon, wired: admission, reconciliation, state folder, journal, status. */
public final class ControlPlane implements StatusSource, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ControlPlane.class);

    private final Parts parts;
    private final AdmissionService admission;

    private ControlPlane(Parts parts, AdmissionService admission) {
        this.parts = parts;
        this.admission = admission;
    }

    /**
     * What it runs on.
     *
     * @param clock the time of day, for the journal and the status
     * @param nanoTime the clock for durations, in nanoseconds
     * @param random jitter of back-off
     * @param onPlan hears, on the control thread, of the first pass's plan (which may have no steps) and of each plan
     *     that was applied, when it has been
     * @param onSettings hears of the accepted spec before {@code start} returns, then of each new one, on admission's
     *     thread
     */
    public record Setup(
            Path specFile,
            Path stateFolder,
            TargetControl control,
            InstantSource clock,
            LongSupplier nanoTime,
            RandomGenerator random,
            Consumer<Plan> onPlan,
            Consumer<DesiredState> onSettings) {}

    /** How a start went. */
    public sealed interface Start {
        /** It runs. */
        record Started(ControlPlane plane) implements Start {}

        /** There is no accepted spec yet, and the file is none. */
        record Invalid(List<Problem> problems) implements Start {
            public Invalid {
                problems = List.copyOf(problems);
            }
        }

        /** The state folder, or the accepted spec in it, cannot be used. */
        record Failed(String message) implements Start {}
    }

    private record Parts(
            StateDir stateDir,
            Journal journal,
            JournalEntries entries,
            StatusBoard board,
            ControlLoop loop,
            AtomicBoolean stopping,
            TargetControl control)
            implements AutoCloseable {
        @Override
        public void close() {
            journal.close();
            stateDir.close();
        }
    }

    /** Starts its threads once there is something to serve. */
    public static Start start(Setup setup) throws InterruptedException {
        Parts parts;
        try {
            parts = assemble(setup);
        } catch (StateDirException e) {
            return new Start.Failed(String.valueOf(e.getMessage()));
        } catch (IOException e) {
            return new Start.Failed("the journal in " + setup.stateFolder() + " cannot be opened: " + e);
        }
        Listener listener = new Listener(parts, setup.onSettings());
        parts.entries().start(setup.specFile());
        AdmissionService.Opened opened;
        try {
            opened = AdmissionService.open(
                    setup.specFile(),
                    parts.stateDir(),
                    setup.control()::snapshot,
                    setup.clock(),
                    setup.nanoTime(),
                    listener);
        } catch (StateDirException e) {
            parts.close();
            return new Start.Failed(String.valueOf(e.getMessage()));
        } catch (InterruptedException | RuntimeException e) {
            parts.close();
            throw e;
        }
        return switch (opened) {
            case AdmissionService.Opened.Invalid(List<Problem> problems) -> {
                parts.close();
                yield new Start.Invalid(problems);
            }
            case AdmissionService.Opened.Ready(AdmissionService admission, AcceptedSpec accepted) -> {
                listener.boot(accepted);
                setup.control().onOutsideEvent(() -> parts.loop().trigger(Trigger.OUTSIDE));
                // What hosts have reserved is known when the accepted spec is live: no candidate is judged before.
                parts.loop().start(admission::start);
                yield new Start.Started(new ControlPlane(parts, admission));
            }
        };
    }

    private static Parts assemble(Setup setup) throws IOException {
        StateDir stateDir = StateDir.open(setup.stateFolder());
        try {
            Journal journal = Journal.open(setup.stateFolder(), setup.clock(), Journal.ROTATE_BYTES);
            JournalEntries entries = new JournalEntries(journal);
            StatusBoard board = new StatusBoard(setup.clock());
            AtomicBoolean stopping = new AtomicBoolean();
            Reconciler reconciler = new Reconciler(
                    setup.control(),
                    entries,
                    board,
                    setup.nanoTime(),
                    new Backoff(setup.random()),
                    setup.onPlan(),
                    stopping::get);
            ControlLoop loop = new ControlLoop(reconciler, setup.nanoTime());
            return new Parts(stateDir, journal, entries, board, loop, stopping, setup.control());
        } catch (IOException | RuntimeException e) {
            stateDir.close();
            throw e;
        }
    }

    /** Carries admission's decisions to the journal, the status, the settings and the control thread. */
    private static final class Listener implements AdmissionListener {
        private final Parts parts;
        private final Consumer<DesiredState> onSettings;
        private boolean booted;

        Listener(Parts parts, Consumer<DesiredState> onSettings) {
            this.parts = parts;
            this.onSettings = onSettings;
        }

        void boot(AcceptedSpec spec) {
            booted = true;
            if (parts.board().accepted().isEmpty()) {
                serve(spec, Trigger.BOOT);
            }
        }

        @Override
        public void accepted(AcceptedSpec spec, Optional<AcceptedSpec> before, boolean byConsent) {
            Trigger trigger = booted ? Trigger.EDIT : Trigger.BOOT;
            parts.entries().accepted(spec, before, byConsent ? "approve" : trigger.key());
            LOG.info("generation {} is accepted", spec.generation());
            serve(spec, trigger);
        }

        private void serve(AcceptedSpec spec, Trigger trigger) {
            parts.board().accepted(spec);
            parts.loop().accept(spec, trigger);
            onSettings.accept(spec.state());
        }

        @Override
        public void judged(Candidate candidate) {
            parts.board().judged(candidate);
            parts.entries().judged(candidate);
            switch (candidate.outcome()) {
                case INVALID ->
                    candidate
                            .problems()
                            .forEach(p -> LOG.warn("{}:{}:{}: {}", p.file(), p.line(), p.column(), p.message()));
                case REFUSED -> candidate.refusals().forEach(r -> LOG.warn("refused: {}", r.message()));
                case ACCEPTED, SETTLING -> LOG.debug("candidate {}", candidate.outcome());
            }
        }
    }

    /** What admitting a text now would do. */
    public Preview preview() {
        return new PlanPreview(parts.control(), parts.board()::accepted, () -> status().candidate());
    }

    /** Reads the file and looks for drift now, as on SIGHUP. From any thread. */
    public void recheck() {
        recheck(() -> {});
    }

    /** As {@link #recheck()}; {@code done} runs, on the control thread, when both have been done. */
    public void recheck(Runnable done) {
        admission.recheck(() -> {
            parts.loop().trigger(Trigger.DRIFT);
            parts.loop().afterPasses(done);
        });
    }

    /** Runs {@code answer} on the control thread between two passes: a sign of life. From any thread. */
    public void ping(Runnable answer) {
        parts.loop().afterPasses(answer);
    }

    /** The journal of a state folder, with or without a daemon: its last lines, oldest first. */
    public static List<String> history(Path stateFolder, int most) throws IOException {
        return Journal.read(stateFolder, most);
    }

    @Override
    public TargetStatus status() {
        return parts.board().status();
    }

    @Override
    public List<ObjectStatus> objects() {
        AcceptedSpec spec = parts.board().accepted().orElseThrow();
        return ObjectStates.of(
                spec.state().target(),
                live(),
                parts.board().lastPass(),
                parts.board().isApplying());
    }

    @Override
    public LiveState live() {
        return parts.control().snapshot();
    }

    @Override
    public LiveState.Stats stats() {
        return parts.control().stats();
    }

    @Override
    public Activity activity() {
        return parts.control().activity();
    }

    @Override
    public EventLoops eventLoops() {
        return parts.control().eventLoops();
    }

    @Override
    public Optional<IoLatencies> latencies(String bdev) {
        return parts.control().latencies(bdev);
    }

    @Override
    public DesiredState accepted() {
        return parts.board().accepted().orElseThrow().state();
    }

    @Override
    public List<String> history(int most) {
        return parts.journal().last(most);
    }

    /** Ends its threads; what was paused is resumed. The target itself is left as it is. */
    @Override
    public void close() {
        parts.stopping().set(true);
        parts.loop().close();
        admission.close();
        parts.entries().stop();
        parts.close();
    }
}
