package org.nvmftarget.data.net;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.function.Predicate;
import org.nvmftarget.data.ffi.libc.Errno;
import org.nvmftarget.data.ffi.libc.Netlink;
import org.nvmftarget.data.ffi.libc.Posix;
import org.nvmftarget.data.ffi.libc.Sockets;
import org.nvmftarget.data.reactor.Reactor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells when what a listener needs may have come or gone: addresses and interfaces (rtnetlink(7)), and RDMA devices (the
 * kernel's uevents). News come in bursts and are told once for each; and once more a second later, because what hangs on
 * an address follows it by a moment, such as its entry in an RDMA device's table. Where the kernel does not let us
 * listen, retries must do.
 */
public final class OutsideWatch implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(OutsideWatch.class);
    private static final int BUFFER_BYTES = 32768;
    private static final long BURST_NS = 20_000_000;
    private static final long AFTERWARDS_NS = 1_000_000_000;

    private static final int ADDRESSES = Netlink.RTMGRP_LINK | Netlink.RTMGRP_IPV4_IFADDR | Netlink.RTMGRP_IPV6_IFADDR;

    private final Reactor acceptor;
    private final Runnable onChange;
    private final MemorySegment buffer = Arena.ofAuto().allocate(BUFFER_BYTES);
    private final int[] fds;
    private boolean told;
    private boolean toldAfterwards;
    private boolean closed;

    private OutsideWatch(Reactor acceptor, Runnable onChange, int... fds) {
        this.acceptor = acceptor;
        this.onChange = onChange;
        this.fds = fds;
    }

    /** Hears of addresses and interfaces; {@code onChange} runs on {@code acceptor}. */
    public static OutsideWatch ofAddresses(Reactor acceptor, Runnable onChange) {
        OutsideWatch watch = new OutsideWatch(acceptor, onChange, Netlink.openRoute(ADDRESSES));
        watch.start(watch.fds[0], "the machine's addresses", message -> true);
        return watch;
    }

    /** As {@link #ofAddresses}, and of RDMA devices. */
    public static OutsideWatch ofAddressesAndRdmaDevices(Reactor acceptor, Runnable onChange) {
        OutsideWatch watch = new OutsideWatch(acceptor, onChange, Netlink.openRoute(ADDRESSES), Netlink.openUevents());
        watch.start(watch.fds[0], "the machine's addresses", message -> true);
        watch.start(watch.fds[1], "RDMA devices", OutsideWatch::isOfAnRdmaDevice);
        return watch;
    }

    /** A uevent is text: {@code add@/devices/...}, then {@code KEY=value} pairs, each ended by a zero. */
    static boolean isOfAnRdmaDevice(MemorySegment uevent) {
        String text = new String(uevent.toArray(ValueLayout.JAVA_BYTE), StandardCharsets.UTF_8);
        return text.contains("\0SUBSYSTEM=infiniband\0");
    }

    private void start(int fd, String what, Predicate<MemorySegment> counts) {
        if (fd < 0) {
            LOG.warn("changes of {} are not seen at once: {}", what, Errno.message(fd));
        } else {
            acceptor.execute(() -> acceptor.watch(fd, Reactor.READABLE, events -> read(fd, counts)));
        }
    }

    private void read(int fd, Predicate<MemorySegment> counts) {
        boolean news = false;
        long got = Sockets.recv(fd, buffer.address(), BUFFER_BYTES, Sockets.MSG_DONTWAIT);
        while (got > 0) {
            news |= counts.test(buffer.asSlice(0, got));
            got = Sockets.recv(fd, buffer.address(), BUFFER_BYTES, Sockets.MSG_DONTWAIT);
        }
        // Messages were lost: that may have been one.
        if (news || got == -Errno.ENOBUFS) {
            news();
        }
    }

    /** Something has changed, or may have. On the acceptor. */
    void news() {
        if (!told) {
            told = true;
            acceptor.schedule(BURST_NS, () -> {
                told = false;
                tell();
            });
        }
        if (!toldAfterwards) {
            toldAfterwards = true;
            acceptor.schedule(AFTERWARDS_NS, () -> {
                toldAfterwards = false;
                tell();
            });
        }
    }

    private void tell() {
        if (!closed) {
            onChange.run();
        }
    }

    @Override
    public void close() {
        acceptor.execute(() -> {
            closed = true;
            for (int fd : fds) {
                if (fd >= 0) {
                    acceptor.unwatch(fd);
                    Posix.close(fd);
                }
            }
        });
    }
}
