package org.nvmftarget.data.ffi.libc;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import org.nvmftarget.data.ffi.Native;

/**
 * The signatures of this package's calls, one handle each: {@code i} an int, {@code l} a long or an address as a
 * number, {@code p} a pointer. Results below zero become the negated errno.
 */
final class Calls {

    private static final ThreadLocal<MemorySegment> ERRNO =
            ThreadLocal.withInitial(() -> Arena.ofAuto().allocate(Native.ERRNO_LAYOUT));

    private static final MethodHandle I = Native.withErrno(FunctionDescriptor.of(JAVA_INT, JAVA_INT));
    private static final MethodHandle II = Native.withErrno(FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT));
    private static final MethodHandle III =
            Native.withErrno(FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT));
    private static final MethodHandle II_VARIADIC =
            Native.variadicWithErrno(FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT), 2);
    private static final MethodHandle IP = Native.withErrno(FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS));
    private static final MethodHandle IPI =
            Native.withErrno(FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT));
    private static final MethodHandle IPP =
            Native.withErrno(FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, ADDRESS));
    private static final MethodHandle IPPI =
            Native.withErrno(FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, ADDRESS, JAVA_INT));
    private static final MethodHandle IIIP =
            Native.withErrno(FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS));
    private static final MethodHandle IIIPI =
            Native.withErrno(FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT));
    private static final MethodHandle IIIPP =
            Native.withErrno(FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS, ADDRESS));
    private static final MethodHandle ILP =
            Native.withErrno(FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, ADDRESS));
    private static final MethodHandle ILII =
            Native.withErrno(FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_INT, JAVA_INT));
    private static final MethodHandle L_ILL =
            Native.withErrno(FunctionDescriptor.of(JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_LONG));
    private static final MethodHandle L_ILI =
            Native.withErrno(FunctionDescriptor.of(JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_INT));
    private static final MethodHandle L_ILLI =
            Native.withErrno(FunctionDescriptor.of(JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_INT));
    private static final MethodHandle L_ILLL =
            Native.withErrno(FunctionDescriptor.of(JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_LONG));
    private static final MethodHandle IL = Native.withErrno(FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG));
    private static final MethodHandle IILL =
            Native.withErrno(FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG));
    private static final MethodHandle ILL = Native.withErrno(FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_LONG));
    private static final MethodHandle ILLI =
            Native.withErrno(FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_INT));
    private static final MethodHandle L_LLIIIL = Native.withErrno(
            FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG));
    private static final MethodHandle IPIIP =
            Native.withErrno(FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT, ADDRESS));
    private static final MethodHandle PII_VARIADIC =
            Native.variadicWithErrno(FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT), 2);
    private static final MethodHandle ILP_VARIADIC =
            Native.variadicWithErrno(FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, ADDRESS), 2);

    private Calls() {}

    static MemorySegment symbol(String name) {
        return Native.libc().findOrThrow(name);
    }

    private static int checked(int result, MemorySegment errnoState) {
        return result < 0 ? -Native.errno(errnoState) : result;
    }

    private static long checked(long result, MemorySegment errnoState) {
        return result < 0 ? -Native.errno(errnoState) : result;
    }

    private static IllegalStateException broken(Throwable cause) {
        return new IllegalStateException("a call to the C library could not be made", cause);
    }

    static int i(MemorySegment function, int a) {
        MemorySegment errno = ERRNO.get();
        try {
            return checked((int) I.invokeExact(function, errno, a), errno);
        } catch (Throwable thrown) {
            throw broken(thrown);
        }
    }

    static int ii(MemorySegment function, int a, int b) {
        MemorySegment errno = ERRNO.get();
        try {
            return checked((int) II.invokeExact(function, errno, a, b), errno);
        } catch (Throwable thrown) {
            throw broken(thrown);
        }
    }

    static int iii(MemorySegment function, int a, int b, int c) {
        MemorySegment errno = ERRNO.get();
        try {
            return checked((int) III.invokeExact(function, errno, a, b, c), errno);
        } catch (Throwable thrown) {
            throw broken(thrown);
        }
    }

    /** As {@link #iii} where C's prototype is {@code (int, int, ...)}. */
    static int iiVariadic(MemorySegment function, int a, int b, int c) {
        MemorySegment errno = ERRNO.get();
        try {
            return checked((int) II_VARIADIC.invokeExact(function, errno, a, b, c), errno);
        } catch (Throwable thrown) {
            throw broken(thrown);
        }
    }

    static int ip(MemorySegment function, int a, MemorySegment b) {
        MemorySegment errno = ERRNO.get();
        try {
            return checked((int) IP.invokeExact(function, errno, a, b), errno);
        } catch (Throwable thrown) {
            throw broken(thrown);
        }
    }

    static int ipi(MemorySegment function, int a, MemorySegment b, int c) {
        MemorySegment errno = ERRNO.get();
        try {
            return checked((int) IPI.invokeExact(function, errno, a, b, c), errno);
        } catch (Throwable thrown) {
            throw broken(thrown);
        }
    }

    static int ipp(MemorySegment function, int a, MemorySegment b, MemorySegment c) {
        MemorySegment errno = ERRNO.get();
        try {
            return checked((int) IPP.invokeExact(function, errno, a, b, c), errno);
        } catch (Throwable thrown) {
            throw broken(thrown);
        }
    }

    static int ippi(MemorySegment function, int a, MemorySegment b, MemorySegment c, int d) {
        MemorySegment errno = ERRNO.get();
        try {
            return checked((int) IPPI.invokeExact(function, errno, a, b, c, d), errno);
        } catch (Throwable thrown) {
            throw broken(thrown);
        }
    }

    static int iiip(MemorySegment function, int a, int b, int c, MemorySegment d) {
        MemorySegment errno = ERRNO.get();
        try {
            return checked((int) IIIP.invokeExact(function, errno, a, b, c, d), errno);
        } catch (Throwable thrown) {
            throw broken(thrown);
        }
    }

    static int iiipi(MemorySegment function, int a, int b, int c, MemorySegment d, int e) {
        MemorySegment errno = ERRNO.get();
        try {
            return checked((int) IIIPI.invokeExact(function, errno, a, b, c, d, e), errno);
        } catch (Throwable thrown) {
            throw broken(thrown);
        }
    }

    static int iiipp(MemorySegment function, int a, int b, int c, MemorySegment d, MemorySegment e) {
        MemorySegment errno = ERRNO.get();
        try {
            return checked((int) IIIPP.invokeExact(function, errno, a, b, c, d, e), errno);
        } catch (Throwable thrown) {
            throw broken(thrown);
        }
    }

    static int ilp(MemorySegment function, int a, long b, MemorySegment c) {
        MemorySegment errno = ERRNO.get();
        try {
            return checked((int) ILP.invokeExact(function, errno, a, b, c), errno);
        } catch (Throwable thrown) {
            throw broken(thrown);
        }
    }

    static int ilii(MemorySegment function, int a, long b, int c, int d) {
        MemorySegment errno = ERRNO.get();
        try {
            return checked((int) ILII.invokeExact(function, errno, a, b, c, d), errno);
        } catch (Throwable thrown) {
            throw broken(thrown);
        }
    }

    static long longIll(MemorySegment function, int a, long b, long c) {
        MemorySegment errno = ERRNO.get();
        try {
            return checked((long) L_ILL.invokeExact(function, errno, a, b, c), errno);
        } catch (Throwable thrown) {
            throw broken(thrown);
        }
    }

    static long longIli(MemorySegment function, int a, long b, int c) {
        MemorySegment errno = ERRNO.get();
        try {
            return checked((long) L_ILI.invokeExact(function, errno, a, b, c), errno);
        } catch (Throwable thrown) {
            throw broken(thrown);
        }
    }

    static long longIlli(MemorySegment function, int a, long b, long c, int d) {
        MemorySegment errno = ERRNO.get();
        try {
            return checked((long) L_ILLI.invokeExact(function, errno, a, b, c, d), errno);
        } catch (Throwable thrown) {
            throw broken(thrown);
        }
    }

    static long longIlll(MemorySegment function, int a, long b, long c, long d) {
        MemorySegment errno = ERRNO.get();
        try {
            return checked((long) L_ILLL.invokeExact(function, errno, a, b, c, d), errno);
        } catch (Throwable thrown) {
            throw broken(thrown);
        }
    }

    static int il(MemorySegment function, int a, long b) {
        MemorySegment errno = ERRNO.get();
        try {
            return checked((int) IL.invokeExact(function, errno, a, b), errno);
        } catch (Throwable thrown) {
            throw broken(thrown);
        }
    }

    static int iill(MemorySegment function, int a, int b, long c, long d) {
        MemorySegment errno = ERRNO.get();
        try {
            return checked((int) IILL.invokeExact(function, errno, a, b, c, d), errno);
        } catch (Throwable thrown) {
            throw broken(thrown);
        }
    }

    static int ll(MemorySegment function, long a, long b) {
        MemorySegment errno = ERRNO.get();
        try {
            return checked((int) ILL.invokeExact(function, errno, a, b), errno);
        } catch (Throwable thrown) {
            throw broken(thrown);
        }
    }

    static int lli(MemorySegment function, long a, long b, int c) {
        MemorySegment errno = ERRNO.get();
        try {
            return checked((int) ILLI.invokeExact(function, errno, a, b, c), errno);
        } catch (Throwable thrown) {
            throw broken(thrown);
        }
    }

    static long longLliiil(MemorySegment function, long a, long b, int c, int d, int e, long f) {
        MemorySegment errno = ERRNO.get();
        try {
            return checked((long) L_LLIIIL.invokeExact(function, errno, a, b, c, d, e, f), errno);
        } catch (Throwable thrown) {
            throw broken(thrown);
        }
    }

    static int ipiip(MemorySegment function, int a, MemorySegment b, int c, int d, MemorySegment e) {
        MemorySegment errno = ERRNO.get();
        try {
            return checked((int) IPIIP.invokeExact(function, errno, a, b, c, d, e), errno);
        } catch (Throwable thrown) {
            throw broken(thrown);
        }
    }

    /** Where C's prototype is {@code (const char *, int, ...)}. */
    static int piiVariadic(MemorySegment function, MemorySegment a, int b, int c) {
        MemorySegment errno = ERRNO.get();
        try {
            return checked((int) PII_VARIADIC.invokeExact(function, errno, a, b, c), errno);
        } catch (Throwable thrown) {
            throw broken(thrown);
        }
    }

    /** Where C's prototype is {@code (int, unsigned long, ...)}. */
    static int ilpVariadic(MemorySegment function, int a, long b, MemorySegment c) {
        MemorySegment errno = ERRNO.get();
        try {
            return checked((int) ILP_VARIADIC.invokeExact(function, errno, a, b, c), errno);
        } catch (Throwable thrown) {
            throw broken(thrown);
        }
    }
}
