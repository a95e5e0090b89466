package org.nvmftarget.cli;

/** Exit statuses, as {@code docs/commands.md} has them. */
final class ExitCode {
    static final int OK = 0;
    static final int ERROR = 1;
    static final int CHANGES = 2;
    static final int REFUSED = 3;
    static final int NO_DAEMON = 4;

    /** Our own fault: a reactor died. */
    static final int BROKEN = 70;

    private ExitCode() {}
}
