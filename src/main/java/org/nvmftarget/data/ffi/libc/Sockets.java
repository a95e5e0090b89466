package org.nvmftarget.data.ffi.libc;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.InetSocketAddress;

/** Sockets ({@code sys/socket.h}). Results below zero are negated errnos. */
public final class Sockets {

    public static final int AF_UNIX = 1;
    public static final int AF_INET = 2;
    public static final int AF_INET6 = 10;
    public static final int SOCK_STREAM = 1;
    public static final int SOCK_DGRAM = 2;
    public static final int SOCK_NONBLOCK = 0x800;
    public static final int SOCK_CLOEXEC = 0x80000;
    public static final int IPPROTO_TCP = 6;
    public static final int IPPROTO_IPV6 = 41;
    public static final int TCP_NODELAY = 1;
    public static final int TCP_USER_TIMEOUT = 18;
    public static final int IPV6_V6ONLY = 26;
    public static final int SOL_SOCKET = 1;
    public static final int SO_REUSEADDR = 2;
    public static final int SO_ERROR = 4;
    public static final int SO_SNDBUF = 7;
    public static final int SO_RCVBUF = 8;
    public static final int SO_PRIORITY = 12;
    public static final int SO_LINGER = 13;
    public static final int MSG_DONTWAIT = 0x40;
    public static final int MSG_NOSIGNAL = 0x4000;
    public static final int MSG_MORE = 0x8000;
    public static final int SHUT_RD = 0;
    public static final int SHUT_WR = 1;
    public static final int SHUT_RDWR = 2;

    private static final MemorySegment SOCKET = Calls.symbol("socket");
    private static final MemorySegment BIND = Calls.symbol("bind");
    private static final MemorySegment LISTEN = Calls.symbol("listen");
    private static final MemorySegment ACCEPT4 = Calls.symbol("accept4");
    private static final MemorySegment CONNECT = Calls.symbol("connect");
    private static final MemorySegment GETSOCKNAME = Calls.symbol("getsockname");
    private static final MemorySegment GETPEERNAME = Calls.symbol("getpeername");
    private static final MemorySegment SETSOCKOPT = Calls.symbol("setsockopt");
    private static final MemorySegment GETSOCKOPT = Calls.symbol("getsockopt");
    private static final MemorySegment RECV = Calls.symbol("recv");
    private static final MemorySegment SEND = Calls.symbol("send");
    private static final MemorySegment SENDMSG = Calls.symbol("sendmsg");
    private static final MemorySegment SHUTDOWN = Calls.symbol("shutdown");

    private Sockets() {}

    /** A descriptor, or a negated errno. */
    public static int socket(int domain, int type, int protocol) {
        return Calls.iii(SOCKET, domain, type, protocol);
    }

    public static int bind(int fd, InetSocketAddress address) {
        try (Arena arena = Arena.ofConfined()) {
            return bind(fd, SocketAddress.encode(address, arena));
        }
    }

    /** @param sockaddr of exactly its family's size */
    static int bind(int fd, MemorySegment sockaddr) {
        return Calls.ipi(BIND, fd, sockaddr, (int) sockaddr.byteSize());
    }

    public static int listen(int fd, int backlog) {
        return Calls.ii(LISTEN, fd, backlog);
    }

    /**
     * @param flags {@link #SOCK_NONBLOCK}, {@link #SOCK_CLOEXEC}
     * @return the accepted descriptor, or a negated errno
     */
    public static int accept4(int fd, int flags) {
        return Calls.ippi(ACCEPT4, fd, MemorySegment.NULL, MemorySegment.NULL, flags);
    }

    public static int connect(int fd, InetSocketAddress address) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment encoded = SocketAddress.encode(address, arena);
            return Calls.ipi(CONNECT, fd, encoded, (int) encoded.byteSize());
        }
    }

    /**
     * Connects a socket of {@link #AF_UNIX}.
     *
     * @param name a path, or a name that begins with a NUL, which is in no file system
     */
    public static int connectUnix(int fd, String name) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment encoded = SocketAddress.encodeUnix(name, arena);
            return Calls.ipi(CONNECT, fd, encoded, (int) encoded.byteSize());
        }
    }

    /**
     * The local address, into {@code storage}.
     *
     * @param storage of {@link SocketAddress#STORAGE_BYTES}, for {@link SocketAddress#decode}
     */
    public static int getsockname(int fd, MemorySegment storage) {
        return name(GETSOCKNAME, fd, storage);
    }

    /** As {@link #getsockname}, the peer's. */
    public static int getpeername(int fd, MemorySegment storage) {
        return name(GETPEERNAME, fd, storage);
    }

    private static int name(MemorySegment function, int fd, MemorySegment storage) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment length = arena.allocateFrom(JAVA_INT, (int) SocketAddress.STORAGE_BYTES);
            return Calls.ipp(function, fd, storage, length);
        }
    }

    /** Sets an option whose value is an int. */
    public static int setsockopt(int fd, int level, int name, int value) {
        try (Arena arena = Arena.ofConfined()) {
            return Calls.iiipi(SETSOCKOPT, fd, level, name, arena.allocateFrom(JAVA_INT, value), Integer.BYTES);
        }
    }

    /** Sets {@code SO_LINGER}: with {@code seconds} 0, close resets the connection. */
    public static int setLinger(int fd, boolean on, int seconds) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment linger = arena.allocateFrom(JAVA_INT, on ? 1 : 0, seconds);
            return Calls.iiipi(SETSOCKOPT, fd, SOL_SOCKET, SO_LINGER, linger, (int) linger.byteSize());
        }
    }

    /** The value of an option that is an int and never negative, or a negated errno. */
    public static int getsockopt(int fd, int level, int name) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment value = arena.allocate(JAVA_INT);
            MemorySegment length = arena.allocateFrom(JAVA_INT, Integer.BYTES);
            int result = Calls.iiipp(GETSOCKOPT, fd, level, name, value, length);
            return result < 0 ? result : value.get(JAVA_INT, 0);
        }
    }

    /** Bytes received (0 at the end of the stream), or a negated errno. */
    public static long recv(int fd, long address, long lengthBytes, int flags) {
        return Calls.longIlli(RECV, fd, address, lengthBytes, flags);
    }

    /** Bytes sent, or a negated errno. */
    public static long send(int fd, long address, long lengthBytes, int flags) {
        return Calls.longIlli(SEND, fd, address, lengthBytes, flags);
    }

    /**
     * Bytes sent, or a negated errno.
     *
     * @param msghdrAddress of a {@link ScatterList}
     */
    public static long sendmsg(int fd, long msghdrAddress, int flags) {
        return Calls.longIli(SENDMSG, fd, msghdrAddress, flags);
    }

    public static int shutdown(int fd, int how) {
        return Calls.ii(SHUTDOWN, fd, how);
    }
}
