package org.nvmftarget.data.net;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.nvmftarget.data.ffi.libc.Errno;
import org.nvmftarget.data.ffi.libc.Posix;
import org.nvmftarget.data.ffi.libc.SocketAddress;
import org.nvmftarget.data.ffi.libc.Sockets;
import org.nvmftarget.model.AddressFamily;
import org.nvmftarget.model.TransportAddress;
import org.nvmftarget.model.TransportType;

/** Socket addresses as text and back, and whether this machine has them; never asks a name service. */
public final class Addresses {

    private static final int GROUPS = 8;

    private Addresses() {}

    /** The socket address of a listener; empty where it names an interface that is not there. */
    public static Optional<InetSocketAddress> resolve(TransportAddress address) {
        try {
            InetAddress ip = InetAddress.ofLiteral(address.traddr());
            return Optional.of(new InetSocketAddress(ip, address.trsvcid()));
        } catch (IllegalArgumentException noSuchInterface) {
            return Optional.empty();
        }
    }

    public static TransportAddress toTransportAddress(TransportType trtype, InetSocketAddress address) {
        AddressFamily family = address.getAddress() instanceof Inet6Address ? AddressFamily.IPV6 : AddressFamily.IPV4;
        return new TransportAddress(trtype, family, text(address.getAddress()), address.getPort());
    }

    /** {@code 10.0.0.5:53412}, {@code [fe80::1%eth0]:53412}. */
    public static String text(InetSocketAddress address) {
        String ip = text(address.getAddress());
        return address.getAddress() instanceof Inet6Address
                ? "[" + ip + "]:" + address.getPort()
                : ip + ":" + address.getPort();
    }

    /** An IPv6 address as RFC 5952 has it, with {@code %interface} where link-local. */
    public static String text(InetAddress ip) {
        if (!(ip instanceof Inet6Address v6)) {
            return ip.getHostAddress();
        }
        byte[] bytes = v6.getAddress();
        int[] groups = new int[GROUPS];
        for (int i = 0; i < GROUPS; i++) {
            groups[i] = (bytes[2 * i] & 0xFF) << 8 | (bytes[2 * i + 1] & 0xFF);
        }
        return compress(groups) + scope(v6);
    }

    /** A link-local address without an interface with each that has it; any other as it is. */
    public static List<InetAddress> withInterface(InetAddress ip) {
        if (!(ip instanceof Inet6Address v6) || !v6.isLinkLocalAddress() || v6.getScopeId() != 0) {
            return List.of(ip);
        }
        try {
            return NetworkInterface.networkInterfaces()
                    .flatMap(NetworkInterface::inetAddresses)
                    .filter(own -> Arrays.equals(own.getAddress(), ip.getAddress()))
                    .toList();
        } catch (SocketException unreadable) {
            return List.of();
        }
    }

    private static String scope(Inet6Address v6) {
        if (!v6.isLinkLocalAddress() || v6.getScopeId() == 0) {
            return "";
        }
        try {
            NetworkInterface scoped = NetworkInterface.getByIndex(v6.getScopeId());
            return "%" + (scoped == null ? String.valueOf(v6.getScopeId()) : scoped.getName());
        } catch (SocketException unreadable) {
            return "%" + v6.getScopeId();
        }
    }

    /** The longest run of two or more zero groups, the first of equals, becomes {@code ::}. */
    private static String compress(int[] groups) {
        int bestAt = -1;
        int bestLength = 1;
        for (int i = 0; i < GROUPS; i++) {
            int length = 0;
            while (i + length < GROUPS && groups[i + length] == 0) {
                length++;
            }
            if (length > bestLength) {
                bestAt = i;
                bestLength = length;
            }
        }
        if (bestAt < 0) {
            return join(groups, 0, GROUPS);
        }
        return join(groups, 0, bestAt) + "::" + join(groups, bestAt + bestLength, GROUPS);
    }

    private static String join(int[] groups, int from, int to) {
        StringBuilder text = new StringBuilder();
        for (int i = from; i < to; i++) {
            text.append(i > from ? ":" : "").append(Integer.toHexString(groups[i]));
        }
        return text.toString();
    }

    /** Whether a socket can be bound to the address now, whatever the port. */
    public static boolean isHere(TransportAddress address) {
        return resolve(address)
                .map(target -> {
                    int type = Sockets.SOCK_DGRAM | Sockets.SOCK_CLOEXEC;
                    int fd = Sockets.socket(SocketAddress.family(target.getAddress()), type, 0);
                    int result = fd < 0 ? fd : Sockets.bind(fd, new InetSocketAddress(target.getAddress(), 0));
                    Posix.close(fd);
                    // What else can be wrong says nothing about the address.
                    return result != -Errno.EADDRNOTAVAIL && result != -Errno.ENODEV;
                })
                .orElse(false);
    }

    /** The addresses of this machine, for messages: {@code 127.0.0.1 (lo), 10.0.0.1 (eth0)}. */
    public static String ofThisMachine(AddressFamily family) {
        try {
            return NetworkInterface.networkInterfaces()
                    .flatMap(each -> Collections.list(each.getInetAddresses()).stream()
                            .filter(ip -> ip instanceof Inet6Address == (family == AddressFamily.IPV6))
                            .map(ip -> text(ip) + " (" + each.getName() + ")"))
                    .collect(Collectors.joining(", "));
        } catch (SocketException unreadable) {
            return "unknown: " + unreadable.getMessage();
        }
    }

    /** The names of this machine's interfaces. */
    public static List<String> interfaces() {
        try {
            return NetworkInterface.networkInterfaces()
                    .map(NetworkInterface::getName)
                    .toList();
        } catch (SocketException unreadable) {
            return List.of();
        }
    }
}
