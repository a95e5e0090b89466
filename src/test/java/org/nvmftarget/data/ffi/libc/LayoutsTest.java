package org.nvmftarget.data.ffi.libc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.StructLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The layouts and constants against a golden table, and against the installed headers where there is a compiler. */
class LayoutsTest {

    private static long offset(StructLayout layout, String field) {
        return layout.byteOffset(PathElement.groupElement(field));
    }

    private static Map<String, Long> ours() {
        Map<String, Long> ours = new LinkedHashMap<>();
        ours.put("sizeof(struct sockaddr_in)", SocketAddress.SOCKADDR_IN.byteSize());
        ours.put("offsetof(struct sockaddr_in, sin_port)", offset(SocketAddress.SOCKADDR_IN, "sin_port"));
        ours.put("offsetof(struct sockaddr_in, sin_addr)", offset(SocketAddress.SOCKADDR_IN, "sin_addr"));
        ours.put("sizeof(struct sockaddr_in6)", SocketAddress.SOCKADDR_IN6.byteSize());
        ours.put("offsetof(struct sockaddr_in6, sin6_addr)", offset(SocketAddress.SOCKADDR_IN6, "sin6_addr"));
        ours.put("offsetof(struct sockaddr_in6, sin6_scope_id)", offset(SocketAddress.SOCKADDR_IN6, "sin6_scope_id"));
        ours.put("sizeof(struct sockaddr_storage)", SocketAddress.STORAGE_BYTES);
        ours.put("sizeof(struct iovec)", ScatterList.IOVEC.byteSize());
        ours.put("offsetof(struct iovec, iov_len)", offset(ScatterList.IOVEC, "iov_len"));
        ours.put("sizeof(struct msghdr)", ScatterList.MSGHDR.byteSize());
        ours.put("offsetof(struct msghdr, msg_iov)", offset(ScatterList.MSGHDR, "msg_iov"));
        ours.put("offsetof(struct msghdr, msg_iovlen)", offset(ScatterList.MSGHDR, "msg_iovlen"));
        ours.put("offsetof(struct msghdr, msg_control)", offset(ScatterList.MSGHDR, "msg_control"));
        ours.put("offsetof(struct msghdr, msg_flags)", offset(ScatterList.MSGHDR, "msg_flags"));
        ours.put("sizeof(struct epoll_event)", Epoll.EVENT.byteSize());
        ours.put("offsetof(struct epoll_event, data)", offset(Epoll.EVENT, "data"));
        for (String field : new String[] {
            "stx_mode",
            "stx_ino",
            "stx_size",
            "stx_rdev_major",
            "stx_dev_minor",
            "stx_dio_mem_align",
            "stx_dio_offset_align"
        }) {
            ours.put("offsetof(struct statx, " + field + ")", offset(FileStatus.STATX, field));
        }
        ours.put("sizeof(struct statx)", FileStatus.STATX.byteSize());
        return ours;
    }

