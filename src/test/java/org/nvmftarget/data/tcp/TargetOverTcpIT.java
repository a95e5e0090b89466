package org.nvmftarget.data.tcp;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nvmftarget.initiator.Commands;
import org.nvmftarget.initiator.Completion;
import org.nvmftarget.initiator.Host;
import org.nvmftarget.initiator.HostQueue;
import org.nvmftarget.model.Nqn;
import org.nvmftarget.model.Nsid;
import org.nvmftarget.model.Step;
import org.nvmftarget.model.TransportAddress;

/** The target as a host sees it over TCP, also while an operator changes it. */
@Timeout(120)
class TargetOverTcpIT {

    private static final int BLOCK = TargetRig.BLOCK;
    private static final int INVALID_NAMESPACE = 0x0B;

    private final TargetRig rig = new TargetRig();

    @AfterEach
    void close() {
        rig.close();
    }

    private static byte[] random(int length, long seed) {
        byte[] data = new byte[length];
        new Random(seed).nextBytes(data);
        return data;
    }

    private static byte[] read(HostQueue queue, int nsid, long lba, int length) {
        Completion done = HostQueue.await(queue.submitRead(Commands.read(nsid, lba, length / BLOCK), length));
        assertEquals(0, done.status());
        return done.data();
    }

    private static void assertSucceeds(CompletableFuture<Completion> submitted) {
        assertEquals(0, HostQueue.await(submitted).status());
    }

    private static String text(ByteBuffer from, int at, int length) {
        byte[] bytes = new byte[length];
        from.get(at, bytes);
        return new String(bytes, StandardCharsets.UTF_8).replace('\0', ' ').strip();
    }

    @Test
    void shouldTellADiscoveringHostOfTheSubsystem() throws Exception {
        try (Host host =
                Host.connect(TargetRig.socket(rig.address), Nqn.DISCOVERY.value(), TargetRig.HOST.value(), 0)) {
            ByteBuffer log = host.logPage(0x70, 0, 1024 + 2 * 1024);
            List<String> records = new ArrayList<>();
            for (int i = 0; i < log.getLong(8); i++) {
                int at = 1024 + i * 1024;
                records.add("trtype " + log.get(at) + " subtype " + log.get(at + 2) + " " + text(log, at + 256, 256)
                        + " at " + text(log, at + 512, 256) + ":" + text(log, at + 32, 32));
            }

            String at = " at 127.0.0.1:" + rig.address.trsvcid();
            assertTrue(records.contains("trtype 3 subtype 2 " + TargetRig.NQN.value() + at), records::toString);
        }
    }

    @Test
    void shouldIdentifyItself() throws Exception {
        try (Host host = rig.host()) {
            ByteBuffer controller = host.identify(0x01, 0);

            assertEquals((64 + 4096) / 16, controller.getInt(1792), "IOCCSZ");
            assertEquals(List.of(1), host.activeNamespaces());
            assertEquals(TargetRig.DISK_BYTES / BLOCK, host.identify(0x00, 1).getLong(0), "NSZE");
        }
        rig.assertNothingLeft();
    }

    @ParameterizedTest
    @ValueSource(ints = {512, 4096, 8192, 12288, 65536, 131072})
    void shouldReadBackWhatWasWritten(int length) throws Exception {
        byte[] data = random(length, length);
        try (Host host = rig.host()) {
            HostQueue queue = host.connectIoQueues(1).getFirst();
            if (length <= 4096) {
                assertSucceeds(queue.submitInCapsule(Commands.write(1, 3, length / BLOCK), data));
            } else {
                assertSucceeds(queue.submitWrite(Commands.write(1, 3, length / BLOCK), data));
            }

            assertArrayEquals(data, read(queue, 1, 3, length));
            assertSucceeds(queue.submit(Commands.flush(1)));
        }
    }

    @Test
    void shouldZeroAndDeallocate() throws Exception {
        try (Host host = rig.host()) {
            HostQueue queue = host.connectIoQueues(1).getFirst();
            assertSucceeds(queue.submitWrite(Commands.write(1, 0, 32), random(16384, 1)));
            assertSucceeds(queue.submit(Commands.writeZeroes(1, 0, 8)));
            assertSucceeds(queue.submitInCapsule(Commands.deallocate(1), Commands.range(8, 8)));

            assertArrayEquals(new byte[8192], read(queue, 1, 0, 8192));
        }
    }

