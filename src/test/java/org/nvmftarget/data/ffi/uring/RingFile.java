package org.nvmftarget.data.ffi.uring;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Path;
import org.nvmftarget.data.ffi.libc.DiskFiles;
import org.nvmftarget.data.ffi.libc.Errno;
import org.nvmftarget.data.ffi.libc.Posix;

/** A ring, where this machine lets us have one, and a file to use it on. */
final class RingFile implements AutoCloseable {

    final Ring ring;
    final int fd;

    interface Opener {
        Ring open() throws UringException;
    }

    /**
     * @param folder where there is no file called {@code data} yet
     * @param unknown an errno that says that this kernel is too old for the kind of ring; 0 for none
     */
    RingFile(Path folder, int unknown, Opener opener) throws UringException {
        ring = open(unknown, opener);
        fd = DiskFiles.open(
                folder.resolve("data").toString(), DiskFiles.O_RDWR | DiskFiles.O_CREAT | DiskFiles.O_CLOEXEC, 0600);
        assertTrue(fd >= 0, () -> Errno.name(fd));
    }

    private static Ring open(int unknown, Opener opener) throws UringException {
        try {
            return opener.open();
        } catch (UringException refused) {
            boolean forbidden = Ring.isForbidden(refused.errno()) || refused.errno() == unknown;
            assumeTrue(!forbidden, refused.getMessage());
            throw refused;
        }
    }

    /** The result of the one operation with {@code userData} that is under way. */
    int result(long userData) {
        while (!ring.hasCompletion()) {
            assertEquals(0, ring.await());
        }
        assertEquals(userData, ring.userData());
        int result = ring.result();
        ring.advance();
        return result;
    }

    /** The ring first, as it may have been already. */
    @Override
    public void close() {
        ring.close();
        Posix.close(fd);
    }
}
