package org.nvmftarget.data.ffi.libc;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;

/** Sockets that tell of changed links, addresses and devices ({@code linux/netlink.h}, {@code linux/rtnetlink.h}). */
public final class Netlink {

    public static final int RTMGRP_LINK = 0x1;
    public static final int RTMGRP_IPV4_IFADDR = 0x10;
    public static final int RTMGRP_IPV6_IFADDR = 0x100;

    static final int AF_NETLINK = 16;
    static final int SOCK_RAW = 3;
    static final int NETLINK_ROUTE = 0;
    static final int NETLINK_KOBJECT_UEVENT = 15;

    /** The group of the kernel's own messages; udev's come in another. */
    private static final int UEVENTS_OF_KERNEL = 1;

    static final StructLayout SOCKADDR_NL = MemoryLayout.structLayout(
            JAVA_SHORT.withName("nl_family"),
            JAVA_SHORT.withName("nl_pad"),
            JAVA_INT.withName("nl_pid"),
            JAVA_INT.withName("nl_groups"));

    private static final long GROUPS_OFFSET = SOCKADDR_NL.byteOffset(PathElement.groupElement("nl_groups"));

    private Netlink() {}

    /** A non-blocking route socket that hears {@code groups}, or a negated errno. */
    public static int openRoute(int groups) {
        return open(NETLINK_ROUTE, groups);
    }

    /** A non-blocking socket that hears what the kernel tells of devices, or a negated errno. */
    public static int openUevents() {
        return open(NETLINK_KOBJECT_UEVENT, UEVENTS_OF_KERNEL);
    }

    private static int open(int protocol, int groups) {
        int type = SOCK_RAW | Sockets.SOCK_CLOEXEC | Sockets.SOCK_NONBLOCK;
        int fd = Sockets.socket(AF_NETLINK, type, protocol);
        if (fd < 0) {
            return fd;
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment address = arena.allocate(SOCKADDR_NL);
            address.set(JAVA_SHORT, 0, (short) AF_NETLINK);
            address.set(JAVA_INT, GROUPS_OFFSET, groups);
            int result = Sockets.bind(fd, address);
            if (result < 0) {
                Posix.close(fd);
                return result;
            }
        }
        return fd;
    }
}
