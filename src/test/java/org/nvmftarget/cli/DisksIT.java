package org.nvmftarget.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.nvmftarget.cli.DiskHost.INTERNAL_PATH_ERROR;
import static org.nvmftarget.cli.DiskHost.NAMESPACE_NOT_READY;
import static org.nvmftarget.cli.DiskHost.await;
import static org.nvmftarget.cli.DiskHost.converged;
import static org.nvmftarget.cli.DiskHost.filled;
import static org.nvmftarget.cli.DiskHost.read;
import static org.nvmftarget.cli.DiskHost.write;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.nvmftarget.data.bdev.LoopDevice;
import org.nvmftarget.initiator.Commands;
import org.nvmftarget.initiator.Completion;
import org.nvmftarget.initiator.Host;
import org.nvmftarget.initiator.HostQueue;

/** A daemon as a process, its disks, and a host over TCP. The long form, {@code -Dlong=true}, kills it a hundred times. */
@Timeout(3600)
final class DisksIT {

    private static final int BLOCK = DiskHost.BLOCK;
    private static final int BLOCKS = 1024;
    private static final int KILLS = Boolean.getBoolean("long") ? 100 : 10;

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

    private String file(String size) {
        return DiskHost.file(image(), size);
    }

    private Path spec(String bdev) throws IOException {
        return host.spec("disk0: " + bdev, "disk0");
    }

    private Host connect() throws IOException {
        return host.connect();
    }

    @Test
    void whatWasWrittenIsThereAfterARestart() throws Exception {
        Path spec = spec(file("4MiB"));
        try (DaemonProcess daemon = DaemonProcess.start(folder, spec)) {
            converged(daemon);
            try (Host connected = connect()) {
                HostQueue io = connected.connectIoQueues(1).getFirst();
                for (int lba = 0; lba < 64; lba++) {
                    assertEquals(0, write(io, lba, 1000 + lba));
                }
                assertEquals(0, HostQueue.await(io.submit(Commands.flush(1))).status());
            }
            assertEquals(0, daemon.terminate(30), daemon::errOrNone);
        }
        try (DaemonProcess daemon = DaemonProcess.start(folder, spec)) {
            converged(daemon);
            try (Host connected = connect()) {
                HostQueue io = connected.connectIoQueues(1).getFirst();
                for (int lba = 0; lba < 64; lba++) {
                    assertArrayEquals(filled(1000 + lba), read(io, lba));
                }
                assertArrayEquals(filled(0), read(io, 64));
            }
            CommandRun export = daemon.command("export");
            assertTrue(export.out().contains("path: " + image()), export::toString);
            assertEquals(0, daemon.command("plan", "--detailed-exitcode", spec).exitCode());
        }
    }

    /** What was acknowledged is there; what was under way is old or new, and nothing else. */
    @Test
    void killedInTheMidstOfWritesLosesAndTearsNothing() throws Exception {
        long seed = Long.getLong("seed", 20261126L);
        Random random = new Random(seed);
        Path spec = spec(file("4MiB"));
        Map<Long, List<Long>> possible = new TreeMap<>();
        long value = 0;
        for (int kill = 0; kill < KILLS; kill++) {
            String where = "seed " + seed + ", kill " + kill;
            try (DaemonProcess daemon = DaemonProcess.start(folder, spec)) {
                converged(daemon);
                try (Host connected = connect()) {
                    HostQueue io = connected.connectIoQueues(1).getFirst();
                    check(io, possible, where);
                    value = writeUntilKilled(daemon, io, possible, random, value);
                }
            }
        }
        try (DaemonProcess daemon = DaemonProcess.start(folder, spec)) {
            converged(daemon);
            try (Host connected = connect()) {
                check(connected.connectIoQueues(1).getFirst(), possible, "seed " + seed);
            }
        }
    }

    private static void check(HostQueue io, Map<Long, List<Long>> possible, String where) {
        possible.forEach((lba, values) -> {
            byte[] found = read(io, lba);
            long first = ByteBuffer.wrap(found).order(ByteOrder.LITTLE_ENDIAN).getLong();
            assertArrayEquals(filled(first), found, () -> where + ": block " + lba + " is torn");
            assertTrue(values.contains(first), () -> where + ": block " + lba + " has " + first + " of " + values);
        });
    }

    private record UnderWay(long lba, long value, CompletableFuture<Completion> end) {}

