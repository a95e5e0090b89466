package org.nvmftarget.data.reactor;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.nvmftarget.data.ffi.libc.Epoll;
import org.nvmftarget.data.ffi.libc.Errno;
import org.nvmftarget.data.ffi.libc.Posix;

/**
 * The watched descriptors of one reactor. Each watch has a number of its own that epoll hands back, so that an event
 * for a descriptor that was closed, and whose number came again, reaches no one.
 */
final class Descriptors implements AutoCloseable {

    private static final int FIRST_CAPACITY = 64;

    private final int epollFd;
    private Reactor.@Nullable FdHandler[] handlers = new Reactor.FdHandler[FIRST_CAPACITY];
    private int[] generations = new int[FIRST_CAPACITY];
    private int eventsCapacity = FIRST_CAPACITY;
    private MemorySegment events = Epoll.allocateEvents(FIRST_CAPACITY, Arena.ofAuto());
    private int watched;
    private int generation;
    private int ready;

    Descriptors() {
        epollFd = Epoll.create1(Epoll.EPOLL_CLOEXEC);
        if (epollFd < 0) {
            throw failure("epoll_create1", -1, epollFd);
        }
    }

    void watch(int fd, int mask, Reactor.FdHandler handler) {
        if (fd >= handlers.length) {
            int capacity = Math.max(fd + 1, handlers.length * 2);
            handlers = Arrays.copyOf(handlers, capacity);
            generations = Arrays.copyOf(generations, capacity);
        }
        if (handlers[fd] != null) {
            throw new IllegalStateException("descriptor " + fd + " is watched already");
        }
        generations[fd] = ++generation;
        handlers[fd] = handler;
        watched++;
        control(Epoll.EPOLL_CTL_ADD, fd, mask);
    }

    void rewatch(int fd, int mask) {
        control(Epoll.EPOLL_CTL_MOD, fd, mask);
    }

    void unwatch(int fd) {
        if (fd >= handlers.length || handlers[fd] == null) {
            return;
        }
        handlers[fd] = null;
        watched--;
        int result = Epoll.ctl(epollFd, Epoll.EPOLL_CTL_DEL, fd, 0, 0);
        if (result < 0 && result != -Errno.ENOENT && result != -Errno.EBADF) {
            throw failure("epoll_ctl(DEL)", fd, result);
        }
    }

    private void control(int operation, int fd, int mask) {
        long data = (long) generations[fd] << 32 | fd;
        int result = Epoll.ctl(epollFd, operation, fd, mask, data);
        if (result < 0) {
            throw failure("epoll_ctl", fd, result);
        }
    }

    /** Waits until something is ready, at most {@code timeoutMs}; what is ready waits for {@link #dispatch}. */
    void await(int timeoutMs) {
        if (eventsCapacity < watched) {
            grow();
        }
        int count = Epoll.await(epollFd, events, eventsCapacity, timeoutMs);
        if (count < 0 && count != -Errno.EINTR) {
            throw failure("epoll_wait", epollFd, count);
        }
        ready = Math.max(count, 0);
    }

    /** Room for every descriptor at once, so that one look shows all that are ready. */
    private void grow() {
        eventsCapacity = Math.max(watched, eventsCapacity * 2);
        events = Epoll.allocateEvents(eventsCapacity, Arena.ofAuto());
    }

    /** Readable when a watched descriptor is ready. */
    int fd() {
        return epollFd;
    }

    boolean hasReady() {
        return ready > 0;
    }

    /** Calls the handlers of what {@link #await} found ready; returns how many there were. */
    int dispatch() {
        int count = ready;
        ready = 0;
        for (int i = 0; i < count; i++) {
            long data = Epoll.data(events, i);
            int fd = (int) data;
            Reactor.FdHandler handler = handlers[fd];
            if (handler != null && generations[fd] == (int) (data >>> 32)) {
                handler.ready(Epoll.events(events, i));
            }
        }
        return count;
    }

    private static IllegalStateException failure(String call, int fd, int result) {
        return new IllegalStateException(
                call + " for descriptor " + fd + ": " + Errno.name(result) + " (" + Errno.message(result) + ")");
    }

    @Override
    public void close() {
        Posix.close(epollFd);
    }
}
