package org.nvmftarget.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.nvmftarget.cli.DiskHost.INTERNAL_PATH_ERROR;
import static org.nvmftarget.cli.DiskHost.NAMESPACE_NOT_READY;
import static org.nvmftarget.cli.DiskHost.await;
import static org.nvmftarget.cli.DiskHost.converged;
import static org.nvmftarget.cli.DiskHost.write;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.nvmftarget.initiator.Commands;
import org.nvmftarget.initiator.Completion;
import org.nvmftarget.initiator.Host;
import org.nvmftarget.initiator.HostQueue;

/** A disk is lost while the target serves it: a host that has it gets a path error, and one that comes later does not. */
@Timeout(600)
final class LostDisksIT {

    private static final UUID HOST = new UUID(5, 6);

    @TempDir
    private Path folder;

    private DiskHost hosts;
    private DaemonProcess daemon;

    @BeforeEach
    void serve() throws IOException {
        hosts = new DiskHost(folder, DaemonProcess.freePort());
        daemon = DaemonProcess.start(folder, hosts.spec("""
            disk0: %s
            bad0: { type: error, base: disk0 }
            """.formatted(DiskHost.file(image(), "4MiB")), "bad0"));
        converged(daemon);
    }

    @AfterEach
    void end() {
        daemon.close();
    }

    private Path image() {
        return folder.resolve("disk0.img");
    }

    private Path aside() {
        return folder.resolve("aside");
    }

    private void loseTheDisk() throws Exception {
        Files.move(image(), aside());
        await("status says so", () -> daemon.command("status").out().contains("waits for bdevs.disk0"));
    }

    private void bringItBack() throws Exception {
        Files.move(aside(), image());
        await("status is sound", () -> !daemon.command("status").out().contains("waits for"));
    }

    private static HostQueue queue(Host host) throws IOException {
        return host.connectIoQueues(1).getFirst();
    }

    private static void assertReadsAs(int status, HostQueue io) {
        Completion done = HostQueue.await(io.submitRead(Commands.read(1, 3, 1), DiskHost.BLOCK));
        assertEquals(status, done.status());
        assertEquals(false, done.dnr());
    }

    /** A Linux host that scans a new disk retries a path error for ever. */
    @Test
    void aHostThatComesWhileItIsAwayIsToldThatItIsNotReady() throws Exception {
        try (Host before = hosts.connect()) {
            HostQueue had = queue(before);
            assertEquals(0, write(had, 3, 1));
            loseTheDisk();
            try (Host after = hosts.connect()) {
                HostQueue never = queue(after);
                assertReadsAs(NAMESPACE_NOT_READY, never);
                assertEquals(
                        NAMESPACE_NOT_READY,
                        HostQueue.await(never.submit(Commands.flush(-1))).status());
                assertReadsAs(INTERNAL_PATH_ERROR, had);
                bringItBack();
                assertReadsAs(0, never);
                assertReadsAs(0, had);
                loseTheDisk();
                assertReadsAs(INTERNAL_PATH_ERROR, never);
                assertReadsAs(INTERNAL_PATH_ERROR, had);
            }
        }
    }

    /** It has the disk by another path, or is about to come back to it. */
    @Test
    void aHostThatHadItKeepsGettingAPathErrorOnEveryNewController() throws Exception {
        try (Host first = hosts.connect(HOST)) {
            HostQueue had = queue(first);
            loseTheDisk();
            assertReadsAs(INTERNAL_PATH_ERROR, had);
            try (Host second = hosts.connect(HOST)) {
                assertReadsAs(INTERNAL_PATH_ERROR, queue(second));
            }
        }
        try (Host back = hosts.connect(HOST)) { // both connections were lost, and the host reconnects
            assertReadsAs(INTERNAL_PATH_ERROR, queue(back));
        }
    }

    @Test
    void aHostThatDisconnectsAndConnectsComesAnew() throws Exception {
        try (Host first = hosts.connect(HOST)) {
            HostQueue had = queue(first);
            loseTheDisk();
            assertReadsAs(INTERNAL_PATH_ERROR, had);
            first.shutDown();
        }
        try (Host again = hosts.connect(HOST)) {
            assertReadsAs(NAMESPACE_NOT_READY, queue(again));
        }
    }
}
