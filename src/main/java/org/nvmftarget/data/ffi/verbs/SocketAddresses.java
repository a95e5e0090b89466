package org.nvmftarget.data.ffi.verbs;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;
import java.lang.foreign.ValueLayout;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteOrder;

/** {@code sockaddr_in} and {@code sockaddr_in6} to and from Java's addresses. */
final class SocketAddresses {
    private SocketAddresses() {}

    private static final short AF_INET = 2;
    private static final short AF_INET6 = 10;
    private static final ValueLayout.OfShort PORT = JAVA_SHORT.withOrder(ByteOrder.BIG_ENDIAN);

    static MemorySegment encode(InetSocketAddress address, SegmentAllocator allocator) {
        MemorySegment s = allocator.allocate(CmLayouts.SOCKADDR_BYTES, 8);
        byte[] bytes = address.getAddress().getAddress();
        s.set(PORT, CmLayouts.SIN_PORT_OFFSET, (short) address.getPort());
        if (address.getAddress() instanceof Inet6Address inet6) {
            s.set(JAVA_SHORT, CmLayouts.SIN_FAMILY_OFFSET, AF_INET6);
            MemorySegment.copy(bytes, 0, s, JAVA_BYTE, CmLayouts.SIN6_ADDR_OFFSET, bytes.length);
            s.set(JAVA_INT, CmLayouts.SIN6_SCOPE_ID_OFFSET, inet6.getScopeId());
        } else {
            s.set(JAVA_SHORT, CmLayouts.SIN_FAMILY_OFFSET, AF_INET);
            MemorySegment.copy(bytes, 0, s, JAVA_BYTE, CmLayouts.SIN_ADDR_OFFSET, bytes.length);
        }
        return s;
    }

    /** @param s a {@code sockaddr_storage}; of another family than IP, it gives {@code 0.0.0.0:0} */
    static InetSocketAddress decode(MemorySegment s) {
        int port = s.get(PORT, CmLayouts.SIN_PORT_OFFSET) & 0xFFFF;
        try {
            return switch (s.get(JAVA_SHORT, CmLayouts.SIN_FAMILY_OFFSET)) {
                case AF_INET ->
                    new InetSocketAddress(InetAddress.getByAddress(bytes(s, CmLayouts.SIN_ADDR_OFFSET, 4)), port);
                case AF_INET6 -> new InetSocketAddress(inet6(s), port);
                default -> new InetSocketAddress(InetAddress.getByAddress(new byte[4]), 0);
            };
        } catch (UnknownHostException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private static InetAddress inet6(MemorySegment s) throws UnknownHostException {
        byte[] bytes = bytes(s, CmLayouts.SIN6_ADDR_OFFSET, 16);
        int scope = s.get(JAVA_INT, CmLayouts.SIN6_SCOPE_ID_OFFSET);
        return scope == 0 ? InetAddress.getByAddress(bytes) : Inet6Address.getByAddress(null, bytes, scope);
    }

    private static byte[] bytes(MemorySegment s, long offset, int length) {
        return s.asSlice(offset, length).toArray(JAVA_BYTE);
    }
}
