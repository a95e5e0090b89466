package org.nvmftarget.data.ffi.verbs;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import org.nvmftarget.data.ffi.Native;

/**
 * One handle per signature, and a typed method for each. Of the methods' names, the letters after the underscore are
 * the arguments: P pointer, I int, L long, B byte. Those that take {@code errno} keep it there.
 */
final class Calls {
    private Calls() {}

    private static final MethodHandle P = Native.withErrno(FunctionDescriptor.of(ADDRESS));
    private static final MethodHandle P_P = Native.withErrno(FunctionDescriptor.of(ADDRESS, ADDRESS));
    private static final MethodHandle P_PP = Native.withErrno(FunctionDescriptor.of(ADDRESS, ADDRESS, ADDRESS));
    private static final MethodHandle P_PPLI =
            Native.withErrno(FunctionDescriptor.of(ADDRESS, ADDRESS, ADDRESS, JAVA_LONG, JAVA_INT));
    private static final MethodHandle P_PIPPI =
            Native.withErrno(FunctionDescriptor.of(ADDRESS, ADDRESS, JAVA_INT, ADDRESS, ADDRESS, JAVA_INT));
    private static final MethodHandle I_P = Native.withErrno(FunctionDescriptor.of(JAVA_INT, ADDRESS));
    private static final MethodHandle I_PP = Native.withErrno(FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS));
    private static final MethodHandle I_PI = Native.withErrno(FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT));
    private static final MethodHandle I_PPP =
            Native.withErrno(FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS, ADDRESS));
    private static final MethodHandle I_PPB =
            Native.withErrno(FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS, JAVA_BYTE));
    private static final MethodHandle I_PPI =
            Native.withErrno(FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS, JAVA_INT));
    private static final MethodHandle I_PPPI =
            Native.withErrno(FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS, ADDRESS, JAVA_INT));
    private static final MethodHandle I_PPIP =
            Native.withErrno(FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS, JAVA_INT, ADDRESS));
    private static final MethodHandle I_PIIPL =
            Native.withErrno(FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT, ADDRESS, JAVA_LONG));
    private static final MethodHandle I_III =
            Native.withErrno(FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT));
    private static final MethodHandle V_P = Native.call(FunctionDescriptor.ofVoid(ADDRESS));
    private static final MethodHandle V_PI = Native.call(FunctionDescriptor.ofVoid(ADDRESS, JAVA_INT));

    /** A segment for {@code errno}. */
    static MemorySegment errno(Arena arena) {
        return arena.allocate(Native.ERRNO_LAYOUT);
    }

    static MemorySegment p(MemorySegment function, MemorySegment errno) {
        try {
            return (MemorySegment) P.invokeExact(function, errno);
        } catch (Throwable t) {
            throw bug(t);
        }
    }

    static MemorySegment p_P(MemorySegment function, MemorySegment errno, MemorySegment a) {
        try {
            return (MemorySegment) P_P.invokeExact(function, errno, a);
        } catch (Throwable t) {
            throw bug(t);
        }
    }

    static MemorySegment p_PP(MemorySegment function, MemorySegment errno, MemorySegment a, MemorySegment b) {
        try {
            return (MemorySegment) P_PP.invokeExact(function, errno, a, b);
        } catch (Throwable t) {
            throw bug(t);
        }
    }

    static MemorySegment p_PPLI(
            MemorySegment function, MemorySegment errno, MemorySegment a, MemorySegment b, long c, int d) {
        try {
            return (MemorySegment) P_PPLI.invokeExact(function, errno, a, b, c, d);
        } catch (Throwable t) {
            throw bug(t);
        }
    }

    static MemorySegment p_PIPPI(
            MemorySegment function,
            MemorySegment errno,
            MemorySegment a,
            int b,
            MemorySegment c,
            MemorySegment d,
            int e) {
        try {
            return (MemorySegment) P_PIPPI.invokeExact(function, errno, a, b, c, d, e);
        } catch (Throwable t) {
            throw bug(t);
        }
    }

    static int i_P(MemorySegment function, MemorySegment errno, MemorySegment a) {
        try {
            return (int) I_P.invokeExact(function, errno, a);
        } catch (Throwable t) {
            throw bug(t);
        }
    }

    static int i_PP(MemorySegment function, MemorySegment errno, MemorySegment a, MemorySegment b) {
        try {
            return (int) I_PP.invokeExact(function, errno, a, b);
        } catch (Throwable t) {
            throw bug(t);
        }
    }

    static int i_PI(MemorySegment function, MemorySegment errno, MemorySegment a, int b) {
        try {
            return (int) I_PI.invokeExact(function, errno, a, b);
        } catch (Throwable t) {
            throw bug(t);
        }
    }

    static int i_PPP(MemorySegment function, MemorySegment errno, MemorySegment a, MemorySegment b, MemorySegment c) {
        try {
            return (int) I_PPP.invokeExact(function, errno, a, b, c);
        } catch (Throwable t) {
            throw bug(t);
        }
    }

    static int i_PPB(MemorySegment function, MemorySegment errno, MemorySegment a, MemorySegment b, int c) {
        try {
            return (int) I_PPB.invokeExact(function, errno, a, b, (byte) c);
        } catch (Throwable t) {
            throw bug(t);
        }
    }

    static int i_PPI(MemorySegment function, MemorySegment errno, MemorySegment a, MemorySegment b, int c) {
        try {
            return (int) I_PPI.invokeExact(function, errno, a, b, c);
        } catch (Throwable t) {
            throw bug(t);
        }
    }

    static int i_PPPI(
            MemorySegment function, MemorySegment errno, MemorySegment a, MemorySegment b, MemorySegment c, int d) {
        try {
            return (int) I_PPPI.invokeExact(function, errno, a, b, c, d);
        } catch (Throwable t) {
            throw bug(t);
        }
    }

    static int i_PPIP(
            MemorySegment function, MemorySegment errno, MemorySegment a, MemorySegment b, int c, MemorySegment d) {
        try {
            return (int) I_PPIP.invokeExact(function, errno, a, b, c, d);
        } catch (Throwable t) {
            throw bug(t);
        }
    }

    static int i_PIIPL(
            MemorySegment function, MemorySegment errno, MemorySegment a, int b, int c, MemorySegment d, long e) {
        try {
            return (int) I_PIIPL.invokeExact(function, errno, a, b, c, d, e);
        } catch (Throwable t) {
            throw bug(t);
        }
    }

    static int i_III(MemorySegment function, MemorySegment errno, int a, int b, int c) {
        try {
            return (int) I_III.invokeExact(function, errno, a, b, c);
        } catch (Throwable t) {
            throw bug(t);
        }
    }

    static void v_P(MemorySegment function, MemorySegment a) {
        try {
            V_P.invokeExact(function, a);
        } catch (Throwable t) {
            throw bug(t);
        }
    }

    static void v_PI(MemorySegment function, MemorySegment a, int b) {
        try {
            V_PI.invokeExact(function, a, b);
        } catch (Throwable t) {
            throw bug(t);
        }
    }

    /** For calls that return 0, −1 with errno set, or the errno itself. */
    static void check(int result, MemorySegment errno, String operation, String object) throws VerbsException {
        if (result != 0) {
            throw new VerbsException(operation, object, result > 0 ? result : Native.errno(errno));
        }
    }

    /** For calls that return NULL with errno set. */
    static MemorySegment check(MemorySegment result, MemorySegment errno, String operation, String object)
            throws VerbsException {
        if (result.address() == 0) {
            throw new VerbsException(operation, object, Native.errno(errno));
        }
        return result;
    }

    /** A downcall throws only if it was called wrongly. */
    static RuntimeException bug(Throwable t) {
        if (t instanceof Error error) {
            throw error;
        }
        return t instanceof RuntimeException runtime ? runtime : new IllegalStateException(t);
    }
}
