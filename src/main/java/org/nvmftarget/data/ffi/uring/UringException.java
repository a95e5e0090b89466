package org.nvmftarget.data.ffi.uring;

import org.nvmftarget.data.ffi.libc.Errno;

/** A ring could not be made. */
public final class UringException extends Exception {
    private static final long serialVersionUID = 1;

    private final int errno;

    /** @param errno as it is, or negated */
    UringException(String operation, int errno) {
        super(operation + ": " + Errno.name(errno) + " (" + Errno.message(errno) + ")");
        this.errno = Math.abs(errno);
    }

    public int errno() {
        return errno;
    }
}
