package org.nvmftarget.cli;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import org.nvmftarget.data.ffi.libc.Errno;
import org.nvmftarget.data.ffi.libc.Posix;
import org.nvmftarget.data.ffi.libc.Sockets;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The socket on which systemd hears of a service: {@code sd_notify(3)}. Each message is a datagram of lines {@code
 * NAME=VALUE}. Java has no datagrams on UNIX sockets, so this goes by the C library.
 */
final class NotifySocket {
    private static final Logger LOG = LoggerFactory.getLogger(NotifySocket.class);
    private static final String VARIABLE = "NOTIFY_SOCKET";

    private final String address;

    private NotifySocket(String address) {
        this.address = address;
    }

    /** Empty if no service manager listens. */
    static Optional<NotifySocket> of(Map<String, String> environment) {
        // systemd writes an @ for the NUL of a name that is in no file system.
        return Optional.ofNullable(environment.get(VARIABLE))
                .filter(name -> name.startsWith("/") || name.startsWith("@"))
                .map(name -> new NotifySocket(name.startsWith("@") ? "\0" + name.substring(1) : name));
    }

    /** Sends one message. A service manager that does not hear it is logged, and stops nothing. */
    void send(String... lines) {
        byte[] message = (String.join("\n", lines) + "\n").getBytes(StandardCharsets.UTF_8);
        int fd = Sockets.socket(Sockets.AF_UNIX, Sockets.SOCK_DGRAM | Sockets.SOCK_CLOEXEC, 0);
        if (fd < 0) {
            LOG.warn("the service manager cannot be told {}: {}", lines[0], Errno.message(fd));
            return;
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment bytes = arena.allocateFrom(ValueLayout.JAVA_BYTE, message);
            long result = Sockets.connectUnix(fd, address);
            if (result >= 0) {
                result = Sockets.send(fd, bytes.address(), message.length, Sockets.MSG_NOSIGNAL);
            }
            if (result < 0) {
                LOG.warn("the service manager cannot be told {}: {}", lines[0], Errno.message((int) result));
            }
        } finally {
            Posix.close(fd);
        }
    }
}