    @Test
    void shouldServeManyQueuesAtOnce() throws Exception {
        try (Host host = rig.host()) {
            List<HostQueue> queues = host.connectIoQueues(4);
            for (int round = 0; round < 10; round++) {
                List<CompletableFuture<Completion>> writes = new ArrayList<>();
                for (int i = 0; i < 64; i++) {
                    byte[] data = random(32768, round * 64 + i);
                    writes.add(queues.get(i % 4).submitWrite(Commands.write(1, i * 64L, 64), data));
                }
                writes.forEach(TargetOverTcpIT::assertSucceeds);
                for (int i = 0; i < 64; i++) {
                    assertArrayEquals(random(32768, round * 64 + i), read(queues.get((i + 1) % 4), 1, i * 64L, 32768));
                }
            }
        }
        rig.assertNothingLeft();
    }

    /** Writes and reads without end, on queues of its own, and counts what fails. */
    private static final class Load implements AutoCloseable {
        private final AtomicBoolean stop = new AtomicBoolean();
        private final AtomicInteger done = new AtomicInteger();
        private final AtomicInteger failed = new AtomicInteger();
        private final List<Thread> threads = new ArrayList<>();

        Load(List<HostQueue> queues) {
            for (HostQueue queue : queues) {
                int base = threads.size() * 4096;
                threads.add(Thread.ofPlatform().start(() -> run(queue, base)));
            }
        }

        private void run(HostQueue queue, int base) {
            for (int i = 0; !stop.get(); i++) {
                byte[] data = random(16384, i);
                long lba = base + i % 64 * 32L;
                Completion written = HostQueue.await(queue.submitWrite(Commands.write(1, lba, 32), data));
                Completion got = HostQueue.await(queue.submitRead(Commands.read(1, lba, 32), 16384));
                boolean same = Arrays.equals(data, got.data());
                if (!written.succeeded() || !got.succeeded() || !same) {
                    failed.incrementAndGet();
                }
                done.incrementAndGet();
            }
        }

        void awaitProgress() {
            int before = done.get();
            TcpRig.await("I/O flows", () -> done.get() > before + 20);
        }

        @Override
        public void close() {
            stop.set(true);
            TcpRig.await("the load's end", () -> threads.stream().noneMatch(Thread::isAlive));
            assertEquals(0, failed.get(), "failed commands");
        }
    }

    @Test
    void shouldTellAHostOfANamespaceThatIsAddedUnderIo() throws Exception {
        try (Host host = rig.host()) {
            List<HostQueue> queues = host.connectIoQueues(2);
            assertSucceeds(host.admin().submit(Commands.setFeatures(0x0B, 1 << 8)));
            CompletableFuture<Completion> event = host.admin().submit(Commands.asyncEvent());
            try (Load load = new Load(queues)) {
                load.awaitProgress();
                rig.pause();
                rig.addNamespace(2);
                rig.resume();

                assertEquals(0x040002, HostQueue.await(event).result() & 0xFFFFFF, "namespace attribute changed");
                load.awaitProgress();
            }
            assertEquals(2, host.logPage(0x04, 0xFFFFFFFF, 4096).getInt(0));
            assertEquals(List.of(1, 2), host.activeNamespaces());
            byte[] data = random(4096, 2);
            assertSucceeds(queues.getFirst().submitInCapsule(Commands.write(2, 0, 8), data));
            assertArrayEquals(data, read(queues.getLast(), 2, 0, 4096));
        }
        rig.assertNothingLeft();
    }

    @Test
    void shouldTakeHostsAtAListenerThatIsAddedUnderIo() throws Exception {
        TransportAddress second = TargetRig.newAddress();
        try (Host host = rig.host();
                Load load = new Load(host.connectIoQueues(2))) {
            load.awaitProgress();
            rig.pause();
            rig.apply(new Step.AddListener(TargetRig.NQN, second));
            rig.resume();
            load.awaitProgress();

            try (Host other = rig.host(second, 0)) {
                assertEquals(List.of(1), other.activeNamespaces());
            }
            load.awaitProgress();
        }
        rig.assertNothingLeft();
    }

