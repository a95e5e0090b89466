package org.nvmftarget.model;

/**
 * A secret, by the place where it stands: what it is never leaves the wing that uses it.
 *
 * @param path of the file, absolute
 * @param state what the target has of it; what is declared is always {@link State#IN_FORCE}
 */
public record KeyFile(String path, State state) {

    /** What a target has of a key file. */
    public enum State {
        /** The target goes by what the file holds. */
        IN_FORCE,
        /** The target goes by what the file held before. */
        CHANGED,
        /** The target has never read it. */
        UNREAD
    }

    /** As a spec declares it. */
    public static KeyFile declared(String path) {
        return new KeyFile(path, State.IN_FORCE);
    }

    public KeyFile in(State other) {
        return new KeyFile(path, other);
    }
}
