package org.nvmftarget.data.ffi.libc;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;

import java.lang.foreign.Arena;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;

/**
 * epoll and eventfd ({@code sys/epoll.h}, {@code sys/eventfd.h}). Results below zero are negated errnos. An
 * {@code epoll_event} is packed on x86-64 (12 bytes) and not elsewhere (16 bytes).
 */
public final class Epoll {

    public static final int EPOLLIN = 0x1;
    public static final int EPOLLOUT = 0x4;
    public static final int EPOLLERR = 0x8;
    public static final int EPOLLHUP = 0x10;
    public static final int EPOLLRDHUP = 0x2000;
    public static final int EPOLL_CTL_ADD = 1;
    public static final int EPOLL_CTL_DEL = 2;
    public static final int EPOLL_CTL_MOD = 3;
    public static final int EPOLL_CLOEXEC = 0x80000;
    public static final int EFD_CLOEXEC = 0x80000;
    public static final int EFD_NONBLOCK = 0x800;

    static final StructLayout EVENT = eventLayout(System.getProperty("os.arch", ""));

    private static final long EVENTS_OFFSET = EVENT.byteOffset(PathElement.groupElement("events"));
    private static final long DATA_OFFSET = EVENT.byteOffset(PathElement.groupElement("data"));
    private static final long EVENT_BYTES = EVENT.byteSize();

    private static final MemorySegment CREATE1 = Calls.symbol("epoll_create1");
    private static final MemorySegment CTL = Calls.symbol("epoll_ctl");
    private static final MemorySegment WAIT = Calls.symbol("epoll_wait");
    private static final MemorySegment EVENTFD = Calls.symbol("eventfd");

    private Epoll() {}

    static StructLayout eventLayout(String arch) {
        boolean packed = arch.equals("amd64") || arch.equals("x86_64");
        return packed
                ? MemoryLayout.structLayout(JAVA_INT.withName("events"), JAVA_LONG_UNALIGNED.withName("data"))
                : MemoryLayout.structLayout(
                        JAVA_INT.withName("events"), MemoryLayout.paddingLayout(4), JAVA_LONG.withName("data"));
    }

    public static int create1(int flags) {
        return Calls.i(CREATE1, flags);
    }

    /** @param data what {@link #data} tells with each event of {@code fd} */
    public static int ctl(int epollFd, int operation, int fd, int events, long data) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment event = arena.allocate(EVENT_BYTES, 8);
            event.set(JAVA_INT, EVENTS_OFFSET, events);
            event.set(JAVA_LONG_UNALIGNED, DATA_OFFSET, data);
            return Calls.iiip(CTL, epollFd, operation, fd, event);
        }
    }

    /** Room for {@code count} events. */
    public static MemorySegment allocateEvents(int count, Arena arena) {
        return arena.allocate(Math.multiplyExact(count, EVENT_BYTES), 8);
    }

    /**
     * @param events from {@link #allocateEvents}
     * @param timeoutMs −1 waits without end
     * @return how many events there are, or a negated errno
     */
    public static int await(int epollFd, MemorySegment events, int count, int timeoutMs) {
        return Calls.ilii(WAIT, epollFd, events.address(), count, timeoutMs);
    }

    public static int events(MemorySegment events, int index) {
        return events.get(JAVA_INT, index * EVENT_BYTES + EVENTS_OFFSET);
    }

    public static long data(MemorySegment events, int index) {
        return events.get(JAVA_LONG_UNALIGNED, index * EVENT_BYTES + DATA_OFFSET);
    }

    /** A new eventfd, or a negated errno. */
    public static int eventfd(int initial, int flags) {
        return Calls.ii(EVENTFD, initial, flags);
    }
}