    private static long writeUntilKilled(
            DaemonProcess daemon, HostQueue io, Map<Long, List<Long>> possible, Random random, long last)
            throws InterruptedException {
        long value = last;
        int batches = 1 + random.nextInt(40);
        List<UnderWay> underWay = new ArrayList<>();
        for (int batch = 0; batch <= batches; batch++) {
            underWay.clear();
            int first = random.nextInt(BLOCKS - 16);
            for (int i = 0; i < 16; i++) {
                value++;
                possible.computeIfAbsent(first + (long) i, _ -> new ArrayList<>(List.of(0L)))
                        .add(value);
                underWay.add(
                        new UnderWay(first + i, value, io.submitWrite(Commands.write(1, first + i, 1), filled(value))));
            }
            if (batch == batches) {
                Thread.sleep(0, random.nextInt(900_000));
                daemon.kill();
            }
            underWay.forEach(write -> settle(write, possible));
        }
        return value;
    }

    private static void settle(UnderWay write, Map<Long, List<Long>> possible) {
        try {
            if (write.end().get(30, TimeUnit.SECONDS).succeeded()) {
                possible.put(write.lba(), new ArrayList<>(List.of(write.value())));
            }
        } catch (ExecutionException killed) {
            // Nobody has said that it is done: it may be, or not.
        } catch (TimeoutException | InterruptedException hung) {
            throw new AssertionError(hung);
        }
    }

    @Test
    void aFileThatGoesAwayEndsIoQuicklyAndComesBackWithoutARestart() throws Exception {
        Path spec = spec(file("4MiB"));
        try (DaemonProcess daemon = DaemonProcess.start(folder, spec)) {
            converged(daemon);
            try (Host connected = connect()) {
                HostQueue io = connected.connectIoQueues(1).getFirst();
                assertEquals(0, write(io, 3, 77));
                Files.move(image(), folder.resolve("aside"));
                await("it is away", () -> write(io, 4, 1) != 0);
                Completion away = HostQueue.await(io.submitRead(Commands.read(1, 3, 1), BLOCK));
                assertEquals(INTERNAL_PATH_ERROR, away.status());
                assertFalse(away.dnr());
                await("status says so", () -> daemon.command("status").out().contains("waits for bdevs.disk0"));
                assertEquals(List.of(1), connected.activeNamespaces());
                Files.move(folder.resolve("aside"), image());
                await("it is back", () -> write(io, 4, 5) == 0);
                assertArrayEquals(filled(77), read(io, 3));
                await("status is sound", () -> !daemon.command("status").out().contains("waits for"));
            }
        }
    }

    @Test
    void aFileThatGrowsFromOutsideOrByAnEditIsToldToHosts() throws Exception {
        Path spec = spec(file("4MiB"));
        try (DaemonProcess daemon = DaemonProcess.start(folder, spec)) {
            converged(daemon);
            try (Host connected = connect()) {
                CompletableFuture<Completion> event = connected.admin().submit(Commands.asyncEvent());
                try (FileChannel channel = FileChannel.open(image(), StandardOpenOption.WRITE)) {
                    channel.write(ByteBuffer.allocate(BLOCK), (8L << 20) - BLOCK);
                }
                assertEquals(0, event.get(30, TimeUnit.SECONDS).status());
                assertEquals(2 * BLOCKS, connected.identify(0x00, 1).getLong(0));
                assertEquals(
                        0, daemon.command("plan", "--detailed-exitcode", spec).exitCode(), "it is adopted");
                connected.logPage(0x04, 0, 4096);
                CompletableFuture<Completion> next = connected.admin().submit(Commands.asyncEvent());
                spec(file("12MiB"));
                assertEquals(0, next.get(30, TimeUnit.SECONDS).status());
                assertEquals(3 * BLOCKS, connected.identify(0x00, 1).getLong(0));
                assertEquals(12L << 20, Files.size(image()));
                spec(file("4MiB"));
                CommandRun refused = daemon.command("status", "--wait", "30s", "--for-file", spec);
                assertEquals(ExitCode.REFUSED, refused.exitCode(), refused::toString);
                assertEquals(12L << 20, Files.size(image()));
            }
        }
    }

