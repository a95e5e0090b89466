package org.nvmftarget.data.ffi.libc;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** Socket addresses as C has them: {@code sockaddr_in} and {@code sockaddr_in6} ({@code netinet/in.h}). */
public final class SocketAddress {

    /** Bytes of {@code sockaddr_storage}. */
    public static final long STORAGE_BYTES = 128;

    static final StructLayout SOCKADDR_IN = MemoryLayout.structLayout(
            JAVA_SHORT.withName("sin_family"),
            JAVA_SHORT.withName("sin_port"),
            MemoryLayout.sequenceLayout(4, JAVA_BYTE).withName("sin_addr"),
            MemoryLayout.paddingLayout(8));
    static final StructLayout SOCKADDR_IN6 = MemoryLayout.structLayout(
            JAVA_SHORT.withName("sin6_family"),
            JAVA_SHORT.withName("sin6_port"),
            JAVA_INT.withName("sin6_flowinfo"),
            MemoryLayout.sequenceLayout(16, JAVA_BYTE).withName("sin6_addr"),
            JAVA_INT.withName("sin6_scope_id"));

    private static final long UNIX_PATH_OFFSET = Short.BYTES;
    private static final int UNIX_PATH_BYTES = 108;

    private static final long FAMILY_OFFSET = 0;
    private static final long PORT_OFFSET = SOCKADDR_IN.byteOffset(PathElement.groupElement("sin_port"));
    private static final long IPV4_OFFSET = SOCKADDR_IN.byteOffset(PathElement.groupElement("sin_addr"));
    private static final long IPV6_OFFSET = SOCKADDR_IN6.byteOffset(PathElement.groupElement("sin6_addr"));
    private static final long SCOPE_OFFSET = SOCKADDR_IN6.byteOffset(PathElement.groupElement("sin6_scope_id"));
    private static final ValueLayout.OfShort PORT = JAVA_SHORT.withOrder(ByteOrder.BIG_ENDIAN);

    private SocketAddress() {}

    /** {@link Sockets#AF_INET} or {@link Sockets#AF_INET6}. */
    public static int family(InetAddress address) {
        return address instanceof Inet6Address ? Sockets.AF_INET6 : Sockets.AF_INET;
    }

    /** The {@code sockaddr} of {@code address}, of exactly its size, with the scope id of a link-local address. */
    public static MemorySegment encode(InetSocketAddress address, Arena arena) {
        InetAddress ip = address.getAddress();
        boolean v6 = ip instanceof Inet6Address;
        MemorySegment encoded = arena.allocate(v6 ? SOCKADDR_IN6 : SOCKADDR_IN);
        encoded.set(JAVA_SHORT, FAMILY_OFFSET, (short) family(ip));
        encoded.set(PORT, PORT_OFFSET, (short) address.getPort());
        byte[] bytes = ip.getAddress();
        MemorySegment.copy(bytes, 0, encoded, JAVA_BYTE, v6 ? IPV6_OFFSET : IPV4_OFFSET, bytes.length);
        if (ip instanceof Inet6Address scoped) {
            encoded.set(JAVA_INT, SCOPE_OFFSET, scoped.getScopeId());
        }
        return encoded;
    }

    /**
     * The {@code sockaddr_un} ({@code sys/un.h}) of {@code name}: the family, and the name's bytes; a path has a NUL at its
     * end, a name that begins with one has none.
     *
     * @throws IllegalArgumentException if the name is longer than its field
     */
    static MemorySegment encodeUnix(String name, Arena arena) {
        byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
        int length = bytes.length + (name.startsWith("\0") ? 0 : 1);
        if (length > UNIX_PATH_BYTES) {
            throw new IllegalArgumentException(
                    "a UNIX socket's name has at most " + (UNIX_PATH_BYTES - 1) + " bytes: " + name);
        }
        MemorySegment encoded = arena.allocate(UNIX_PATH_OFFSET + length, Short.BYTES);
        encoded.set(JAVA_SHORT, FAMILY_OFFSET, (short) Sockets.AF_UNIX);
        MemorySegment.copy(bytes, 0, encoded, JAVA_BYTE, UNIX_PATH_OFFSET, bytes.length);
        return encoded;
    }

    /** The address in a {@code sockaddr_storage} that the kernel filled. */
    public static InetSocketAddress decode(MemorySegment storage) {
        int family = storage.get(JAVA_SHORT, FAMILY_OFFSET);
        int port = Short.toUnsignedInt(storage.get(PORT, PORT_OFFSET));
        try {
            if (family == Sockets.AF_INET) {
                return new InetSocketAddress(InetAddress.getByAddress(bytes(storage, IPV4_OFFSET, 4)), port);
            }
            if (family == Sockets.AF_INET6) {
                byte[] ip = bytes(storage, IPV6_OFFSET, 16);
                int scopeId = storage.get(JAVA_INT, SCOPE_OFFSET);
                InetAddress address =
                        scopeId == 0 ? InetAddress.getByAddress(ip) : Inet6Address.getByAddress(null, ip, scopeId);
                return new InetSocketAddress(address, port);
            }
        } catch (UnknownHostException neverForTheseLengths) {
            throw new IllegalStateException(neverForTheseLengths);
        }
        throw new IllegalArgumentException("address family " + family + " is neither AF_INET nor AF_INET6");
    }

    private static byte[] bytes(MemorySegment storage, long offset, int length) {
        return storage.asSlice(offset, length).toArray(JAVA_BYTE);
    }
}
