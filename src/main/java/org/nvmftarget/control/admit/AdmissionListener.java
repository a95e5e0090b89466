package org.nvmftarget.control.admit;

/** Hears what admission decides, on admission's thread. */
public interface AdmissionListener {

    /** {@code spec} is stored, and is what the target shall be from now on. */
    void accepted(AcceptedSpec spec);

    /** The candidate became another, or its outcome did. Follows {@link #accepted} for one that was accepted. */
    void judged(Candidate candidate);
}
