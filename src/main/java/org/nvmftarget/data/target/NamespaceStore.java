package org.nvmftarget.data.target;

import java.io.IOException;
import org.nvmftarget.data.reservation.NamespaceState;

/** Keeps what hosts have set on namespaces over the end of the process. May block; one caller for each namespace. */
public interface NamespaceStore {

    /**
     * What was kept of the namespace; {@link NamespaceState#INITIAL} if there was nothing to keep. What cannot be read
     * is reported and put aside, and counts as nothing.
     */
    NamespaceState load(NamespaceIdentity identity);

    /**
     * Keeps {@code state} in the place of what was kept before, for good once this returns. After a failure either may
     * have been kept.
     *
     * @param state what {@link NamespaceState#afterRestart} makes of a state
     */
    void save(NamespaceIdentity identity, NamespaceState state) throws IOException;

    /** Whether it keeps anything: else hosts are told that reservations do not persist. */
    boolean isDurable();

    /** Keeps nothing. */
    NamespaceStore NONE = new NamespaceStore() {
        @Override
        public NamespaceState load(NamespaceIdentity identity) {
            return NamespaceState.INITIAL;
        }

        @Override
        public void save(NamespaceIdentity identity, NamespaceState state) {
            // a process without a state folder forgets
        }

        @Override
        public boolean isDurable() {
            return false;
        }
    };
}
