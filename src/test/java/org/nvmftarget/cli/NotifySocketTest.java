package org.nvmftarget.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.nvmftarget.data.ffi.libc.DatagramServer;

@Timeout(60)
final class NotifySocketTest {

    @TempDir
    private Path folder;

    @Test
    void sendsLinesInOneDatagram() throws InterruptedException {
        Path path = folder.resolve("notify");
        try (DatagramServer server = DatagramServer.bind(path.toString())) {
            NotifySocket socket =
                    NotifySocket.of(Map.of("NOTIFY_SOCKET", path.toString())).orElseThrow();

            socket.send("READY=1", "STATUS=gr\u00f6\u00dfer");
            socket.send("WATCHDOG=1");

            assertEquals("READY=1\nSTATUS=gr\u00f6\u00dfer\n", server.receive());
            assertEquals("WATCHDOG=1\n", server.receive());
        }
    }

    @Test
    void knowsNamesThatAreInNoFileSystem() throws InterruptedException {
        String name = "nvmf-target-test-" + ProcessHandle.current().pid();
        try (DatagramServer server = DatagramServer.bind("\0" + name)) {
            NotifySocket.of(Map.of("NOTIFY_SOCKET", "@" + name)).orElseThrow().send("READY=1");

            assertEquals("READY=1\n", server.receive());
        }
    }

    @Test
    void isNoneWithoutAServiceManager() {
        assertEquals(Optional.empty(), NotifySocket.of(Map.of()));
        assertEquals(Optional.empty(), NotifySocket.of(Map.of("NOTIFY_SOCKET", "")));
        assertEquals(Optional.empty(), NotifySocket.of(Map.of("NOTIFY_SOCKET", "vsock:2:1")));
    }

    @Test
    void goesOnWhenNobodyListens() {
        NotifySocket.of(Map.of("NOTIFY_SOCKET", folder.resolve("nobody").toString()))
                .orElseThrow()
                .send("READY=1");

        assertTrue(folder.toFile().isDirectory());
    }
}
