package org.nvmftarget.data.auth;

import java.io.IOException;

/** A key file that gives no key. Its message names the file and what to do, and nothing of what the file holds. */
public final class KeyFileException extends IOException {
    private static final long serialVersionUID = 1L;

    private final String errno;

    KeyFileException(String errno, String message) {
        super(message);
        this.errno = errno;
    }

    /** The symbolic name. */
    public String errno() {
        return errno;
    }
}