    private static Map<String, Long> constants() {
        Map<String, Long> ours = new LinkedHashMap<>();
        ours.put("AF_INET6", (long) Sockets.AF_INET6);
        ours.put("SOCK_DGRAM", (long) Sockets.SOCK_DGRAM);
        ours.put("SOCK_NONBLOCK", (long) Sockets.SOCK_NONBLOCK);
        ours.put("SOCK_CLOEXEC", (long) Sockets.SOCK_CLOEXEC);
        ours.put("TCP_NODELAY", (long) Sockets.TCP_NODELAY);
        ours.put("TCP_USER_TIMEOUT", (long) Sockets.TCP_USER_TIMEOUT);
        ours.put("IPPROTO_IPV6", (long) Sockets.IPPROTO_IPV6);
        ours.put("IPV6_V6ONLY", (long) Sockets.IPV6_V6ONLY);
        ours.put("SOL_SOCKET", (long) Sockets.SOL_SOCKET);
        ours.put("SO_REUSEADDR", (long) Sockets.SO_REUSEADDR);
        ours.put("SO_ERROR", (long) Sockets.SO_ERROR);
        ours.put("SO_SNDBUF", (long) Sockets.SO_SNDBUF);
        ours.put("SO_RCVBUF", (long) Sockets.SO_RCVBUF);
        ours.put("SO_PRIORITY", (long) Sockets.SO_PRIORITY);
        ours.put("SO_LINGER", (long) Sockets.SO_LINGER);
        ours.put("MSG_DONTWAIT", (long) Sockets.MSG_DONTWAIT);
        ours.put("MSG_NOSIGNAL", (long) Sockets.MSG_NOSIGNAL);
        ours.put("MSG_MORE", (long) Sockets.MSG_MORE);
        ours.put("EPOLLRDHUP", (long) Epoll.EPOLLRDHUP);
        ours.put("EPOLL_CTL_MOD", (long) Epoll.EPOLL_CTL_MOD);
        ours.put("EPOLL_CLOEXEC", (long) Epoll.EPOLL_CLOEXEC);
        ours.put("EFD_NONBLOCK", (long) Epoll.EFD_NONBLOCK);
        ours.put("O_NONBLOCK", (long) Posix.O_NONBLOCK);
        ours.put("F_SETFL", (long) Posix.F_SETFL);
        ours.put("RLIMIT_NOFILE", (long) Posix.RLIMIT_NOFILE);
        ours.put("RLIMIT_MEMLOCK", (long) Posix.RLIMIT_MEMLOCK);
        ours.put("AF_NETLINK", (long) Netlink.AF_NETLINK);
        ours.put("SOCK_RAW", (long) Netlink.SOCK_RAW);
        ours.put("NETLINK_ROUTE", (long) Netlink.NETLINK_ROUTE);
        ours.put("NETLINK_KOBJECT_UEVENT", (long) Netlink.NETLINK_KOBJECT_UEVENT);
        ours.put("RTMGRP_LINK", (long) Netlink.RTMGRP_LINK);
        ours.put("RTMGRP_IPV4_IFADDR", (long) Netlink.RTMGRP_IPV4_IFADDR);
        ours.put("RTMGRP_IPV6_IFADDR", (long) Netlink.RTMGRP_IPV6_IFADDR);
        ours.put("sizeof(struct sockaddr_nl)", Netlink.SOCKADDR_NL.byteSize());
        ours.put("O_RDWR", (long) DiskFiles.O_RDWR);
        ours.put("O_CREAT", (long) DiskFiles.O_CREAT);
        ours.put("O_EXCL", (long) DiskFiles.O_EXCL);
        ours.put("O_CLOEXEC", (long) DiskFiles.O_CLOEXEC);
        ours.put("O_DIRECT", (long) DiskFiles.O_DIRECT);
        ours.put("LOCK_EX|LOCK_NB", (long) (DiskFiles.LOCK_EX | DiskFiles.LOCK_NB));
        ours.put("LOCK_UN", (long) DiskFiles.LOCK_UN);
        ours.put("FALLOC_FL_KEEP_SIZE", (long) DiskFiles.FALLOC_FL_KEEP_SIZE);
        ours.put("FALLOC_FL_PUNCH_HOLE", (long) DiskFiles.FALLOC_FL_PUNCH_HOLE);
        ours.put("FALLOC_FL_ZERO_RANGE", (long) DiskFiles.FALLOC_FL_ZERO_RANGE);
        ours.put("BLKGETSIZE64", DiskFiles.BLKGETSIZE64);
        ours.put("BLKSSZGET", DiskFiles.BLKSSZGET);
        ours.put("STATX_BASIC_STATS", (long) FileStatus.STATX_BASIC_STATS);
        ours.put("AT_EMPTY_PATH", (long) FileStatus.AT_EMPTY_PATH);
        ours.put("AT_FDCWD", (long) FileStatus.AT_FDCWD);
        ours.put("EIO", (long) Errno.EIO);
        ours.put("ENXIO", (long) Errno.ENXIO);
        ours.put("ENOSPC", (long) Errno.ENOSPC);
        ours.put("EROFS", (long) Errno.EROFS);
        ours.put("ENOSYS", (long) Errno.ENOSYS);
        ours.put("ENODATA", (long) Errno.ENODATA);
        ours.put("EDQUOT", (long) Errno.EDQUOT);
        ours.put("ENOMEDIUM", (long) Errno.ENOMEDIUM);
        ours.put("EAGAIN", (long) Errno.EAGAIN);
        ours.put("EADDRINUSE", (long) Errno.EADDRINUSE);
        ours.put("EADDRNOTAVAIL", (long) Errno.EADDRNOTAVAIL);
        ours.put("ECANCELED", (long) Errno.ECANCELED);
        return ours;
    }

    @Test
    void shouldHaveTheLayoutsOfTheAbi() {
        assertEquals(
                "16 2 4 28 8 24 128 16 8 56 16 24 32 48 28 32 40 128 140 152 156 256",
                ours().entrySet().stream()
                        .filter(entry -> !entry.getKey().contains("epoll"))
                        .map(entry -> entry.getValue().toString())
                        .collect(Collectors.joining(" ")));
    }

    @Test
    void shouldPackAnEpollEventOnX86Alone() {
        assertEquals(12, Epoll.eventLayout("amd64").byteSize());
        assertEquals(4, offset(Epoll.eventLayout("amd64"), "data"));
        assertEquals(16, Epoll.eventLayout("aarch64").byteSize());
        assertEquals(8, offset(Epoll.eventLayout("aarch64"), "data"));
    }

    @Test
    void shouldAgreeWithTheInstalledHeaders(@TempDir Path folder) throws Exception {
        Path compiler = Path.of("/usr/bin/gcc");
        assumeTrue(Files.isExecutable(compiler), "no C compiler at " + compiler + ": the headers were not looked at");
        Map<String, Long> expected = ours();
        expected.putAll(constants());

        Map<String, Long> actual = probe(folder, compiler, expected.keySet());

        assertEquals(expected, actual);
    }

    private static Map<String, Long> probe(Path folder, Path compiler, Iterable<String> expressions)
            throws IOException, InterruptedException {
        StringBuilder program = new StringBuilder();
        for (String header : new String[] {
            "stdio.h",
            "stddef.h",
            "errno.h",
            "fcntl.h",
            "netinet/in.h",
            "netinet/tcp.h",
            "sys/socket.h",
            "sys/uio.h",
            "sys/epoll.h",
            "linux/rtnetlink.h",
            "sys/eventfd.h",
            "sys/resource.h",
            "sys/file.h",
            "sys/stat.h",
            "linux/fs.h"
        }) {
            program.append("#include <").append(header).append(">\n");
        }
        program.append("int main(void) {\n");
        for (String expression : expressions) {
            program.append("printf(\"%s=%ld\\n\", \"")
                    .append(expression)
                    .append("\", (long)(")
                    .append(expression)
                    .append("));\n");
        }
        Path source = Files.writeString(folder.resolve("probe.c"), program.append("return 0; }\n"));
        Path binary = folder.resolve("probe");
        run(compiler.toString(), "-D_GNU_SOURCE", "-o", binary.toString(), source.toString());
        Map<String, Long> result = new LinkedHashMap<>();
        run(binary.toString()).lines().forEach(line -> {
            int equals = line.lastIndexOf('=');
            result.put(line.substring(0, equals), Long.valueOf(line.substring(equals + 1)));
        });
        return result;
    }

    private static String run(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, process.waitFor(), output);
        return output;
    }
}
