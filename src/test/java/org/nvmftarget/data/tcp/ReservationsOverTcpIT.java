package org.nvmftarget.data.tcp;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.nvmftarget.data.store.FileNamespaceStore;
import org.nvmftarget.data.target.NamespaceStore;
import org.nvmftarget.initiator.Commands;
import org.nvmftarget.initiator.Completion;
import org.nvmftarget.initiator.Host;
import org.nvmftarget.initiator.HostQueue;

/** Reservations between hosts with reactors, helper threads and files of their own: nothing turns by hand. */
@Timeout(120)
class ReservationsOverTcpIT {

    private static final int REGISTER = 0x0D;
    private static final int REPORT = 0x0E;
    private static final int ACQUIRE = 0x11;
    private static final int RELEASE = 0x15;
    private static final int PTPL = 3 << 30;
    private static final int WRITE_EXCLUSIVE = 1 << 8;
    private static final int EXCLUSIVE_ACCESS = 2 << 8;
    private static final int CONFLICT = 0x83;

    @TempDir
    Path folder;

    private record Connected(Host host, HostQueue queue) implements AutoCloseable {
        static Connected to(TargetRig rig, int id) throws Exception {
            Host host = rig.host(new UUID(7, id));
            return new Connected(host, host.connectIoQueues(1).getFirst());
        }

        int send(int opcode, int cdw10, long first, long second) {
            byte[] keys = ByteBuffer.allocate(16)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .putLong(first)
                    .putLong(second)
                    .array();
            return HostQueue.await(queue.submitInCapsule(Commands.reservation(opcode, 1, cdw10), keys))
                    .status();
        }

        Completion read(long lba) {
            return HostQueue.await(queue.submitRead(Commands.read(1, lba, 1), TargetRig.BLOCK));
        }

        int write(long lba, byte[] block) {
            return HostQueue.await(queue.submitInCapsule(Commands.write(1, lba, 1), block))
                    .status();
        }

        byte[] report(int length) {
            ByteBuffer sqe = Commands.reservation(REPORT, 1, length / 4 - 1).putInt(44, 1);
            return HostQueue.await(queue.submitRead(sqe, length)).data();
        }

        @Override
        public void close() throws IOException {
            host.close();
        }
    }

    /** An exclusive reservation is a lock: no count is lost, whichever reactors the hosts are on. */
    @Test
    void shouldExcludeTheOtherHosts() throws Exception {
        int hosts = 4;
        int counts = 60;
        AtomicInteger conflicts = new AtomicInteger();
        try (TargetRig rig = new TargetRig()) {
            List<CompletableFuture<Void>> all = new ArrayList<>();
            for (int i = 1; i <= hosts; i++) {
                int id = i;
                all.add(CompletableFuture.runAsync(
                        () -> countUp(rig, id, counts, conflicts),
                        task -> Thread.ofPlatform().start(task)));
            }
            all.forEach(CompletableFuture::join);
            try (Connected one = Connected.to(rig, 1)) {
                byte[] block = one.read(5).data();
                assertEquals(
                        hosts * counts,
                        ByteBuffer.wrap(block).order(ByteOrder.LITTLE_ENDIAN).getInt(0));
            }
        }
        assertTrue(conflicts.get() > 0, "the hosts were in each other's way");
    }

    private static void countUp(TargetRig rig, int id, int counts, AtomicInteger conflicts) {
        try (Connected host = Connected.to(rig, id)) {
            assertEquals(0, host.send(REGISTER, 0, 0, id));
            for (int done = 0; done < counts; ) {
                int status = host.send(ACQUIRE, EXCLUSIVE_ACCESS, id, 0);
                if (status == CONFLICT) {
                    conflicts.incrementAndGet();
                    continue;
                }
                assertEquals(0, status);
                byte[] block = host.read(5).data();
                ByteBuffer count = ByteBuffer.wrap(block).order(ByteOrder.LITTLE_ENDIAN);
                count.putInt(0, count.getInt(0) + 1);
                assertEquals(0, host.write(5, block));
                assertEquals(0, host.send(RELEASE, EXCLUSIVE_ACCESS, id, 0));
                done++;
            }
        } catch (Exception e) {
            throw new IllegalStateException("host " + id, e);
        }
    }

    /** Whoever preempts owns the namespace at once, on every reactor; the other's writes are refused from then on. */
    @Test
    void shouldFenceAHostThatKeepsWriting() throws Exception {
        try (TargetRig rig = new TargetRig();
                Connected victim = Connected.to(rig, 1);
                Connected fencer = Connected.to(rig, 2)) {
            assertEquals(0, victim.send(REGISTER, 0, 0, 1));
            assertEquals(0, victim.send(ACQUIRE, WRITE_EXCLUSIVE, 1, 0));
            assertEquals(0, fencer.send(REGISTER, 0, 0, 2));
            CompletableFuture<Integer> writes = CompletableFuture.supplyAsync(
                    () -> {
                        int n = 0;
                        byte[] block = new byte[TargetRig.BLOCK];
                        while (victim.write(7, block) == 0) {
                            n++;
                        }
                        return n;
                    },
                    task -> Thread.ofPlatform().start(task));
            TcpRig.await("some writes", () -> fencer.read(7).status() == 0);
            assertEquals(0, fencer.send(ACQUIRE, 2 | WRITE_EXCLUSIVE, 2, 1));
            byte[] mine = new byte[TargetRig.BLOCK];
            mine[0] = 42;
            assertEquals(0, fencer.write(7, mine));
            assertTrue(writes.join() >= 0);
            assertEquals(CONFLICT, victim.write(7, new byte[TargetRig.BLOCK]));
            assertArrayEquals(mine, fencer.read(7).data());
        }
    }

    @Test
    void shouldKeepWhatPersistsThroughARestart() throws Exception {
        NamespaceStore store = new FileNamespaceStore(folder.resolve("namespaces"));
        byte[] before;
        try (TargetRig rig = new TargetRig(store);
                Connected a = Connected.to(rig, 1);
                Connected b = Connected.to(rig, 2)) {
            assertEquals(0, a.send(REGISTER, PTPL, 0, 0x11));
            assertEquals(0, b.send(REGISTER, 0, 0, 0x22));
            assertEquals(0, a.send(ACQUIRE, EXCLUSIVE_ACCESS, 0x11, 0));
            before = a.report(256);
        }
        try (TargetRig rig = new TargetRig(new FileNamespaceStore(folder.resolve("namespaces")));
                Connected a = Connected.to(rig, 1);
                Connected b = Connected.to(rig, 2)) {
            assertArrayEquals(before, b.report(256));
            assertEquals(CONFLICT, b.read(0).status());
            assertEquals(0, a.read(0).status());
            assertEquals(0, a.send(RELEASE, 1, 0x11, 0));
            assertEquals(0, b.read(0).status());
        }
        try (Stream<Path> files = Files.list(folder.resolve("namespaces"))) {
            assertEquals(1, files.count(), "PTPL is still on");
        }
    }
}