    /** Hosts give up a disk whose namespace is no longer listed. */
    @Test
    void aFileThatIsMissingAtTheStartKeepsItsNamespaceAndItsSize() throws Exception {
        Path spec = spec(file("4MiB"));
        Path aside = folder.resolve("aside");
        try (DaemonProcess daemon = DaemonProcess.start(folder, spec)) {
            converged(daemon);
            try (Host connected = connect()) {
                HostQueue io = connected.connectIoQueues(1).getFirst();
                assertEquals(0, write(io, 3, 77));
                assertEquals(0, HostQueue.await(io.submit(Commands.flush(1))).status());
            }
            daemon.kill();
        }
        Files.move(image(), aside);
        try (DaemonProcess daemon = DaemonProcess.start(folder, spec)) {
            await("status says so", () -> daemon.command("status").out().contains("waits for bdevs.disk0"));
            assertFalse(Files.exists(image()), "it is not made anew");
            assertEquals(0, daemon.command("plan", "--detailed-exitcode", spec).exitCode());
            try (Host connected = connect()) {
                HostQueue io = connected.connectIoQueues(1).getFirst();
                assertEquals(List.of(1), connected.activeNamespaces());
                assertEquals(BLOCKS, connected.identify(0x00, 1).getLong(0));
                Completion away = HostQueue.await(io.submitRead(Commands.read(1, 3, 1), BLOCK));
                assertEquals(NAMESPACE_NOT_READY, away.status());
                assertFalse(away.dnr());
                spec(file("8MiB"));
                await("it is accepted", () -> daemon.command("status").out().contains("generation 2"));
                assertEquals(BLOCKS, connected.identify(0x00, 1).getLong(0), "what is away does not grow");
                Files.move(aside, image());
                await("it is back", () -> write(io, 4, 5) == 0);
                assertArrayEquals(filled(77), read(io, 3));
                converged(daemon);
                assertEquals(2 * BLOCKS, connected.identify(0x00, 1).getLong(0));
                await("status is sound", () -> !daemon.command("status").out().contains("waits for"));
            }
        }
    }

    @Test
    void whatIsNotThereOrNotFreeIsWaitedForAndTakenWhenItIs() throws Exception {
        Path later = folder.resolve("later");
        Path spec = spec("{ type: file, path: " + later.resolve("disk0.img") + ", size: 4MiB, block_size: 4096 }");
        try (DaemonProcess daemon = DaemonProcess.start(folder, spec)) {
            await("it is pending", () -> daemon.command("status").out().contains("is not there"));
            Files.createDirectory(later);
            await("it is taken", () -> Files.exists(later.resolve("disk0.img")));
            converged(daemon);
            await("nothing waits", () -> !daemon.command("status").out().contains("Pending"));
            Path other = Files.createDirectory(folder.resolve("other"));
            Path second = Files.copy(spec, other.resolve("target.yaml"));
            Files.writeString(
                    second,
                    Files.readString(second)
                            .replace("trsvcid: " + host.port(), "trsvcid: " + DaemonProcess.freePort()));
            try (DaemonProcess rival = DaemonProcess.start(other, second)) {
                await("two never share", () -> rival.command("status").out().contains("held by another program"));
                daemon.kill();
                await(
                        "the other takes over",
                        () -> !rival.command("status").out().contains("held by another"));
                converged(rival);
            }
        }
    }

    @Test
    void aBlockDeviceIsServedHeldAloneAndGrows() throws Exception {
        try (LoopDevice loop = LoopDevice.attach(4L << 20, 512)) {
            assumeFalse(loop.path().isEmpty(), "no loop device is to be had here");
            Path spec = spec("{ type: block, path: " + loop.path() + ", block_size: 4096 }");
            try (DaemonProcess daemon = DaemonProcess.start(folder, spec)) {
                converged(daemon);
                try (Host connected = connect()) {
                    HostQueue io = connected.connectIoQueues(1).getFirst();
                    assertEquals(BLOCKS, connected.identify(0x00, 1).getLong(0));
                    assertEquals(0, write(io, 9, 4711));
                    assertEquals(
                            0, HostQueue.await(io.submit(Commands.flush(1))).status());
                    CompletableFuture<Completion> event = connected.admin().submit(Commands.asyncEvent());
                    try (FileChannel backing = FileChannel.open(loop.backing(), StandardOpenOption.WRITE)) {
                        backing.write(ByteBuffer.allocate(1), (8L << 20) - 1);
                    }
                    loop.adoptSize();
                    assertEquals(0, event.get(30, TimeUnit.SECONDS).status());
                    assertEquals(2 * BLOCKS, connected.identify(0x00, 1).getLong(0));
                    assertEquals(0, write(io, 2 * BLOCKS - 1, 12));
                    assertArrayEquals(filled(4711), read(io, 9));
                }
                Process mkfs = new ProcessBuilder("mkfs.ext4", "-q", loop.path()).start();
                assertTrue(mkfs.waitFor() != 0, "an exclusive device was taken by another program");
                assertEquals(0, daemon.terminate(30), daemon::errOrNone);
            }
        }
    }
}
