package org.nvmftarget.cli;

/** A command ends with a message for the operator. */
final class CommandFailure extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int exitCode;

    CommandFailure(int exitCode, String message) {
        super(message, null, false, false);
        this.exitCode = exitCode;
    }

    CommandFailure(String message) {
        this(ExitCode.ERROR, message);
    }

    int exitCode() {
        return exitCode;
    }
}
