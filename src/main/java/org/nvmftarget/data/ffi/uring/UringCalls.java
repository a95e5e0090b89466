package org.nvmftarget.data.ffi.uring;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import org.nvmftarget.data.ffi.Native;

/** The system calls of io_uring, and mmap. Results below zero are negated errnos. */
final class UringCalls {

    /** The same numbers on every architecture: they are younger than the numbers' unification. */
    private static final long SETUP = 425;

    private static final long ENTER = 426;
    private static final long REGISTER = 427;

    private static final int PROT_READ_WRITE = 3;
    private static final int MAP_SHARED = 1;
    private static final int MAP_POPULATE = 0x8000;

    private static final MemorySegment SYSCALL = Native.libc().findOrThrow("syscall");
    private static final MemorySegment MMAP = Native.libc().findOrThrow("mmap");
    private static final MemorySegment MUNMAP = Native.libc().findOrThrow("munmap");

    private static final MethodHandle SIX_ARGUMENTS = Native.variadicWithErrno(
            FunctionDescriptor.of(
                    JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG),
            1);
    private static final MethodHandle MAP = Native.withErrno(
            FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG));
    private static final MethodHandle UNMAP = Native.withErrno(FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_LONG));

    private UringCalls() {}

    /** Where a thread's calls leave errno: one per ring, so that a call needs no look-up. */
    static MemorySegment errnoState(Arena arena) {
        return arena.allocate(Native.ERRNO_LAYOUT);
    }

    static int setup(MemorySegment errno, int entries, MemorySegment params) {
        return (int) call(errno, SETUP, entries, params.address(), 0, 0);
    }

    static int enter(MemorySegment errno, int fd, int submit, int minComplete, int flags) {
        return (int) call(errno, ENTER, fd, submit, minComplete, flags);
    }

    static int register(MemorySegment errno, int fd, int opcode, long argument, int count) {
        return (int) call(errno, REGISTER, fd, opcode, argument, count);
    }

    private static long call(MemorySegment errno, long number, long a, long b, long c, long d) {
        try {
            long result = (long) SIX_ARGUMENTS.invokeExact(SYSCALL, errno, number, a, b, c, d, 0L, 0L);
            return result < 0 ? -Native.errno(errno) : result;
        } catch (Throwable thrown) {
            throw broken(thrown);
        }
    }

    /** An address, or a negated errno. */
    static long map(MemorySegment errno, long lengthBytes, int fd, long offset) {
        try {
            long at = (long) MAP.invokeExact(
                    MMAP, errno, 0L, lengthBytes, PROT_READ_WRITE, MAP_SHARED | MAP_POPULATE, fd, offset);
            return at == -1 ? -Native.errno(errno) : at;
        } catch (Throwable thrown) {
            throw broken(thrown);
        }
    }

    static int unmap(MemorySegment errno, long address, long lengthBytes) {
        try {
            int result = (int) UNMAP.invokeExact(MUNMAP, errno, address, lengthBytes);
            return result < 0 ? -Native.errno(errno) : result;
        } catch (Throwable thrown) {
            throw broken(thrown);
        }
    }

    private static IllegalStateException broken(Throwable cause) {
        return new IllegalStateException("a system call of io_uring could not be made", cause);
    }
}
