package org.nvmftarget.control.admit;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.nvmftarget.control.plan.Refusal;
import org.nvmftarget.model.Problem;

/**
 * The text that admission saw last, and what became of it.
 *
 * @param contentHash SHA-256 over names and texts, 64 hexadecimal digits
 * @param outcome how it ended
 * @param planId of the refused plan
 * @param staleConsent there is consent, but to another plan: the text or the target has changed since it was given
 * @param since when it was judged
 */
public record Candidate(
        String contentHash,
        Outcome outcome,
        List<Problem> problems,
        List<Refusal> refusals,
        Optional<String> planId,
        boolean staleConsent,
        Instant since) {

    public Candidate {
        problems = List.copyOf(problems);
        refusals = List.copyOf(refusals);
    }

    /** The same, judged at another time. */
    Candidate since(Instant time) {
        return new Candidate(contentHash, outcome, problems, refusals, planId, staleConsent, time);
    }

    /** How a candidate can end. */
    public enum Outcome {
        /** It is the accepted spec. */
        ACCEPTED,
        /** A removal or replacement in it waits until its bytes have been still long enough. */
        SETTLING,
        /** It does not validate, or cannot be read; the accepted spec is served. */
        INVALID,
        /** A guard refused it; the accepted spec is served. */
        REFUSED
    }
}
