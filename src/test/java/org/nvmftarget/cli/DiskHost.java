package org.nvmftarget.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import org.nvmftarget.initiator.Commands;
import org.nvmftarget.initiator.Completion;
import org.nvmftarget.initiator.Host;
import org.nvmftarget.initiator.HostQueue;

/**
 * A spec whose namespace 1 is a disk, and what a host does with that.
 *
 * @param folder has the spec
 * @param port where the daemon is to listen
 */
record DiskHost(Path folder, int port) {

    static final int BLOCK = 4096;
    static final int NAMESPACE_NOT_READY = 0x082;
    static final int INTERNAL_PATH_ERROR = 0x300;

    private static final String NQN = "nqn.2026-11.org.example:disk0";
    private static final String HOST = "nqn.2026-11.org.example:host-a";

    /** Declares {@code bdevs}, a line of YAML each, and namespace 1 on {@code bdev}. */
    Path spec(String bdevs, String bdev) throws IOException {
        Path spec = folder.resolve("target.yaml");
        Path next = folder.resolve("next.yaml.part");
        Files.writeString(next, """
            version: 1
            transports: { tcp: {} }
            reconcile: { settle: 50ms }
            bdevs:
            %s
            subsystems:
              %s:
                allow_any_host: true
                namespaces: { 1: { bdev: %s } }
                listeners:
                  - { trtype: tcp, traddr: 127.0.0.1, trsvcid: %d }
            """.formatted(bdevs.indent(2).stripTrailing(), NQN, bdev, port));
        return Files.move(next, spec, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    static String file(Path image, String size) {
        return "{ type: file, path: " + image + ", size: " + size + ", block_size: 4096 }";
    }

    static void converged(DaemonProcess daemon) {
        CommandRun status = daemon.command("status", "--wait", "60s", "--for-file", daemon.spec());
        assertEquals(0, status.exitCode(), () -> status + "\n" + daemon.errOrNone());
    }

    Host connect() throws IOException {
        return connect(UUID.randomUUID());
    }

    /** A host with this identifier, which may have been there before. */
    Host connect(UUID hostId) throws IOException {
        return Host.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), NQN, HOST, hostId, 0);
    }

    static byte[] filled(long value) {
        byte[] bytes = new byte[BLOCK];
        ByteBuffer data = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < BLOCK; i += 8) {
            data.putLong(i, value);
        }
        return bytes;
    }

    static int write(HostQueue queue, long lba, long value) {
        return HostQueue.await(queue.submitWrite(Commands.write(1, lba, 1), filled(value)))
                .status();
    }

    static byte[] read(HostQueue queue, long lba) {
        Completion done = HostQueue.await(queue.submitRead(Commands.read(1, lba, 1), BLOCK));
        assertEquals(0, done.status());
        return done.data();
    }

    static void await(String what, BooleanSupplier condition) throws InterruptedException {
        for (int i = 0; !condition.getAsBoolean(); i++) {
            assertTrue(i < 3000, what);
            Thread.sleep(10);
        }
    }
}
