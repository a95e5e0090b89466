package org.nvmftarget.data.tcp;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.nvmftarget.data.ffi.libc.Errno;
import org.nvmftarget.data.ffi.libc.Netlink;
import org.nvmftarget.data.ffi.libc.Posix;
import org.nvmftarget.data.ffi.libc.Sockets;
import org.nvmftarget.data.reactor.Reactor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells when the machine's addresses or interfaces change (rtnetlink(7)), so that a listener that waits for one is tried
 * at once. Where the kernel does not let us listen to that, the reconciler's own retries must do.
 */
final class AddressWatch implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(AddressWatch.class);
    private static final int BUFFER_BYTES = 32768;

    private final Reactor acceptor;
    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
    private final MemorySegment buffer = Arena.ofAuto().allocate(BUFFER_BYTES);
    private final int fd;

    AddressWatch(Reactor acceptor) {
        this.acceptor = acceptor;
        this.fd = Netlink.open(Netlink.RTMGRP_LINK | Netlink.RTMGRP_IPV4_IFADDR | Netlink.RTMGRP_IPV6_IFADDR);
        if (fd < 0) {
            LOG.warn("changes of the machine's addresses are not seen at once: {}", Errno.message(fd));
        } else {
            acceptor.execute(() -> acceptor.watch(fd, Reactor.READABLE, events -> changed()));
        }
    }

    void onEvent(Runnable listener) {
        listeners.add(listener);
    }

    private void changed() {
        long got = Sockets.recv(fd, buffer.address(), BUFFER_BYTES, Sockets.MSG_DONTWAIT);
        while (got > 0) {
            got = Sockets.recv(fd, buffer.address(), BUFFER_BYTES, Sockets.MSG_DONTWAIT);
        }
        // ENOBUFS tells that messages were lost: that, too, is a change.
        listeners.forEach(Runnable::run);
    }

    @Override
    public void close() {
        if (fd >= 0) {
            acceptor.execute(() -> {
                acceptor.unwatch(fd);
                Posix.close(fd);
            });
        }
    }
}
