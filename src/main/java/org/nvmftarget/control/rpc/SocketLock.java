package org.nvmftarget.control.rpc;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/** How a process makes sure that a socket is its alone: a lock on a file, which ends with the process. */
@FunctionalInterface
public interface SocketLock {

    /**
     * Takes the lock; closing gives it back. Empty if another has it.
     *
     * @param file made if it is missing
     */
    Optional<Closeable> tryLock(Path file) throws IOException;
}
