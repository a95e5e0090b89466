package org.nvmftarget.data.target;

/** Which way a command's data go. */
public enum Direction {
    NONE,
    HOST_TO_CONTROLLER,
    CONTROLLER_TO_HOST
}
