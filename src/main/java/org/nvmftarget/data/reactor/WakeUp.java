package org.nvmftarget.data.reactor;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.util.concurrent.atomic.AtomicBoolean;
import org.nvmftarget.data.ffi.libc.Epoll;
import org.nvmftarget.data.ffi.libc.Errno;
import org.nvmftarget.data.ffi.libc.Posix;

/**
 * An eventfd that ends a reactor's sleep. A sender writes to it only when the reactor has said that it will sleep: a
 * busy reactor costs no sender a system call.
 */
final class WakeUp implements AutoCloseable {

    private final AtomicBoolean sleeping = new AtomicBoolean();
    private final Arena arena = Arena.ofAuto();
    private final MemorySegment one = arena.allocateFrom(ValueLayout.JAVA_LONG, 1L);
    private final MemorySegment count = arena.allocate(ValueLayout.JAVA_LONG);
    private final int fd;
    private boolean closed;

    WakeUp() {
        fd = Epoll.eventfd(0, Epoll.EFD_CLOEXEC | Epoll.EFD_NONBLOCK);
        if (fd < 0) {
            throw new IllegalStateException("eventfd: " + Errno.name(fd));
        }
    }

    int fd() {
        return fd;
    }

    /** From here on senders write to the descriptor. The reactor looks for messages once more afterwards. */
    void aboutToSleep() {
        sleeping.set(true);
    }

    void awake() {
        sleeping.setPlain(false);
    }

    /** A message has been queued; from any thread. */
    synchronized void signal() {
        if (!closed) {
            Posix.write(fd, one.address(), Long.BYTES);
        }
    }

    /** Whether this sender is the one that has to {@link #signal}. Its message must be visible before. */
    boolean claim() {
        VarHandle.fullFence();
        return sleeping.get() && sleeping.compareAndSet(true, false);
    }

    /** Takes back what senders wrote. */
    void drain() {
        Posix.read(fd, count.address(), Long.BYTES);
    }

    @Override
    public synchronized void close() {
        closed = true;
        Posix.close(fd);
    }
}
