package org.nvmftarget.data.tcp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.nvmftarget.data.target.FakeQueuePairs;
import org.nvmftarget.initiator.Commands;
import org.nvmftarget.initiator.Completion;
import org.nvmftarget.initiator.HostQueue;
import org.nvmftarget.initiator.RawConnection;
import org.nvmftarget.model.AddressFamily;
import org.nvmftarget.model.StepResult;
import org.nvmftarget.model.TransportAddress;
import org.nvmftarget.model.TransportOptions;
import org.nvmftarget.model.TransportType;

/** Listeners and connections from their beginning to their end. */
@Timeout(120)
class TcpLifeIT {

    private TcpRig rig = TcpRig.withDefaults();

    @AfterEach
    void close() {
        rig.close();
    }

    private static int openDescriptors() {
        String[] names = new File("/proc/self/fd").list();
        return Objects.requireNonNull(names).length;
    }

    private static TransportAddress address(AddressFamily family, String traddr) {
        return new TransportAddress(TransportType.TCP, family, traddr, TcpRig.freePort());
    }

    @Test
    void shouldLeaveNothingOfConnectionsThatWereKilledWithCommandsInFlight() throws Exception {
        rig.queue(1).close();
        rig.assertNothingLeft();
        int before = openDescriptors();
        for (int round = 0; round < 10; round++) {
            HostQueue queue = rig.queue(1);
            rig.core.hold();
            for (int i = 0; i < 16; i++) {
                CompletableFuture<Completion> _ = queue.submitWrite(Commands.write(1, i * 256L, 256), new byte[131072]);
                CompletableFuture<Completion> _ = queue.submitRead(Commands.read(1, i * 256L, 256), 131072);
                CompletableFuture<Completion> _ = queue.submit(Commands.asyncEvent());
            }
            TcpRig.await("commands in flight", () -> rig.core.pairs().getLast().heldCount() > 8);
            queue.kill();
            TcpRig.await("the core was told", () -> rig.core.pairs().getLast().isClosed());
            assertEquals(1, rig.transport.connectionCount(), "the core still has commands of it");
            rig.core.releaseHeld();
            rig.assertNothingLeft();
        }
        TcpRig.await("all descriptors closed", () -> openDescriptors() <= before);
    }

    @Test
    void shouldSendTheResponsesThatAreThereBeforeItDisconnects() throws Exception {
        HostQueue queue = rig.queue(1);
        FakeQueuePairs.Pair pair = rig.core.pairs().getFirst();
        rig.core.hold();
        List<CompletableFuture<Completion>> reads = new ArrayList<>();
        for (int i = 0; i < 32; i++) {
            reads.add(queue.submitRead(Commands.read(1, 0, 256), 131072));
        }
        TcpRig.await("reads held", () -> pair.heldCount() == 32);

        rig.core.releaseHeld();
        pair.reactor().execute(() -> pair.connection().disconnect());

        reads.forEach(read -> assertTrue(HostQueue.await(read).succeeded()));
        assertEquals("closed", queue.ended().get(10, TimeUnit.SECONDS));
        rig.assertNothingLeft();
    }

    @Test
    void shouldCloseAConnectionThatNeverConnectsAQueue() throws Exception {
        rig.close();
        rig = new TcpRig(
                TransportOptions.tcp(),
                new Timeouts(Duration.ofMillis(100), Duration.ofMillis(100), Duration.ofMillis(100)),
                PoolSizes.DEFAULTS);
        try (RawConnection silent = RawConnection.open(rig.target());
                RawConnection half = RawConnection.open(rig.target());
                HostQueue whole = rig.queue(1)) {
            half.negotiate(0);

            assertTrue(silent.receive().isEmpty());
            assertTrue(half.receive().isEmpty());
            assertTrue(HostQueue.await(whole.submit(Commands.keepAlive())).succeeded());
        }
        rig.assertNothingLeft();
    }

    @Test
    void shouldShareConnectionsOutAmongTheReactors() throws Exception {
        List<HostQueue> queues = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            queues.add(rig.queue(i));
        }

        var perReactor = rig.core.pairs().stream()
                .collect(Collectors.groupingBy(pair -> pair.reactor().name(), Collectors.counting()));

