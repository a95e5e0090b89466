package org.nvmftarget.control.rpc;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/** Which process listens at the path of a UNIX socket, as far as the kernel tells this one. */
final class SocketOwner {

    private static final String LISTENING = "00010000"; // __SO_ACCEPTCON
    private static final int FLAGS = 3;
    private static final int INODE = 6;
    private static final int PATH = 7;

    private SocketOwner() {}

    /** Its process id. Another user's processes do not show what they have open. */
    static Optional<Long> pid(Path socket) {
        try (Stream<String> sockets = Files.lines(Path.of("/proc/net/unix"))) {
            Optional<String> inode = sockets.map(line -> line.strip().split(" +", PATH + 1))
                    .filter(fields -> fields.length > PATH
                            && fields[FLAGS].equals(LISTENING)
                            && fields[PATH].equals(socket.toString()))
                    .map(fields -> fields[INODE])
                    .findFirst();
            return inode.isEmpty() ? Optional.empty() : holder("socket:[" + inode.get() + "]");
        } catch (IOException untold) {
            return Optional.empty();
        }
    }

    private static Optional<Long> holder(String open) throws IOException {
        try (DirectoryStream<Path> processes = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
            for (Path process : processes) {
                if (hasOpen(process, open)) {
                    return Optional.of(Long.parseLong(process.getFileName().toString()));
                }
            }
        }
        return Optional.empty();
    }

    private static boolean hasOpen(Path process, String open) {
        try (DirectoryStream<Path> descriptors = Files.newDirectoryStream(process.resolve("fd"))) {
            for (Path descriptor : descriptors) {
                if (Files.readSymbolicLink(descriptor).toString().equals(open)) {
                    return true;
                }
            }
            return false;
        } catch (IOException goneOrAnothers) {
            return false;
        }
    }
}
