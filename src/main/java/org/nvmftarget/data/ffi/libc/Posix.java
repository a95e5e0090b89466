package org.nvmftarget.data.ffi.libc;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** Descriptors, affinity and limits. Results below zero are negated errnos. */
public final class Posix {

    public static final int F_GETFD = 1;
    public static final int F_SETFD = 2;
    public static final int F_GETFL = 3;
    public static final int F_SETFL = 4;
    public static final int FD_CLOEXEC = 1;
    public static final int O_NONBLOCK = 0x800;
    public static final int RLIMIT_NOFILE = 7;
    public static final int RLIMIT_MEMLOCK = 8;

    /** What {@link #getrlimitSoft} says where there is no limit. */
    public static final long RLIM_INFINITY = Long.MAX_VALUE;

    private static final int MAX_CPUS = 8192;
    private static final int PRIO_PROCESS = 0;

    private static final MemorySegment CLOSE = Calls.symbol("close");
    private static final MemorySegment FCNTL = Calls.symbol("fcntl");
    private static final MemorySegment READ = Calls.symbol("read");
    private static final MemorySegment WRITE = Calls.symbol("write");
    private static final MemorySegment SCHED_SETAFFINITY = Calls.symbol("sched_setaffinity");
    private static final MemorySegment SETPRIORITY = Calls.symbol("setpriority");
    private static final MemorySegment GETRLIMIT = Calls.symbol("getrlimit");

    private Posix() {}

    /** The descriptor is gone whatever the result. */
    public static int close(int fd) {
        return Calls.i(CLOSE, fd);
    }

    public static int fcntl(int fd, int command, int argument) {
        return Calls.iiVariadic(FCNTL, fd, command, argument);
    }

    /** Bytes read (0 at the end), or a negated errno. */
    public static long read(int fd, long address, long lengthBytes) {
        return Calls.longIll(READ, fd, address, lengthBytes);
    }

    /** Bytes written, or a negated errno. */
    public static long write(int fd, long address, long lengthBytes) {
        return Calls.longIll(WRITE, fd, address, lengthBytes);
    }

    /** Binds the calling thread to one CPU. */
    public static int pinThread(int cpu) {
        if (cpu < 0 || cpu >= MAX_CPUS) {
            return -Errno.EINVAL;
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment mask = arena.allocate(MAX_CPUS / 8, 8);
            mask.setAtIndex(JAVA_LONG, cpu / 64, 1L << (cpu % 64));
            return Calls.ilp(SCHED_SETAFFINITY, 0, mask.byteSize(), mask);
        }
    }

    /** Gives the calling thread, alone, a nice value: up to 19, which is the least of the processor. */
    public static int niceThread(int nice) {
        return Calls.iii(SETPRIORITY, PRIO_PROCESS, 0, nice);
    }

    /** The soft limit of {@code resource}, {@link #RLIM_INFINITY}, or a negated errno. */
    public static long getrlimitSoft(int resource) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment limits = arena.allocate(JAVA_LONG, 2);
            int result = Calls.ip(GETRLIMIT, resource, limits);
            long soft = limits.get(JAVA_LONG, 0);
            return result < 0 ? result : soft < 0 ? RLIM_INFINITY : soft;
        }
    }
}
