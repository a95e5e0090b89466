package org.nvmftarget.control.admit;

import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.nvmftarget.control.config.SpecReader;
import org.nvmftarget.control.config.SpecResult;
import org.nvmftarget.model.LiveState;
import org.nvmftarget.model.Problem;

/**
 * Admission as the rest of the control plane sees it: what was accepted before, the first verdict, then a thread that
 * watches the file.
 */
public final class AdmissionService implements AutoCloseable {
    private final AdmissionLoop loop;

    private AdmissionService(Path specFile, Admission admission) {
        this.loop = new AdmissionLoop(admission, specFile);
    }

    /** How opening went. */
    public sealed interface Opened {
        /** The accepted spec is there; {@link AdmissionService#start} has not been called yet. */
        record Ready(AdmissionService service, AcceptedSpec accepted) implements Opened {}

        /** There is no accepted spec that could be served, for these reasons. */
        record Invalid(List<Problem> problems) implements Opened {
            public Invalid {
                problems = List.copyOf(problems);
            }
        }
    }

    /**
     * Takes the accepted spec from the state folder or, if there is none yet, judges the file, which takes as long as
     * a file that is being written needs to be still. {@code listener} hears of a first acceptance before this returns.
     *
     * @param live the target's snapshot
     * @param nanoTime the clock for durations, in nanoseconds
     * @throws StateDirException the accepted spec cannot be read, or is none to this version of the program
     */
    public static Opened open(
            Path specFile,
            StateDir stateDir,
            Supplier<LiveState> live,
            InstantSource clock,
            LongSupplier nanoTime,
            AdmissionListener listener)
            throws StateDirException, InterruptedException {
        Optional<StoredSpec> stored = stateDir.accepted();
        Optional<AcceptedSpec> boot = Optional.empty();
        if (stored.isPresent()) {
            SpecResult read = SpecReader.read(stored.get().texts());
            if (read.state().isEmpty()) {
                throw outdated(stateDir, read.problems().getFirst());
            }
            boot = Optional.of(new AcceptedSpec(stored.get(), read.state().get(), read.sources()));
        }
        Admission admission = new Admission(
                SpecSource.ofFile(specFile), stateDir, live, clock, nanoTime, listener, boot, stateDir.latch());
        if (boot.isPresent()) {
            return new Opened.Ready(new AdmissionService(specFile, admission), boot.get());
        }
        return first(specFile, admission);
    }

    private static StateDirException outdated(StateDir stateDir, Problem first) {
        return new StateDirException("the accepted spec in " + stateDir.folder() + " is not valid to this version of"
                + " nvmf-target: " + first.file() + ":" + first.line() + ": " + first.message()
                + "; go back to the version that accepted it, or start on another --state-dir");
    }

    private static Opened first(Path specFile, Admission admission) throws InterruptedException {
        while (true) {
            long waitNs = admission.look();
            Optional<AcceptedSpec> accepted = admission.accepted();
            if (accepted.isPresent()) {
                return new Opened.Ready(new AdmissionService(specFile, admission), accepted.get());
            }
            Optional<Candidate> candidate = admission.candidate();
            if (candidate.isPresent() && candidate.get().outcome() == Candidate.Outcome.INVALID) {
                return new Opened.Invalid(candidate.get().problems());
            }
            TimeUnit.NANOSECONDS.sleep(waitNs);
        }
    }

    /** Begins to watch. */
    public void start() {
        loop.start();
    }

    /** Looks at the file now; {@code judged} runs, on admission's thread, once its text is judged. From any thread. */
    public void recheck(Runnable judged) {
        loop.poke(judged);
    }

    @Override
    public void close() {
        loop.close();
    }
}
