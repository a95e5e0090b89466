package org.nvmftarget.control.admit;

import java.io.IOException;

/** The state folder cannot be used; the message names it, says why, and what to do. */
public final class StateDirException extends IOException {
    private static final long serialVersionUID = 1L;

    StateDirException(String message) {
        super(message);
    }

    StateDirException(String message, Throwable cause) {
        super(message, cause);
    }
}
