package org.nvmftarget.data.ffi.libc;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class LibcTest {

    private static final InetSocketAddress ANY_PORT = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

    private static int tcpSocket() {
        int fd = Sockets.socket(Sockets.AF_INET, Sockets.SOCK_STREAM | Sockets.SOCK_CLOEXEC, 0);
        assertTrue(fd >= 0, Errno.name(fd));
        return fd;
    }

    private static InetSocketAddress localOf(int fd) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment storage = arena.allocate(SocketAddress.STORAGE_BYTES, 8);
            assertEquals(0, Sockets.getsockname(fd, storage));
            return SocketAddress.decode(storage);
        }
    }

    @Test
    void shouldReturnTheNegatedErrnoOfAFailedCall() {
        assertEquals(-Errno.EBADF, Posix.close(-1));
        assertEquals(-Errno.EBADF, Sockets.listen(-1, 1));
        assertEquals(-Errno.EBADF, Posix.fcntl(-1, Posix.F_GETFL, 0));
    }

    @Test
    void shouldCarryBytesOverAConnection() {
        int listener = tcpSocket();
        assertEquals(0, Sockets.bind(listener, ANY_PORT));
        assertEquals(0, Sockets.listen(listener, 8));
        int client = tcpSocket();
        assertEquals(0, Sockets.connect(client, localOf(listener)));
        int server = Sockets.accept4(listener, Sockets.SOCK_NONBLOCK | Sockets.SOCK_CLOEXEC);
        assertTrue(server >= 0, Errno.name(server));
        assertNotEquals(0, Posix.fcntl(server, Posix.F_GETFL, 0) & Posix.O_NONBLOCK);

        try (Arena arena = Arena.ofConfined()) {
            MemorySegment buffer = arena.allocate(64);
            assertEquals(-Errno.EAGAIN, Sockets.recv(server, buffer.address(), 64, 0));
            MemorySegment one = arena.allocateFrom("one ", StandardCharsets.US_ASCII);
            MemorySegment two = arena.allocateFrom("two", StandardCharsets.US_ASCII);
            ScatterList list = new ScatterList(2, arena);
            list.add(one.address(), 4);
            list.add(two.address(), 3);
            assertEquals(7, Sockets.sendmsg(client, list.msghdrAddress(), Sockets.MSG_NOSIGNAL));
            assertEquals(7, Sockets.recv(server, buffer.address(), 64, 0));
            assertEquals("one two", buffer.getString(0, StandardCharsets.US_ASCII));
        }
        assertEquals(0, Sockets.shutdown(client, Sockets.SHUT_RDWR));
        Posix.close(client);
        Posix.close(server);
        Posix.close(listener);
    }

    @Test
    void shouldSetAndGetOptions() {
        int fd = tcpSocket();

        assertEquals(0, Sockets.setsockopt(fd, Sockets.IPPROTO_TCP, Sockets.TCP_NODELAY, 1));

        assertEquals(1, Sockets.getsockopt(fd, Sockets.IPPROTO_TCP, Sockets.TCP_NODELAY));
        assertEquals(0, Sockets.setLinger(fd, true, 0));
        Posix.close(fd);
    }

    @Test
    void shouldEncodeAddressesByteForByte() throws Exception {
        try (Arena arena = Arena.ofConfined()) {
            InetSocketAddress v4 = new InetSocketAddress(InetAddress.getByName("10.1.2.3"), 4420);
            byte[] linkLocal = HexFormat.of().parseHex("fe800000000000000000000000000001");
            InetSocketAddress v6 = new InetSocketAddress(Inet6Address.getByAddress(null, linkLocal, 7), 8009);

            byte[] encoded4 = SocketAddress.encode(v4, arena).toArray(ValueLayout.JAVA_BYTE);
            byte[] encoded6 = SocketAddress.encode(v6, arena).toArray(ValueLayout.JAVA_BYTE);

            assertArrayEquals(HexFormat.of().parseHex("020011440a0102030000000000000000"), encoded4);
            assertArrayEquals(
                    HexFormat.of().parseHex("0a001f4900000000fe80000000000000000000000000000107000000"), encoded6);
        }
    }

    @Test
    void shouldDecodeWhatItEncoded() throws Exception {
        try (Arena arena = Arena.ofConfined()) {
            byte[] linkLocal = HexFormat.of().parseHex("fe80000000000000000000000000abcd");
            InetSocketAddress v6 = new InetSocketAddress(Inet6Address.getByAddress(null, linkLocal, 3), 4420);

            InetSocketAddress decoded = SocketAddress.decode(SocketAddress.encode(v6, arena));

            assertEquals(v6, decoded);
            assertEquals(3, ((Inet6Address) decoded.getAddress()).getScopeId());
        }
    }

    @Test
    void shouldNameErrnos() {
        assertEquals("EADDRINUSE", Errno.name(98));
        assertEquals("EADDRNOTAVAIL", Errno.name(-99));
        assertEquals("errno 4711", Errno.name(4711));
        assertEquals("Address already in use", Errno.message(Errno.EADDRINUSE));
    }

    @Test
    void shouldKnowTheLimitOfDescriptors() {
        assertTrue(Posix.getrlimitSoft(Posix.RLIMIT_NOFILE) > 0);
        assertEquals(-Errno.EINVAL, Posix.getrlimitSoft(9999));
    }
}
