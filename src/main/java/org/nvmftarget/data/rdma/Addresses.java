package org.nvmftarget.data.rdma;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.nvmftarget.model.AddressFamily;
import org.nvmftarget.model.TransportAddress;
import org.nvmftarget.model.TransportType;

/** Java's addresses to and from transport addresses; never asks a name service. */
final class Addresses {
    private Addresses() {}

    private static final int GROUPS = 8;

    /** @throws IllegalArgumentException if {@code traddr} is no numeric address, or names a scope that is not here */
    static InetSocketAddress of(TransportAddress address) {
        try {
            return new InetSocketAddress(InetAddress.ofLiteral(address.traddr()), address.trsvcid());
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(address.traddr() + ": " + e.getMessage(), e);
        }
    }

    static TransportAddress of(InetSocketAddress address) {
        InetAddress ip = address.getAddress();
        AddressFamily family = ip instanceof Inet6Address ? AddressFamily.IPV6 : AddressFamily.IPV4;
        return new TransportAddress(TransportType.RDMA, family, text(ip), address.getPort());
    }

    /** For people: {@code 10.0.0.5:53412}, {@code [::1]:4420}. */
    static String text(InetSocketAddress address) {
        String ip = text(address.getAddress());
        return (ip.indexOf(':') >= 0 ? "[" + ip + "]" : ip) + ":" + address.getPort();
    }

    /** An address in canonical text: RFC 5952 for IPv6, with {@code %scope} where link-local. */
    static String text(InetAddress address) {
        if (!(address instanceof Inet6Address inet6)) {
            return address.getHostAddress();
        }
        String host = inet6.getHostAddress();
        // Java tells the interface of every address that it enumerates; only a link-local one needs it.
        int scope = inet6.isLinkLocalAddress() ? host.indexOf('%') : -1;
        return compressed(inet6.getAddress()) + (scope < 0 ? "" : host.substring(scope));
    }

    /** The longest run of at least two zero groups, the first of equals, becomes {@code ::}. */
    private static String compressed(byte[] bytes) {
        int start = -1;
        int length = 1;
        for (int i = 0; i < GROUPS; i++) {
            int n = zeroes(bytes, i);
            if (n > length) {
                start = i;
                length = n;
            }
        }
        if (start < 0) {
            return groups(bytes, 0, GROUPS);
        }
        return groups(bytes, 0, start) + "::" + groups(bytes, start + length, GROUPS);
    }

    private static int zeroes(byte[] bytes, int from) {
        int n = 0;
        while (from + n < GROUPS && group(bytes, from + n) == 0) {
            n++;
        }
        return n;
    }

    private static String groups(byte[] bytes, int from, int to) {
        StringBuilder s = new StringBuilder();
        for (int i = from; i < to; i++) {
            s.append(i == from ? "" : ":").append(Integer.toHexString(group(bytes, i)));
        }
        return s.toString();
    }

    private static int group(byte[] bytes, int index) {
        return ((bytes[2 * index] & 0xFF) << 8) | (bytes[2 * index + 1] & 0xFF);
    }
}