    @Test
    void shouldAnswerInvalidNamespaceOnceItIsRemovedUnderIo() throws Exception {
        try (Host host = rig.host()) {
            HostQueue queue = host.connectIoQueues(1).getFirst();
            List<CompletableFuture<Completion>> reads = new ArrayList<>();
            for (int i = 0; i < 16; i++) {
                reads.add(queue.submitRead(Commands.read(1, 0, 256), 131072));
            }
            rig.pause(1);
            for (int i = 0; i < 8; i++) {
                reads.add(queue.submitRead(Commands.read(1, 0, 8), 4096));
            }
            rig.apply(new Step.RemoveNamespace(TargetRig.NQN, new Nsid(1)));
            rig.resume();

            for (CompletableFuture<Completion> read : reads) {
                int status = HostQueue.await(read).status();
                assertTrue(status == 0 || status == INVALID_NAMESPACE, () -> Integer.toHexString(status));
            }
            assertEquals(
                    INVALID_NAMESPACE,
                    HostQueue.await(queue.submitRead(Commands.read(1, 0, 8), 4096))
                            .status());
            assertEquals(List.of(), host.activeNamespaces());
        }
        rig.assertNothingLeft();
    }

    @Test
    void shouldHoldIoToAPausedNamespaceAndRunItOnResume() throws Exception {
        try (Host host = rig.host()) {
            HostQueue queue = host.connectIoQueues(1).getFirst();
            rig.pause(1);
            byte[] data = random(8192, 4);
            CompletableFuture<Completion> write = queue.submitWrite(Commands.write(1, 0, 16), data);
            assertSucceeds(host.admin().submit(Commands.keepAlive()));
            assertFalse(write.isDone());

            rig.resume();

            assertSucceeds(write);
            assertArrayEquals(data, read(queue, 1, 0, 8192));
        }
    }

    @Test
    void shouldDisconnectTheHostsOfAListenerThatIsRemoved() throws Exception {
        TransportAddress second = TargetRig.newAddress();
        rig.pause();
        rig.apply(new Step.AddListener(TargetRig.NQN, second));
        rig.resume();
        try (Host stays = rig.host();
                Host goes = rig.host(second, 0)) {
            HostQueue queue = goes.connectIoQueues(1).getFirst();
            rig.pause();
            rig.apply(new Step.RemoveListener(TargetRig.NQN, second));
            rig.resume();

            assertEquals("closed", goes.admin().ended().get(10, TimeUnit.SECONDS));
            assertEquals("closed", queue.ended().get(10, TimeUnit.SECONDS));
            assertEquals(List.of(1), stays.activeNamespaces());
        }
        rig.assertNothingLeft();
    }

    @Test
    void shouldDisconnectAHostThatIsRemovedAndRefuseItAfterwards() throws Exception {
        rig.pause();
        rig.apply(new Step.AddHost(TargetRig.NQN, TargetRig.HOST));
        rig.apply(new Step.SetAllowAnyHost(TargetRig.NQN, false));
        rig.resume();
        try (Host host = rig.host()) {
            rig.pause();
            rig.apply(new Step.RemoveHost(TargetRig.NQN, TargetRig.HOST));
            rig.resume();

            assertEquals("closed", host.admin().ended().get(10, TimeUnit.SECONDS));
        }
        assertEquals(0x184, assertThrows(Host.Refused.class, rig::host).status());
        rig.assertNothingLeft();
    }

    @Test
    void shouldDropAHostWhoseKeepAliveExpires() throws Exception {
        try (Host silent = rig.host(rig.address, 300)) {
            HostQueue queue = silent.connectIoQueues(1).getFirst();

            assertEquals("closed", silent.admin().ended().get(10, TimeUnit.SECONDS));
            assertEquals("closed", queue.ended().get(10, TimeUnit.SECONDS));
        }
        rig.assertNothingLeft();
    }

    @Test
    void shouldLeaveNothingOfHostsThatWereKilledUnderIo() throws Exception {
        for (int round = 0; round < 5; round++) {
            Host host = rig.host();
            CompletableFuture<Completion> _ = host.admin().submit(Commands.asyncEvent());
            for (HostQueue queue : host.connectIoQueues(3)) {
                for (int i = 0; i < 24; i++) {
                    CompletableFuture<Completion> _ =
                            queue.submitWrite(Commands.write(1, i * 256L, 256), new byte[131072]);
                    CompletableFuture<Completion> _ = queue.submitRead(Commands.read(1, i * 256L, 256), 131072);
                }
                queue.kill();
            }
            host.admin().kill();
            rig.assertNothingLeft();
        }
    }
}
