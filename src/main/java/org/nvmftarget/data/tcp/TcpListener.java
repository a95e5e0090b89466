package org.nvmftarget.data.tcp;

import java.util.function.IntConsumer;
import org.nvmftarget.data.ffi.libc.Errno;
import org.nvmftarget.data.ffi.libc.Posix;
import org.nvmftarget.data.ffi.libc.Sockets;
import org.nvmftarget.data.reactor.Reactor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One listening socket, on the acceptor reactor. */
final class TcpListener implements Reactor.FdHandler {

    private static final Logger LOG = LoggerFactory.getLogger(TcpListener.class);
    private static final int ACCEPTS_PER_TURN = 64;
    private static final long RETRY_NS = 100_000_000;

    private final int fd;
    private final Reactor acceptor;
    private final IntConsumer onAccepted;
    private boolean closed;

    /** @param onAccepted is given the descriptor of each new connection */
    TcpListener(int fd, Reactor acceptor, IntConsumer onAccepted) {
        this.fd = fd;
        this.acceptor = acceptor;
        this.onAccepted = onAccepted;
    }

    void start() {
        acceptor.watch(fd, Reactor.READABLE, this);
    }

    void close() {
        closed = true;
        acceptor.unwatch(fd);
        Posix.close(fd);
    }

    @Override
    public void ready(int events) {
        for (int i = 0; i < ACCEPTS_PER_TURN; i++) {
            int accepted = Sockets.accept4(fd, Sockets.SOCK_NONBLOCK | Sockets.SOCK_CLOEXEC);
            if (accepted >= 0) {
                onAccepted.accept(accepted);
            } else if (isExhausted(-accepted)) {
                pause(accepted);
                return;
            } else if (accepted == -Errno.EAGAIN) {
                return;
            }
            // What else there is concerns one connection that ended before it was accepted.
        }
    }

    private static boolean isExhausted(int errno) {
        return errno == Errno.EMFILE || errno == Errno.ENFILE || errno == Errno.ENOMEM || errno == Errno.ENOBUFS;
    }

    /** Without this, the connection that cannot be accepted would wake the reactor without end. */
    private void pause(int result) {
        LOG.warn("a connection cannot be accepted: {}", Errno.message(result));
        acceptor.unwatch(fd);
        acceptor.schedule(RETRY_NS, () -> {
            if (!closed) {
                start();
            }
        });
    }
}
