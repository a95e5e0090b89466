package org.nvmftarget.data.tcp;

import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.util.Optional;
import org.nvmftarget.data.ffi.libc.Errno;
import org.nvmftarget.data.ffi.libc.Posix;
import org.nvmftarget.data.ffi.libc.SocketAddress;
import org.nvmftarget.data.ffi.libc.Sockets;
import org.nvmftarget.data.net.Addresses;
import org.nvmftarget.model.StepResult;
import org.nvmftarget.model.TransportAddress;

/** Makes listening sockets, and says in the operator's words why one cannot be had. */
final class ListenSocket {

    private static final int BACKLOG = 512;

    private ListenSocket() {}

    /** A listening socket, or why there is none. */
    sealed interface Opened {
        record Listening(int fd) implements Opened {}

        /** @param why {@link StepResult.Waiting} or {@link StepResult.Failed} */
        record Refused(StepResult why) implements Opened {}
    }

    static Opened open(TransportAddress address) {
        return bind(address, true);
    }

    /** Whether {@link #open} could succeed: binds, which nobody outside notices, and lets go again. */
    static Optional<StepResult.Waiting> probe(TransportAddress address) {
        return switch (bind(address, false)) {
            case Opened.Listening(int fd) -> {
                Posix.close(fd);
                yield Optional.empty();
            }
            case Opened.Refused(StepResult.Waiting waiting) -> Optional.of(waiting);
            case Opened.Refused(StepResult other) -> Optional.empty();
        };
    }

    private static Opened bind(TransportAddress address, boolean listen) {
        Optional<InetSocketAddress> resolved = Addresses.resolve(address);
        if (resolved.isEmpty()) {
            return new Opened.Refused(new StepResult.Waiting(
                    "ENODEV",
                    "the interface of " + address.traddr() + " is not there; this machine has: "
                            + String.join(", ", Addresses.interfaces())));
        }
        InetSocketAddress target = resolved.get();
        int fd = Sockets.socket(
                SocketAddress.family(target.getAddress()),
                Sockets.SOCK_STREAM | Sockets.SOCK_NONBLOCK | Sockets.SOCK_CLOEXEC,
                Sockets.IPPROTO_TCP);
        if (fd < 0) {
            return new Opened.Refused(why(address, "socket", fd));
        }
        Sockets.setsockopt(fd, Sockets.SOL_SOCKET, Sockets.SO_REUSEADDR, 1);
        if (target.getAddress() instanceof Inet6Address) {
            // :: and 0.0.0.0 are two listeners, which may have one port.
            Sockets.setsockopt(fd, Sockets.IPPROTO_IPV6, Sockets.IPV6_V6ONLY, 1);
        }
        int bound = Sockets.bind(fd, target);
        int result = bound == 0 && listen ? Sockets.listen(fd, BACKLOG) : bound;
        if (result == 0) {
            return new Opened.Listening(fd);
        }
        Posix.close(fd);
        return new Opened.Refused(why(address, bound == 0 ? "listen" : "bind", result));
    }

    private static StepResult why(TransportAddress address, String call, int result) {
        return switch (-result) {
            case Errno.EADDRINUSE ->
                new StepResult.Waiting(
                        "EADDRINUSE",
                        address + " is in use by another listener; `ss -ltnp 'sport = :" + address.trsvcid()
                                + "'` shows which");
            case Errno.EADDRNOTAVAIL ->
                new StepResult.Waiting(
                        "EADDRNOTAVAIL",
                        "no interface of this machine has " + address.traddr() + "; it has: "
                                + Addresses.ofThisMachine(address.adrfam()));
            case Errno.ENODEV ->
                new StepResult.Waiting("ENODEV", "the interface of " + address.traddr() + " is not there");
            case Errno.EACCES ->
                new StepResult.Failed(address + ": ports below 1024 need the capability CAP_NET_BIND_SERVICE");
            default ->
                new StepResult.Failed(
                        address + ": " + call + ": " + Errno.name(result) + " (" + Errno.message(result) + ")");
        };
    }
}
