package org.nvmftarget.control.rpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nvmftarget.model.DesiredState;

/** The socket's place in the file system. */
final class SocketFileTest {

    private final FakeLocks locks = new FakeLocks();

    @TempDir
    private Path folder;

    @Test
    void onlyItsOwnerMayUseTheSocketUnlessTheSpecSaysOtherwise() throws IOException {
        Path path = folder.resolve("new/rpc.sock");
        try (SocketFile socket = SocketFile.open(path, DesiredState.Rpc.DEFAULTS, locks)) {
            assertEquals("rw-------", mode(path));
            socket.access(new DesiredState.Rpc(Optional.empty(), 0660));
            assertEquals("rw-rw----", mode(path));
        }
        assertFalse(Files.exists(path));
    }

    @Test
    void aGroupThatIsNotThereIsNamed() {
        IOException e =
                assertThrows(IOException.class, () -> open(new DesiredState.Rpc(Optional.of("no-such-group"), 0660)));
        assertEquals("rpc.group: there is no group 'no-such-group' on this machine", e.getMessage());
        assertFalse(Files.exists(folder.resolve("rpc.sock")));
    }

    @Test
    void aStaleSocketIsReplaced() throws IOException {
        Path path = folder.resolve("rpc.sock");
        try (ServerSocketChannel dead = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            dead.bind(UnixDomainSocketAddress.of(path));
        }
        assertTrue(Files.exists(path));
        try (SocketFile socket = open(DesiredState.Rpc.DEFAULTS);
                RawClient client = new RawClient(path)) {
            assertTrue(socket.server().isOpen());
            client.send("x");
        }
    }

    @Test
    void aSocketThatSomebodyServesIsRefused() throws IOException {
        Path path = folder.resolve("rpc.sock");
        try (ServerSocketChannel live = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            live.bind(UnixDomainSocketAddress.of(path));
            IOException e = assertThrows(IOException.class, () -> open(DesiredState.Rpc.DEFAULTS));
            String owner = "another process (pid " + ProcessHandle.current().pid() + ") answers at " + path;
            assertTrue(String.valueOf(e.getMessage()).startsWith(owner), e.toString());
        }
        assertTrue(Files.exists(path));
    }

    @Test
    void aSecondServerFindsTheLock() throws IOException {
        try (SocketFile first = open(DesiredState.Rpc.DEFAULTS)) {
            IOException e = assertThrows(IOException.class, () -> open(DesiredState.Rpc.DEFAULTS));
            String owner = "another process (pid " + ProcessHandle.current().pid() + ") has ";
            assertTrue(String.valueOf(e.getMessage()).startsWith(owner), e.toString());
            assertTrue(first.server().isOpen());
        }
    }

    @Test
    void aFileThatIsNoSocketIsLeftAlone() throws IOException {
        Files.writeString(folder.resolve("rpc.sock"), "precious");
        assertThrows(IOException.class, () -> open(DesiredState.Rpc.DEFAULTS));
        assertEquals("precious", Files.readString(folder.resolve("rpc.sock")));
    }

    @Test
    void aPathThatNoSocketCanHaveIsRefused() {
        Path path = folder.resolve("x".repeat(120));
        IOException e = assertThrows(IOException.class, () -> SocketFile.open(path, DesiredState.Rpc.DEFAULTS, locks));
        assertTrue(String.valueOf(e.getMessage()).contains("at most 107 bytes"), e.toString());
    }

    @Test
    void theLinkForRpcPyIsMadeWhereNothingStandsAndGoesWithTheServer() throws IOException {
        Path link = folder.resolve("spdk.sock");
        FakeViews fake = new FakeViews();
        RpcServer.Settings settings = FakeViews.settings(folder.resolve("rpc.sock"), Optional.of(link));
        try (RpcServer server = RpcServer.start(settings, fake.views());
                RawClient client = new RawClient(link)) {
            server.access(DesiredState.Rpc.DEFAULTS);
            assertTrue(client.call("{\"id\":1,\"method\":\"spdk_get_version\"}").has("result"));
        }
        assertFalse(Files.exists(link, LinkOption.NOFOLLOW_LINKS));
    }

    @Test
    void whatStandsAtTheLinksPlaceIsLeftAlone() throws IOException {
        Path link = Files.writeString(folder.resolve("spdk.sock"), "another's");
        RpcServer.Settings settings = FakeViews.settings(folder.resolve("rpc.sock"), Optional.of(link));
        RpcServer.start(settings, new FakeViews().views()).close();
        assertEquals("another's", Files.readString(link));
    }

    private SocketFile open(DesiredState.Rpc access) throws IOException {
        return SocketFile.open(folder.resolve("rpc.sock"), access, locks);
    }

    private static String mode(Path path) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    }
}
