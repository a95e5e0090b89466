package org.nvmftarget.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.nvmftarget.cli.DiskHost.INTERNAL_PATH_ERROR;
import static org.nvmftarget.cli.DiskHost.NAMESPACE_NOT_READY;
import static org.nvmftarget.cli.DiskHost.await;
import static org.nvmftarget.cli.DiskHost.converged;
import static org.nvmftarget.cli.DiskHost.filled;
import static org.nvmftarget.cli.DiskHost.read;
import static org.nvmftarget.cli.DiskHost.write;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.nvmftarget.initiator.Commands;
import org.nvmftarget.initiator.Completion;
import org.nvmftarget.initiator.Host;
import org.nvmftarget.initiator.HostQueue;

/** A daemon as a process with a file, a bdev that is slower than that, and one on top that fails; and a host over TCP. */
@Timeout(600)
final class WrappedDisksIT {

    private static final int BLOCKS = 1024;
    private static final int CAPACITY_EXCEEDED = 0x081;

    @TempDir
    private Path folder;

    private DiskHost host;

    @BeforeEach
    void findPort() throws IOException {
        host = new DiskHost(folder, DaemonProcess.freePort());
    }

    private Path image() {
        return folder.resolve("disk0.img");
    }

    private Path spec(String size, String latencies, String errors) throws IOException {
        return host.spec("""
            disk0: %s
            slow0: { type: delay, base: disk0, %s }
            bad0: { type: error, base: slow0, errors: [ %s ] }
            """.formatted(DiskHost.file(image(), size), latencies, errors), "bad0");
    }

    private Path spec() throws IOException {
        return spec("4MiB", "avg_write_latency: 1ms", "");
    }

    private void growOutside() throws IOException {
        try (FileChannel channel = FileChannel.open(image(), StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.allocate(DiskHost.BLOCK), (8L << 20) - DiskHost.BLOCK);
        }
    }

    private static int writesIn(HostQueue io, List<Integer> others) {
        int status = write(io, 4, 5);
        if (status != 0 && status != INTERNAL_PATH_ERROR) {
            others.add(status);
        }
        return status;
    }

    @Test
    void aFileThatGoesAwayBelowEndsIoQuicklyAndComesBackWithoutARestart() throws Exception {
        try (DaemonProcess daemon = DaemonProcess.start(folder, spec())) {
            converged(daemon);
            try (Host connected = host.connect()) {
                HostQueue io = connected.connectIoQueues(1).getFirst();
                assertEquals(0, write(io, 3, 77));
                for (int round = 0; round < 2; round++) {
                    List<Integer> others = new ArrayList<>();
                    Files.move(image(), folder.resolve("aside"));
                    await("it is away", () -> writesIn(io, others) != 0);
                    Completion away = HostQueue.await(io.submitRead(Commands.read(1, 3, 1), DiskHost.BLOCK));
                    assertEquals(INTERNAL_PATH_ERROR, away.status());
                    assertFalse(away.dnr());
                    await("status says so", () -> daemon.command("status").out().contains("waits for bdevs.disk0"));
                    String status = daemon.command("status").out();
                    assertTrue(status.contains("Degraded"), status);
                    assertEquals(List.of(1), connected.activeNamespaces());
                    Files.move(folder.resolve("aside"), image());
                    await("it is back", () -> writesIn(io, others) == 0);
                    assertArrayEquals(filled(77), read(io, 3));
                    await(
                            "status is sound",
                            () -> !daemon.command("status").out().contains("waits for"));
                    assertEquals(List.of(), others);
                }
            }
        }
    }

    @Test
    void latenciesAndErrorsAreEditedUnderIoWithoutAPause() throws Exception {
        Path spec = spec();
        try (DaemonProcess daemon = DaemonProcess.start(folder, spec)) {
            converged(daemon);
            try (Host connected = host.connect()) {
                HostQueue io = connected.connectIoQueues(1).getFirst();
                assertEquals(0, write(io, 3, 77));
                spec("4MiB", "avg_read_latency: 2ms", "{ io_type: write, status: no_space, lba: 8, blocks: 2 }");
                await("its blocks fail", () -> write(io, 9, 1) == CAPACITY_EXCEEDED);
                assertEquals(0, write(io, 10, 1));
                assertArrayEquals(filled(77), read(io, 3));
                converged(daemon);
                spec();
                await("they do no longer", () -> write(io, 9, 1) == 0);
                converged(daemon);
                String journal = Files.readString(folder.resolve("state/journal.jsonl"));
                assertTrue(journal.contains("set_bdev_errors"), journal);
                assertTrue(journal.contains("set_bdev_latencies"), journal);
                String edits = journal.substring(journal.indexOf("set_bdev_errors"));
                assertFalse(edits.contains("pause_subsystem"), edits);
            }
        }
    }

    @Test
    void aSizeThatTheBaseGotByItselfIsKnownAfterAStartWithoutIt() throws Exception {
        Path spec = spec();
        Path aside = folder.resolve("aside");
        try (DaemonProcess daemon = DaemonProcess.start(folder, spec)) {
            converged(daemon);
            try (Host connected = host.connect()) {
                HostQueue io = connected.connectIoQueues(1).getFirst();
                CompletableFuture<Completion> event = connected.admin().submit(Commands.asyncEvent());
                growOutside();
                assertEquals(0, event.get(30, TimeUnit.SECONDS).status());
                assertEquals(2 * BLOCKS, connected.identify(0x00, 1).getLong(0));
                assertEquals(0, write(io, 2 * BLOCKS - 1, 77));
                assertEquals(0, HostQueue.await(io.submit(Commands.flush(1))).status());
            }
            daemon.kill(); // at once: nothing is left for an orderly end
        }
        Files.move(image(), aside);
        try (DaemonProcess daemon = DaemonProcess.start(folder, spec)) {
            await("status says so", () -> daemon.command("status").out().contains("waits for bdevs.disk0"));
            assertEquals(0, daemon.command("plan", "--detailed-exitcode", spec).exitCode());
            try (Host connected = host.connect()) {
                HostQueue io = connected.connectIoQueues(1).getFirst();
                assertEquals(List.of(1), connected.activeNamespaces());
                assertEquals(2 * BLOCKS, connected.identify(0x00, 1).getLong(0));
                Completion away = HostQueue.await(io.submitRead(Commands.read(1, 3, 1), DiskHost.BLOCK));
                assertEquals(NAMESPACE_NOT_READY, away.status());
                assertFalse(away.dnr());
                Files.move(aside, image());
                await("it is back", () -> write(io, 4, 5) == 0);
                assertArrayEquals(filled(77), read(io, 2 * BLOCKS - 1));
                await("status is sound", () -> !daemon.command("status").out().contains("waits for"));
            }
        }
    }

    @Test
    void aSizeThatAnEditGaveTheBaseIsKnownAfterAStartWithoutIt() throws Exception {
        Path spec = spec();
        try (DaemonProcess daemon = DaemonProcess.start(folder, spec)) {
            converged(daemon);
            spec("12MiB", "avg_write_latency: 1ms", "");
            converged(daemon);
            daemon.kill();
        }
        Files.delete(image());
        try (DaemonProcess daemon = DaemonProcess.start(folder, spec)) {
            await("status says so", () -> daemon.command("status").out().contains("waits for bdevs.disk0"));
            try (Host connected = host.connect()) {
                assertEquals(3 * BLOCKS, connected.identify(0x00, 1).getLong(0));
            }
        }
    }
}
