package org.nvmftarget.control.admit;

import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.nvmftarget.control.config.SpecReader;
import org.nvmftarget.control.config.SpecResult;
import org.nvmftarget.control.plan.Guards;
import org.nvmftarget.control.plan.PlanId;
import org.nvmftarget.control.plan.Refusal;
import org.nvmftarget.model.DesiredState;
import org.nvmftarget.model.LiveState;
import org.nvmftarget.model.Problem;
import org.nvmftarget.model.SourceMap;
import org.nvmftarget.model.TargetConfig;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Judges what lies in the file. It has no thread and no timer of its own: {@link #look} is called when something may
 * have changed, and says when it wants to be called again at the latest. One thread at a time.
 *
 * <p>A text is judged once. What it was found to be stays, whatever the time and however often it is read, until the
 * text changes or, if it was refused and may be consented to, its plan is approved.
 */
final class Admission {
    /** How often the file is read without any event: for file systems that have none. */
    static final Duration POLL = Duration.ofSeconds(5);

    /** How often consent is looked for while there is something to consent to. */
    static final Duration CONSENT_POLL = Duration.ofSeconds(1);

    /** How long a file that is written in place must have been still. */
    static final Duration IN_PLACE_STILLNESS = Duration.ofMillis(100);

    private static final Logger LOG = LoggerFactory.getLogger(Admission.class);

    private final SpecSource source;
    private final StateDir stateDir;
    private final Supplier<LiveState> live;
    private final InstantSource clock;
    private final LongSupplier nanoTime;
    private final AdmissionListener listener;

    private @Nullable AcceptedSpec accepted;
    private @Nullable Candidate candidate;
    private String judgedHash;
    private Footprint footprint = Footprint.NOTHING;
    private String seenHash = "";
    private @Nullable Reading reading;
    private long stillSinceNs;
    private boolean whole;
    private boolean undecided;
    private boolean latchTold;

    /** What a text was read to be; kept so that a text that waits is parsed once. */
    private record Reading(String contentHash, SpecResult result) {}

    /**
     * @param boot the accepted spec from before the start
     * @param latch the candidate that was invalid or refused before the start
     */
    Admission(
            SpecSource source,
            StateDir stateDir,
            Supplier<LiveState> live,
            InstantSource clock,
            LongSupplier nanoTime,
            AdmissionListener listener,
            Optional<AcceptedSpec> boot,
            Optional<Candidate> latch) {
        this.source = source;
        this.stateDir = stateDir;
        this.live = live;
        this.clock = clock;
        this.nanoTime = nanoTime;
        this.listener = listener;
        this.accepted = boot.orElse(null);
        this.candidate = boot.isPresent() ? latch.orElse(null) : null;
        this.judgedHash = candidate == null ? "" : candidate.contentHash();
    }

    /** The text that was judged last. */
    Optional<Candidate> candidate() {
        return Optional.ofNullable(candidate);
    }

    Optional<AcceptedSpec> accepted() {
        return Optional.ofNullable(accepted);
    }

    /**
     * Reads the file and judges it, if it is ripe.
     *
     * @return the time after which to look again, in nanoseconds
     */
    long look() {
        undecided = false;
        SpecSource.Observation seen = source.observe();
        long nowNs = nanoTime.getAsLong();
        noteMovement(seen, nowNs);
        String hash = seen.loaded().contentHash();
        boolean readable = seen.loaded().problems().isEmpty();
        if (readable && accepted != null && hash.equals(accepted.contentHash())) {
            return backToAccepted();
        }
        if (readable && hash.equals(judgedHash)) {
            return consent(seen);
        }
        return settle(seen, nowNs);
    }

    /** Whether the last look found a text that must be still for longer before it is judged. */
    boolean isUndecided() {
        return undecided;
    }

    private void noteMovement(SpecSource.Observation seen, long nowNs) {
        String hash = seen.loaded().contentHash();
        if (hash.equals(seenHash) && seen.footprint().equals(footprint)) {
            return;
        }
        if (seenHash.isEmpty()) {
            whole = seen.footprint().isUntouchedSince(clock.instant().minus(IN_PLACE_STILLNESS));
        } else {
            whole = (whole || isJudged(seenHash)) && seen.footprint().arrivedWholeAfter(footprint);
        }
        footprint = seen.footprint();
        seenHash = hash;
        stillSinceNs = nowNs;
    }

    private boolean isJudged(String hash) {
        return hash.equals(judgedHash) || (accepted != null && hash.equals(accepted.contentHash()));
    }

    private long backToAccepted() {
        if (candidate == null || candidate.outcome() != Candidate.Outcome.ACCEPTED) {
            try {
                stateDir.clearLatch();
            } catch (IOException e) {
                LOG.error("the latch in {} cannot be removed", stateDir.folder(), e);
            }
        }
        become(Candidate.Outcome.ACCEPTED, List.of(), List.of(), Optional.empty());
        judgedHash = seenHash;
        return POLL.toNanos();
    }

    private long settle(SpecSource.Observation seen, long nowNs) {
        long stillNs = nowNs - stillSinceNs;
        if (!whole && stillNs < IN_PLACE_STILLNESS.toNanos()) {
            undecided = true;
            return IN_PLACE_STILLNESS.toNanos() - stillNs;
        }
        SpecResult read = read(seen);
        if (read.state().isEmpty() || !seen.loaded().problems().isEmpty()) {
            invalid(seen, read);
            return POLL.toNanos();
        }
        DesiredState desired = read.state().get();
        long settleNs = desired.reconcile().settle().toNanos();
        if (stillNs < settleNs && accepted != null && Removals.in(acceptedTarget(), desired.target())) {
            become(Candidate.Outcome.SETTLING, List.of(), List.of(), Optional.empty());
            undecided = true;
            return settleNs - stillNs;
        }
        return judge(seen, desired, read.sources());
    }

    private SpecResult read(SpecSource.Observation seen) {
        String hash = seen.loaded().contentHash();
        Reading last = reading;
        if (last == null || !last.contentHash().equals(hash)) {
            last = new Reading(hash, SpecReader.read(seen.loaded().texts()));
            reading = last;
        }
        return last.result();
    }

    private void invalid(SpecSource.Observation seen, SpecResult read) {
        List<Problem> unreadable = seen.loaded().problems();
        List<Problem> problems = unreadable.isEmpty() ? read.problems() : unreadable;
        Candidate judged = become(Candidate.Outcome.INVALID, problems, List.of(), Optional.empty());
        // What could not be read is no text: it is read again until it can be.
        if (unreadable.isEmpty()) {
            latch(judged);
        }
    }

    private long judge(SpecSource.Observation seen, DesiredState desired, SourceMap sources) {
        List<Refusal> refusals = Guards.check(acceptedTarget(), desired.target(), desired.reconcile(), live.get());
        if (refusals.isEmpty()) {
            return accept(seen, desired, sources, false);
        }
        return refuse(seen, desired, sources, refusals);
    }

    /** A judged text is seen again: consent lifts a refusal, if it is consent to what would happen now. */
    private long consent(SpecSource.Observation seen) {
        Candidate judged = candidate().orElseThrow();
        long waitNs = POLL.toNanos();
        if (judged.outcome() == Candidate.Outcome.REFUSED) {
            SpecResult read = read(seen);
            if (read.state().isPresent()) {
                waitNs = refuse(seen, read.state().get(), read.sources(), judged.refusals());
            }
        }
        if (!latchTold) {
            // From before the start, so nobody has heard of it in this one.
            latchTold = true;
            listener.judged(judged);
        }
        return waitNs;
    }

    private long refuse(SpecSource.Observation seen, DesiredState desired, SourceMap sources, List<Refusal> refusals) {
        String planId = PlanId.of(live.get(), desired.target());
        boolean approvable = refusals.stream().allMatch(Refusal::approvable);
        Set<String> consents = approvable ? stateDir.consents(generation()) : Set.of();
        if (consents.contains(planId)) {
            return accept(seen, desired, sources, true);
        }
        Candidate before = candidate;
        boolean stale = !consents.isEmpty();
        Candidate refused =
                become(candidate(Candidate.Outcome.REFUSED, List.of(), refusals, Optional.of(planId), stale));
        if (!refused.equals(before)) {
            latch(refused);
        }
        return (approvable ? CONSENT_POLL : POLL).toNanos();
    }

    /** Of the accepted spec; 0 before the first. */
    private long generation() {
        return accepted().map(AcceptedSpec::generation).orElse(0L);
    }

    private long accept(SpecSource.Observation seen, DesiredState desired, SourceMap sources, boolean byConsent) {
        long generation = generation() + 1;
        StoredSpec stored = new StoredSpec(
                generation, seenHash, clock.instant(), seen.loaded().texts());
        try {
            stateDir.accept(stored);
        } catch (IOException e) {
            LOG.error("generation {} cannot be stored in {}", generation, stateDir.folder(), e);
            become(Candidate.Outcome.INVALID, List.of(cannotStore(e)), List.of(), Optional.empty());
            return POLL.toNanos();
        }
        Optional<AcceptedSpec> before = accepted();
        accepted = new AcceptedSpec(stored, desired, sources);
        listener.accepted(accepted, before, byConsent);
        become(Candidate.Outcome.ACCEPTED, List.of(), List.of(), Optional.empty());
        judgedHash = seenHash;
        return POLL.toNanos();
    }

    private Problem cannotStore(IOException e) {
        return new Problem(
                stateDir.folder().toString(),
                0,
                1,
                "",
                "the accepted spec cannot be stored: " + e,
                Optional.of("it is tried again every " + POLL.toSeconds() + " s"),
                Optional.empty());
    }

    private void latch(Candidate judged) {
        judgedHash = judged.contentHash();
        try {
            stateDir.latch(judged);
        } catch (IOException e) {
            LOG.error("the latch in {} cannot be stored: a restart would judge the file again", stateDir.folder(), e);
        }
    }

    /** The candidate and its outcome from now on; the one before, if nothing but the time is new. */
    private Candidate become(
            Candidate.Outcome outcome, List<Problem> problems, List<Refusal> refusals, Optional<String> planId) {
        return become(candidate(outcome, problems, refusals, planId, false));
    }

    private Candidate candidate(
            Candidate.Outcome outcome,
            List<Problem> problems,
            List<Refusal> refusals,
            Optional<String> planId,
            boolean staleConsent) {
        return new Candidate(seenHash, outcome, problems, refusals, planId, staleConsent, clock.instant());
    }

    private Candidate become(Candidate now) {
        Candidate before = candidate;
        if (before != null && now.equals(before.since(now.since()))) {
            return before;
        }
        candidate = now;
        judgedHash = "";
        latchTold = true;
        listener.judged(now);
        return now;
    }

    private TargetConfig acceptedTarget() {
        return accepted().map(spec -> spec.state().target()).orElse(TargetConfig.EMPTY);
    }
}
