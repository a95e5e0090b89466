package org.nvmftarget.control.admit;

import java.util.Optional;

/** Hears what admission decides, on admission's thread. */
public interface AdmissionListener {

    /**
     * {@code spec} is stored, and is what the target shall be from now on.
     *
     * @param before what was accepted until now
     * @param byConsent a guard had refused it, and its plan was approved
     */
    void accepted(AcceptedSpec spec, Optional<AcceptedSpec> before, boolean byConsent);

    /** The candidate became another, or its outcome did. Follows {@link #accepted} for one that was accepted. */
    void judged(Candidate candidate);
}
