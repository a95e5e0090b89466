package org.nvmftarget.cli;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.nvmftarget.data.ffi.libc.DiskFiles;
import org.nvmftarget.data.ffi.libc.Errno;
import org.nvmftarget.data.ffi.libc.Posix;

/** {@code flock(2)}, by which SPDK, too, keeps its socket: neither takes the other's. */
final class Flock {

    private static final int OWNER_READ_WRITE = 0600;

    private Flock() {}

    /** For {@link org.nvmftarget.control.rpc.SocketLock}. */
    static Optional<Closeable> tryLock(Path file) throws IOException {
        int fd = DiskFiles.open(
                file.toString(), DiskFiles.O_RDWR | DiskFiles.O_CREAT | DiskFiles.O_CLOEXEC, OWNER_READ_WRITE);
        if (fd < 0) {
            throw new IOException(file + " cannot be opened: " + Errno.message(fd));
        }
        int result = DiskFiles.flock(fd, DiskFiles.LOCK_EX | DiskFiles.LOCK_NB);
        if (result == 0) {
            return Optional.of(() -> Posix.close(fd));
        }
        Posix.close(fd);
        if (result == -Errno.EAGAIN) {
            return Optional.empty();
        }
        throw new IOException(file + " cannot be locked: " + Errno.message(result));
    }
}
