package org.nvmftarget.data.ffi.uring;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import org.nvmftarget.data.ffi.Native;

/** The system calls of io_uring. Results below zero are negated errnos. */
final class UringCalls {

    /** The same numbers on every architecture: they are younger than the numbers' unification. */
    private static final long SETUP = 425;

    private static final long ENTER = 426;
    private static final long REGISTER = 427;

    private static final MemorySegment SYSCALL = Native.libc().findOrThrow("syscall");

    private static final MethodHandle SIX_ARGUMENTS = Native.variadicWithErrno(
            FunctionDescriptor.of(
                    JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG),
            1);

    private UringCalls() {}

    /** Where a thread's calls leave errno: one per ring, so that a call needs no look-up. */
    static MemorySegment errnoState(Arena arena) {
        return arena.allocate(Native.ERRNO_LAYOUT);
    }

    static int setup(MemorySegment errno, int entries, MemorySegment params) {
        return (int) call(errno, SETUP, entries, params.address(), 0, 0, 0, 0);
    }

    static int enter(MemorySegment errno, int fd, int submit, int minComplete, int flags) {
        return (int) call(errno, ENTER, fd, submit, minComplete, flags, 0, 0);
    }

    /** @param argument a {@link Layouts#GETEVENTS_ARG}, for IORING_ENTER_EXT_ARG among the flags */
    static int enter(MemorySegment errno, int fd, int submit, int minComplete, int flags, MemorySegment argument) {
        return (int) call(errno, ENTER, fd, submit, minComplete, flags, argument.address(), argument.byteSize());
    }

    static int register(MemorySegment errno, int fd, int opcode, long argument, int count) {
        return (int) call(errno, REGISTER, fd, opcode, argument, count, 0, 0);
    }

    private static long call(MemorySegment errno, long number, long a, long b, long c, long d, long e, long f) {
        try {
            long result = (long) SIX_ARGUMENTS.invokeExact(SYSCALL, errno, number, a, b, c, d, e, f);
            return result < 0 ? -Native.errno(errno) : result;
        } catch (Throwable thrown) {
            throw broken(thrown);
        }
    }

    private static IllegalStateException broken(Throwable cause) {
        return new IllegalStateException("a system call of io_uring could not be made", cause);
    }
}
