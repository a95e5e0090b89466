package org.nvmftarget.data.target;

/** What parsing made of a command: how it is carried out. */
@FunctionalInterface
interface Execution {

    /** No status: the command will be completed later. */
    int LATER = -1;

    /** A status for the completion, or {@link #LATER}. */
    int execute(Command command);
}
