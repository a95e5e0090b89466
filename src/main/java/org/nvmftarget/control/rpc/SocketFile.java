package org.nvmftarget.control.rpc;

import java.io.Closeable;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipalNotFoundException;
import java.util.EnumSet;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.nvmftarget.model.DesiredState;

/**
 * The socket's place in the file system: a stale socket there is replaced, a live one is not touched. While it is
 * ours, a lock on the file beside it with {@code .lock} at its end says so.
 */
final class SocketFile implements AutoCloseable {

    /** {@code sun_path} without its NUL. */
    private static final int MAX_PATH_BYTES = 107;

    private static final int BACKLOG = 128;

    private final Path path;
    private final Closeable lock;
    private final ServerSocketChannel server;
    private final @Nullable Object fileKey;

    private SocketFile(Path path, Closeable lock, ServerSocketChannel server, @Nullable Object fileKey) {
        this.path = path;
        this.lock = lock;
        this.server = server;
        this.fileKey = fileKey;
    }

    /**
     * Listens at {@code path}; its folder is made if it is missing.
     *
     * @throws IOException in words for the operator, if another process answers there, or something else stands there
     */
    static SocketFile open(Path path, DesiredState.Rpc access, SocketLock locks) throws IOException {
        Path folder = Objects.requireNonNull(path.toAbsolutePath().getParent(), "folder");
        Path nursery = folder.resolve(".rpc-" + ProcessHandle.current().pid());
        checkLength(nursery.resolve("s"), path);
        Files.createDirectories(folder);
        Closeable lock = lock(path, locks);
        try {
            checkFree(path);
            Files.createDirectories(
                    nursery, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            return new SocketFile(path, lock, bind(path, nursery, access), key(path));
        } catch (IOException | RuntimeException e) {
            lock.close();
            throw e;
        } finally {
            Files.deleteIfExists(nursery);
        }
    }

    ServerSocketChannel server() {
        return server;
    }

    /** Gives the socket its group and mode. */
    void access(DesiredState.Rpc access) throws IOException {
        apply(path, access);
    }

    @Override
    public void close() throws IOException {
        server.close();
        if (fileKey != null && fileKey.equals(key(path))) {
            Files.deleteIfExists(path);
        }
        lock.close();
    }

    /** Binds where nobody else comes, so that the socket has its mode before it can be reached. */
    private static ServerSocketChannel bind(Path path, Path nursery, DesiredState.Rpc access) throws IOException {
        Path born = nursery.resolve("s");
        Files.deleteIfExists(born);
        ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        try {
            server.bind(UnixDomainSocketAddress.of(born), BACKLOG);
            apply(born, access);
            Files.move(born, path, StandardCopyOption.ATOMIC_MOVE);
            return server;
        } catch (IOException | RuntimeException e) {
            server.close();
            Files.deleteIfExists(born);
            throw e;
        }
    }

    private static void apply(Path socket, DesiredState.Rpc access) throws IOException {
        PosixFileAttributeView view = Files.getFileAttributeView(socket, PosixFileAttributeView.class);
        if (access.group().isPresent()) {
            String group = access.group().get();
            try {
                view.setGroup(
                        socket.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByGroupName(group));
            } catch (UserPrincipalNotFoundException e) {
                throw new IOException("rpc.group: there is no group '" + group + "' on this machine", e);
            }
        }
        view.setPermissions(permissions(access.mode()));
    }

    private static Set<PosixFilePermission> permissions(int mode) {
        Set<PosixFilePermission> permissions = EnumSet.noneOf(PosixFilePermission.class);
        PosixFilePermission[] all = PosixFilePermission.values();
        for (int i = 0; i < all.length; i++) {
            if ((mode & 0400 >> i) != 0) {
                permissions.add(all[i]);
            }
        }
        return permissions;
    }

    private static void checkLength(Path longest, Path path) throws IOException {
        int bytes = Math.max(
                longest.toString().getBytes(StandardCharsets.UTF_8).length,
                path.toString().getBytes(StandardCharsets.UTF_8).length);
        if (bytes > MAX_PATH_BYTES) {
            throw new IOException("the path of a socket has at most " + MAX_PATH_BYTES + " bytes: " + path
                    + " is too long; choose another by --rpc-socket");
        }
    }

    /** The file tells whose the lock is: not for this program, but for whoever finds it taken. */
    private static Closeable lock(Path path, SocketLock locks) throws IOException {
        Path file = path.resolveSibling(path.getFileName() + ".lock");
        Optional<Closeable> lock = locks.tryLock(file);
        if (lock.isEmpty()) {
            Optional<Long> owner = Optional.of(Files.readString(file).strip())
                    .filter(text -> text.matches("[0-9]{1,18}"))
                    .map(Long::parseLong)
                    .or(() -> SocketOwner.pid(path));
            throw new IOException("another process" + named(owner) + " has " + path + " (" + file
                    + " is locked): stop it, or choose another path by --rpc-socket");
        }
        Files.writeString(file, ProcessHandle.current().pid() + "\n");
        return lock.get();
    }

    private static String named(Optional<Long> pid) {
        return pid.map(number -> " (pid " + number + ")").orElse("");
    }

    private static void checkFree(Path path) throws IOException {
        BasicFileAttributes attributes;
        try {
            attributes = Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        } catch (NoSuchFileException free) {
            return;
        }
        if (!attributes.isOther()) {
            throw new IOException(path + " is no socket: move it away, or choose another path by --rpc-socket");
        }
        try (SocketChannel probe = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            probe.connect(UnixDomainSocketAddress.of(path));
        } catch (IOException stale) {
            return;
        }
        throw new IOException("another process" + named(SocketOwner.pid(path)) + " answers at " + path
                + ": stop it, or choose another path by --rpc-socket");
    }

    private static @Nullable Object key(Path path) {
        try {
            return Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
                    .fileKey();
        } catch (IOException gone) {
            return null;
        }
    }
}
