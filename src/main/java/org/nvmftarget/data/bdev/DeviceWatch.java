package org.nvmftarget.data.bdev;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import org.nvmftarget.data.ffi.libc.Errno;
import org.nvmftarget.data.ffi.libc.Netlink;
import org.nvmftarget.data.ffi.libc.Posix;
import org.nvmftarget.data.ffi.libc.Sockets;
import org.nvmftarget.data.reactor.Reactor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells when a block device of the machine has come, gone or changed its size: the kernel's uevents. Where it does not let
 * us listen, nothing is told. Lives on a reactor.
 */
final class DeviceWatch implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(DeviceWatch.class);
    private static final int BUFFER_BYTES = 16384;

    private final Reactor reactor;
    private final Runnable onNews;
    private final MemorySegment buffer = Arena.ofAuto().allocate(BUFFER_BYTES);
    private final int fd = Netlink.openUevents();

    /** @param onNews is called on {@code reactor}; it does not block */
    DeviceWatch(Reactor reactor, Runnable onNews) {
        this.reactor = reactor;
        this.onNews = onNews;
        if (fd < 0) {
            LOG.warn("block devices that come, go and grow are not seen at once: {}", Errno.message(fd));
        } else {
            reactor.execute(() -> reactor.watch(fd, Reactor.READABLE, events -> read()));
        }
    }

    /** A uevent is text: {@code change@/devices/...}, then {@code KEY=value} pairs, each ended by a zero. */
    static boolean isOfABlockDevice(MemorySegment uevent) {
        String text = new String(uevent.toArray(ValueLayout.JAVA_BYTE), StandardCharsets.UTF_8);
        return text.contains("\0SUBSYSTEM=block\0");
    }

    private void read() {
        boolean news = false;
        long got = Sockets.recv(fd, buffer.address(), BUFFER_BYTES, Sockets.MSG_DONTWAIT);
        while (got > 0) {
            news |= isOfABlockDevice(buffer.asSlice(0, got));
            got = Sockets.recv(fd, buffer.address(), BUFFER_BYTES, Sockets.MSG_DONTWAIT);
        }
        // Messages were lost: one may have been of a block device.
        if (news || got == -Errno.ENOBUFS) {
            onNews.run();
        }
    }

    @Override
    public void close() {
        if (fd >= 0) {
            reactor.execute(() -> {
                reactor.unwatch(fd);
                Posix.close(fd);
            });
        }
    }
}
