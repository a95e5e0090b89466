package org.nvmftarget.data.tcp;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nvmftarget.data.target.FakeQueuePairs;
import org.nvmftarget.initiator.Commands;
import org.nvmftarget.initiator.Completion;
import org.nvmftarget.initiator.HostQueue;
import org.nvmftarget.initiator.RawConnection;
import org.nvmftarget.model.TransportOptions;

@Timeout(120)
class TcpDataIT {

    private static final int BLOCK = FakeQueuePairs.BLOCK_BYTES;

    private TcpRig rig = TcpRig.withDefaults();

    @AfterEach
    void close() {
        rig.close();
    }

    private void rig(TransportOptions.Tcp options, PoolSizes sizes) {
        rig.close();
        rig = new TcpRig(options, TcpRig.quick(), sizes);
    }

    private static byte[] random(int length, long seed) {
        byte[] data = new byte[length];
        new Random(seed).nextBytes(data);
        return data;
    }

    private static byte[] read(HostQueue queue, long lba, int length) {
        Completion done = HostQueue.await(queue.submitRead(Commands.read(1, lba, length / BLOCK), length));
        assertEquals(0, done.status());
        return done.data();
    }

    @ParameterizedTest
    @ValueSource(ints = {512, 4096, 4608, 8192, 8704, 65536, 131072})
    void shouldReadBackWhatWasWrittenByReadyToTransfer(int length) throws Exception {
        byte[] data = random(length, length);
        try (HostQueue queue = rig.queue(1)) {
            assertEquals(
                    0,
                    HostQueue.await(queue.submitWrite(Commands.write(1, 7, length / BLOCK), data))
                            .status());

            assertArrayEquals(data, read(queue, 7, length));
        }
        rig.assertNothingLeft();
    }

    @ParameterizedTest
    @ValueSource(ints = {512, 4096})
    void shouldReadBackWhatWasWrittenInTheCapsule(int length) throws Exception {
        byte[] data = random(length, length);
        try (HostQueue queue = rig.queue(1)) {
            Completion done = HostQueue.await(queue.submitInCapsule(Commands.write(1, 9, length / BLOCK), data));

            assertEquals(0, done.status());
            assertArrayEquals(data, read(queue, 9, length));
        }
    }

    @Test
    void shouldTakeEightKiBInTheCapsuleOfAnAdminQueue() throws Exception {
        byte[] data = random(8192, 3);
        try (HostQueue queue = rig.queue(0)) {
            Completion done = HostQueue.await(queue.submitInCapsule(Commands.write(1, 0, 16), data));

            assertEquals(0, done.status());
            assertArrayEquals(data, read(queue, 0, 8192));
        }
    }

    @ParameterizedTest
    @CsvSource({"true, true", "false, false"})
    void shouldSaySuccessByFlagOnlyWhereTheOptionAllows(boolean option, boolean expected) throws Exception {
        TransportOptions.Tcp defaults = TransportOptions.tcp();
        rig(new TransportOptions.Tcp(defaults.common(), option, 0, 32), PoolSizes.DEFAULTS);
        try (HostQueue queue = rig.queue(1)) {
            Completion done = HostQueue.await(queue.submitRead(Commands.read(1, 0, 8), 4096));

            assertEquals(expected, done.byFlag());
        }
    }

    @Test
    void shouldAlignDataAsTheHostWants() throws Exception {
        try (RawConnection host = RawConnection.open(rig.target())) {
            host.negotiate(31);
            host.send(RawConnection.capsule(
                    Commands.connect(1, 31, 0, true).putInt(32, 1024).putInt(36, 1 << 24), new byte[1024]));
            assertEquals(RawConnection.RSP, host.receive().orElseThrow().type());
            host.send(
                    RawConnection.capsule(Commands.read(1, 0, 1).putInt(32, 512).putInt(36, 0x5A << 24), new byte[0]));

            RawConnection.Pdu data = host.receive().orElseThrow();

            assertEquals(RawConnection.C2H_DATA, data.type());
            assertEquals(128, data.dataOffset());
            assertEquals(128 + 512, data.bytes().capacity());
        }
    }

    @Test
    void shouldTakeTheDataOfOneReadyToTransferInManyPieces() throws Exception {
        byte[] data = random(65536, 5);
        try (RawConnection host = RawConnection.open(rig.target())) {
            host.negotiate(0);
            host.send(RawConnection.capsule(
                    Commands.connect(1, 31, 0, true).putInt(32, 1024).putInt(36, 1 << 24), new byte[1024]));
            assertEquals(RawConnection.RSP, host.receive().orElseThrow().type());
            host.send(RawConnection.capsule(
                    Commands.write(1, 0, 128)
                            .putInt(32, 65536)
                            .putInt(36, 0x5A << 24)
                            .putShort(2, (short) 77),
                    new byte[0]));
            RawConnection.Pdu r2t = host.receive().orElseThrow();
            assertEquals(RawConnection.R2T, r2t.type());
            assertEquals(77, r2t.u16(8));
            assertEquals(65536, r2t.u32(16));
            for (int at = 0; at < 65536; at += 1024) {
                host.send(RawConnection.h2cData(77, r2t.u16(10), at, data, at, 1024, at == 64512));
            }

            RawConnection.Pdu response = host.receive().orElseThrow();

            assertEquals(RawConnection.RSP, response.type());
            assertEquals(77, response.u16(20));
            assertEquals(0, response.u16(22));
        }
        try (HostQueue queue = rig.queue(1)) {
            assertArrayEquals(data, read(queue, 0, 65536));
        }
    }