        assertEquals(List.of(3L, 3L), List.copyOf(perReactor.values()));
        for (HostQueue queue : queues) {
            queue.close();
        }
    }

    @Test
    void shouldTellTheCoreWhereTheHostCameIn() throws Exception {
        TransportAddress wildcard = address(AddressFamily.IPV4, "0.0.0.0");
        assertEquals(StepResult.DONE, rig.transport.listen(wildcard));

        try (HostQueue queue =
                HostQueue.open(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.2"), wildcard.trsvcid()))) {
            HostQueue.await(queue.submit(Commands.keepAlive()));
            var connection = rig.core.pairs().getLast().connection();

            assertEquals(wildcard, connection.listener());
            assertEquals(
                    new TransportAddress(TransportType.TCP, AddressFamily.IPV4, "127.0.0.2", wildcard.trsvcid()),
                    connection.local());
            TransportAddress peer = connection.peerAddress().orElseThrow();
            assertEquals(TransportType.TCP, peer.trtype());
            assertTrue(peer.traddr().startsWith("127.0.0."), peer.traddr());
            assertEquals(peer.traddr() + ":" + peer.trsvcid(), connection.peer());
        }
    }

    @Test
    void shouldListenOnIpv6BesideIpv4OnOnePort() throws Exception {
        assumeTrue(hasIpv6Loopback(), "this machine has no ::1");
        TransportAddress any4 = address(AddressFamily.IPV4, "0.0.0.0");
        TransportAddress any6 = new TransportAddress(TransportType.TCP, AddressFamily.IPV6, "::", any4.trsvcid());
        assertEquals(StepResult.DONE, rig.transport.listen(any4));
        assertEquals(StepResult.DONE, rig.transport.listen(any6));

        try (HostQueue queue = HostQueue.open(new InetSocketAddress(InetAddress.ofLiteral("::1"), any6.trsvcid()))) {
            HostQueue.await(queue.submit(Commands.keepAlive()));

            assertEquals("::1", rig.core.pairs().getLast().connection().local().traddr());
        }
    }

    private static boolean hasIpv6Loopback() throws IOException {
        return NetworkInterface.getByInetAddress(InetAddress.ofLiteral("::1")) != null;
    }

    @Test
    void shouldWaitForAPortThatIsInUse() throws Exception {
        try (ServerSocket other = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
            TransportAddress taken =
                    new TransportAddress(TransportType.TCP, AddressFamily.IPV4, "127.0.0.1", other.getLocalPort());

            StepResult.Waiting probed = rig.transport.probe(taken).orElseThrow();

            assertEquals("EADDRINUSE", probed.errno());
            assertTrue(probed.message().contains("tcp 127.0.0.1:" + other.getLocalPort()), probed.message());
            assertEquals(probed, rig.transport.listen(taken));
        }
    }

    @Test
    void shouldSayWhichAddressesThereAreWhenOneIsMissing() {
        TransportAddress missing = address(AddressFamily.IPV4, "192.0.2.7");

        StepResult.Waiting waiting = assertInstanceOf(StepResult.Waiting.class, rig.transport.listen(missing));

        assertEquals("EADDRNOTAVAIL", waiting.errno());
        assertTrue(waiting.message().contains("127.0.0.1 (lo)"), waiting.message());
        assertEquals(Optional.of(waiting), rig.transport.probe(missing));
    }

    @Test
    void shouldWaitForTheInterfaceOfALinkLocalAddress() {
        TransportAddress missing = address(AddressFamily.IPV6, "fe80::1%nonesuch0");

        assertEquals("ENODEV", rig.transport.probe(missing).orElseThrow().errno());
    }

    @Test
    void shouldProbeAFreeAddressWithoutATrace() throws Exception {
        TransportAddress free = address(AddressFamily.IPV4, "127.0.0.1");

        assertEquals(Optional.empty(), rig.transport.probe(free));

        assertThrows(
                IOException.class,
                () -> RawConnection.open(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), free.trsvcid())));
        assertEquals(StepResult.DONE, rig.transport.listen(free));
    }

    @Test
    void shouldLeaveConnectionsAloneWhenItListensNoMore() throws Exception {
        try (HostQueue queue = rig.queue(1)) {
            rig.transport.unlisten(rig.address);

            assertTrue(HostQueue.await(queue.submitRead(Commands.read(1, 0, 1), 512))
                    .succeeded());
            assertThrows(IOException.class, () -> RawConnection.open(rig.target()));
            assertEquals(StepResult.DONE, rig.transport.listen(rig.address));
            rig.queue(2).close();
        }
    }

    @Test
    void shouldGiveNewConnectionsNewOptionsAndLeaveOldOnesTheirs() throws Exception {
        try (HostQueue old = rig.queue(1)) {
            TransportOptions.Tcp now = TransportOptions.tcp();
            var common = now.common();
            TransportOptions.Tcp larger = new TransportOptions.Tcp(
                    new TransportOptions.Common(
                            64,
                            common.maxIoQpairsPerCtrlr(),
                            16384,
                            common.maxAqDepth(),
                            1 << 20,
                            0,
                            common.kasUnits(),
                            common.minKatoMs(),
                            common.abortTimeoutSec()),
                    true,
                    0,
                    32);
            assertEquals(StepResult.DONE, rig.transport.setOptions(larger));
            try (HostQueue fresh = rig.queue(2)) {
                assertTrue(HostQueue.await(fresh.submitWrite(Commands.write(1, 0, 2048), new byte[1 << 20]))
                        .succeeded());
                assertTrue(HostQueue.await(fresh.submitInCapsule(Commands.write(1, 0, 32), new byte[16384]))
                        .succeeded());
            }
            assertEquals(128, rig.core.pairs().getFirst().connection().maxQueueEntries(false));
            assertEquals(64, rig.core.pairs().getLast().connection().maxQueueEntries(false));
            assertTrue(HostQueue.await(old.submitRead(Commands.read(1, 0, 256), 131072))
                    .succeeded());
        }
        rig.assertNothingLeft();
    }

    @Test
    void shouldEndEveryConnectionWhenItCloses() throws Exception {
        HostQueue one = rig.queue(0);
        HostQueue two = rig.queue(1);
        CompletableFuture<Completion> never = one.submit(Commands.asyncEvent());

        rig.transport.close();

        assertEquals("closed", one.ended().get(10, TimeUnit.SECONDS));
        assertEquals("closed", two.ended().get(10, TimeUnit.SECONDS));
        assertTrue(never.isCompletedExceptionally() || never.isDone());
        rig.assertNothingLeft();
    }
}
