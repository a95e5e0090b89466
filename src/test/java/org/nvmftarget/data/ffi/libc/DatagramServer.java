package org.nvmftarget.data.ffi.libc;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;

/** A UNIX socket that hears datagrams, as systemd has one. */
public final class DatagramServer implements AutoCloseable {
    private static final int MOST_BYTES = 4096;

    private final Arena arena = Arena.ofShared();
    private final MemorySegment buffer = arena.allocate(MOST_BYTES);
    private final int fd;

    private DatagramServer(int fd) {
        this.fd = fd;
    }

    /** @param name a path, or a name that begins with a NUL */
    public static DatagramServer bind(String name) {
        int fd = Sockets.socket(Sockets.AF_UNIX, Sockets.SOCK_DGRAM | Sockets.SOCK_CLOEXEC, 0);
        try (Arena arena = Arena.ofConfined()) {
            int result = fd < 0 ? fd : Sockets.bind(fd, SocketAddress.encodeUnix(name, arena));
            if (result < 0) {
                throw new IllegalStateException("bind " + name + ": " + Errno.message(result));
            }
        }
        return new DatagramServer(fd);
    }

    /** The next message; waits for it, and can be interrupted, so that a test's time may run out. */
    public String receive() throws InterruptedException {
        long length = Sockets.recv(fd, buffer.address(), MOST_BYTES, Sockets.MSG_DONTWAIT);
        while (length == -Errno.EAGAIN) {
            TimeUnit.MILLISECONDS.sleep(5);
            length = Sockets.recv(fd, buffer.address(), MOST_BYTES, Sockets.MSG_DONTWAIT);
        }
        if (length < 0) {
            throw new IllegalStateException("recv: " + Errno.message((int) length));
        }
        return new String(buffer.asSlice(0, length).toArray(ValueLayout.JAVA_BYTE), StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        Posix.close(fd);
        arena.close();
    }
}
