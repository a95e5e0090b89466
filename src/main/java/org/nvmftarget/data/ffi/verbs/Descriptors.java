package org.nvmftarget.data.ffi.verbs;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.nvmftarget.data.ffi.Native;

/** Makes the libraries' descriptors non-blocking. */
final class Descriptors {
    private Descriptors() {}

    private static final int F_GETFL = 3;
    private static final int F_SETFL = 4;
    private static final int O_NONBLOCK = 0x800;

    static void nonBlocking(int fd, String object) throws VerbsException {
        MemorySegment fcntl = Native.libc().findOrThrow("fcntl");
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment errno = Calls.errno(arena);
            int flags = Calls.i_III(fcntl, errno, fd, F_GETFL, 0);
            int result = flags < 0 ? flags : Calls.i_III(fcntl, errno, fd, F_SETFL, flags | O_NONBLOCK);
            Calls.check(result, errno, "fcntl", object);
        }
    }
}