    @Test
    void shouldReadPdusThatComeByteByByte() throws Exception {
        byte[] data = random(1024, 6);
        try (RawConnection host = RawConnection.open(rig.target())) {
            host.sendInPieces(RawConnection.icReq(0, 0, 0), 1);
            assertEquals(RawConnection.ICRESP, host.receive().orElseThrow().type());
            host.sendInPieces(
                    RawConnection.capsule(
                            Commands.connect(1, 31, 0, true).putInt(32, 1024).putInt(36, 1 << 24), data),
                    3);

            assertEquals(0, host.receive().orElseThrow().u16(22));
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldKeepManyCommandsOfManyQueuesApart(boolean inline) throws Exception {
        if (!inline) {
            rig.core.completeLater();
        }
        List<HostQueue> queues = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            queues.add(rig.queue(i + 1));
        }
        for (int round = 0; round < 20; round++) {
            writeAndVerify(queues, round);
        }
        for (HostQueue queue : queues) {
            queue.close();
        }
        rig.assertNothingLeft();
    }

    private static void writeAndVerify(List<HostQueue> queues, int round) {
        int[] lengths = {512, 4096, 16384, 131072, 1024, 8192, 65536, 2048};
        List<CompletableFuture<Completion>> writes = new ArrayList<>();
        List<byte[]> written = new ArrayList<>();
        for (int i = 0; i < queues.size() * lengths.length; i++) {
            byte[] data = random(lengths[i % lengths.length], round * 1000L + i);
            written.add(data);
            HostQueue queue = queues.get(i % queues.size());
            writes.add(
                    data.length <= 4096
                            ? queue.submitInCapsule(Commands.write(1, i * 256L, data.length / BLOCK), data)
                            : queue.submitWrite(Commands.write(1, i * 256L, data.length / BLOCK), data));
        }
        writes.forEach(write -> assertEquals(0, HostQueue.await(write).status()));
        List<CompletableFuture<Completion>> reads = new ArrayList<>();
        for (int i = 0; i < written.size(); i++) {
            int length = written.get(i).length;
            reads.add(
                    queues.get((i + 1) % queues.size()).submitRead(Commands.read(1, i * 256L, length / BLOCK), length));
        }
        for (int i = 0; i < reads.size(); i++) {
            assertArrayEquals(written.get(i), HostQueue.await(reads.get(i)).data());
        }
    }

    @Test
    void shouldLetCommandsWaitForBuffersAndServeThemAll() throws Exception {
        rig(TransportOptions.tcp(), new PoolSizes(2, 2 * 131072));
        List<CompletableFuture<Completion>> done = new ArrayList<>();
        try (HostQueue one = rig.queue(1);
                HostQueue two = rig.queue(2);
                HostQueue three = rig.queue(3)) {
            List<HostQueue> queues = List.of(one, two, three);
            byte[] data = random(131072, 8);
            for (int i = 0; i < 90; i++) {
                HostQueue queue = queues.get(i % 3);
                done.add(
                        i % 2 == 0
                                ? queue.submitWrite(Commands.write(1, i * 256L, 256), data)
                                : queue.submitRead(Commands.read(1, i * 256L, 256), 131072));
            }

            done.forEach(each -> assertEquals(0, HostQueue.await(each).status()));
        }
        rig.assertNothingLeft();
    }

    @Test
    void shouldFreeTheBuffersOfAConnectionThatWasKilledForThoseWhoWait() throws Exception {
        rig(TransportOptions.tcp(), new PoolSizes(2, 2 * 131072));
        rig.core.hold();
        HostQueue killed = openWithoutWaiting();
        HostQueue patient = openWithoutWaiting();
        HostQueue other = openWithoutWaiting();
        for (HostQueue queue : List.of(killed, patient, other)) {
            for (int i = 0; i < 8; i++) {
                CompletableFuture<Completion> _ = queue.submitRead(Commands.read(1, i, 256), 131072);
            }
        }
        TcpRig.await("commands held", () -> rig.core.pairs().stream().anyMatch(pair -> pair.heldCount() > 1));

        killed.kill();
        other.kill();
        rig.core.releaseHeld();

        assertEquals(
                0,
                HostQueue.await(patient.submitRead(Commands.read(1, 0, 256), 131072))
                        .status());
        patient.close();
        rig.assertNothingLeft();
    }

    private HostQueue openWithoutWaiting() throws Exception {
        HostQueue queue = HostQueue.open(rig.target());
        CompletableFuture<Completion> _ =
                queue.submitInCapsule(Commands.connect(1, 127, 0, true), new byte[Commands.CONNECT_DATA_LENGTH]);
        return queue;
    }

    @Test
    void shouldNotStallAHostThatDoesNotReadItsAnswersForAWhile() throws Exception {
        try (RawConnection slow = RawConnection.open(rig.target());
                HostQueue quick = rig.queue(2)) {
            slow.negotiate(0);
            slow.send(RawConnection.capsule(
                    Commands.connect(1, 127, 0, true).putInt(32, 1024).putInt(36, 1 << 24), new byte[1024]));
            for (int i = 0; i < 100; i++) {
                slow.send(RawConnection.capsule(
                        Commands.read(1, 0, 256)
                                .putInt(32, 131072)
                                .putInt(36, 0x5A << 24)
                                .putShort(2, (short) i),
                        new byte[0]));
            }
            assertTrue(HostQueue.await(quick.submitRead(Commands.read(1, 0, 1), 512))
                    .succeeded());

            int answered = 0;
            assertEquals(RawConnection.RSP, slow.receive().orElseThrow().type());
            while (answered < 100) {
                RawConnection.Pdu data = slow.receive().orElseThrow();
                assertEquals(RawConnection.C2H_DATA, data.type());
                assertEquals(131072, data.u32(16));
                answered++;
            }
            assertFalse(quick.ended().isDone());
        }
        rig.assertNothingLeft();
    }
}
