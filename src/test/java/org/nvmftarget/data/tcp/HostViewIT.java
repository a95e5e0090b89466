package org.nvmftarget.data.tcp;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.nvmftarget.initiator.Commands;
import org.nvmftarget.initiator.Completion;
import org.nvmftarget.initiator.Host;
import org.nvmftarget.initiator.HostQueue;
import org.nvmftarget.initiator.TwoPaths;
import org.nvmftarget.model.AnaState;
import org.nvmftarget.model.ListenerSpec;
import org.nvmftarget.model.Nqn;
import org.nvmftarget.model.Nsid;
import org.nvmftarget.model.Step;
import org.nvmftarget.model.TransportAddress;

/** What hosts see of the target over TCP, and how they are told when it changes. */
@Timeout(120)
class HostViewIT {

    private static final Nqn OTHER = new Nqn("nqn.2014-08.org.nvmexpress:uuid:99999999-2222-3333-4444-555555555555");
    private static final int ANA_CHANGED = 0x0C_03_02;
    private static final int NAMESPACE_CHANGED = 0x04_00_02;
    private static final int DISCOVERY_CHANGED = 0x70_F0_02;
    private static final int ANA_INACCESSIBLE = 0x302;
    private static final int INVALID_NAMESPACE = 0x0B;

    private final TargetRig rig = new TargetRig();
    private final TransportAddress second = TargetRig.newAddress();

    @AfterEach
    void close() {
        rig.close();
    }

    private void listenOnBoth(AnaState first, AnaState other) {
        rig.apply(new Step.SetAnaState(TargetRig.NQN, ListenerSpec.of(rig.address, first)));
        rig.apply(new Step.AddListener(TargetRig.NQN, ListenerSpec.of(second, other)));
    }

    private void set(TransportAddress listener, AnaState state) {
        rig.apply(new Step.SetAnaState(TargetRig.NQN, ListenerSpec.of(listener, state)));
    }

    private Host connect(TransportAddress at, Nqn subsystem, Nqn host, int katoMs) throws IOException {
        return Host.connect(TargetRig.socket(at), subsystem.value(), host.value(), katoMs);
    }

    private static int result(CompletableFuture<Completion> submitted) {
        Completion done = HostQueue.await(submitted);
        assertEquals(0, done.status());
        return (int) done.result();
    }

    private static int status(CompletableFuture<Completion> submitted) {
        return HostQueue.await(submitted).status();
    }

    @Test
    void shouldTellEachPathItsOwnState() throws Exception {
        listenOnBoth(AnaState.OPTIMIZED, AnaState.INACCESSIBLE);
        try (Host good = rig.host();
                Host bad = rig.host(second, 0)) {
            assertEquals(1, good.logPage(0x0C, 0, 64).get(32));
            assertEquals(3, bad.logPage(0x0C, 0, 64).get(32));
            HostQueue reads = good.connectIoQueues(1).getFirst();
            HostQueue doesNot = bad.connectIoQueues(1).getFirst();
            assertEquals(0, status(reads.submitRead(Commands.read(1, 0, 1), 512)));
            Completion refused = HostQueue.await(doesNot.submitRead(Commands.read(1, 0, 1), 512));
            assertEquals(ANA_INACCESSIBLE, refused.status());
            assertFalse(refused.dnr());
        }
    }

    @Test
    void shouldTellOfAStateThatChanges() throws Exception {
        listenOnBoth(AnaState.OPTIMIZED, AnaState.OPTIMIZED);
        try (Host here = rig.host();
                Host there = rig.host(second, 0)) {
            CompletableFuture<Completion> told = here.admin().submit(Commands.asyncEvent());
            CompletableFuture<Completion> untold = there.admin().submit(Commands.asyncEvent());
            here.identify(0x01, 0);
            there.identify(0x01, 0);
            set(rig.address, AnaState.NON_OPTIMIZED);

            assertEquals(ANA_CHANGED, result(told));
            assertEquals(2, here.logPage(0x0C, 0, 64).get(32));
            assertEquals(1, here.logPage(0x0C, 0, 64).getLong(0));
            assertEquals(0, there.logPage(0x0C, 0, 64).getLong(0));
            assertFalse(untold.isDone());
        }
    }

    @Test
    void shouldLoseNothingWhenPathsAreSwitchedUnderIo() throws Exception {
        listenOnBoth(AnaState.OPTIMIZED, AnaState.INACCESSIBLE);
        AtomicBoolean stop = new AtomicBoolean();
        try (TwoPaths paths = new TwoPaths(rig.host(), rig.host(second, 0), 1, 4)) {
            List<CompletableFuture<Void>> workers = paths.start(stop);
            for (int i = 0; i < 10; i++) {
                boolean toSecond = i % 2 == 0;
                TransportAddress from = toSecond ? rig.address : second;
                TransportAddress to = toSecond ? second : rig.address;
                long before = paths.done(toSecond ? 1 : 0);
                set(from, i % 3 == 0 ? AnaState.CHANGE : AnaState.INACCESSIBLE);
                set(to, AnaState.OPTIMIZED);
                set(from, AnaState.INACCESSIBLE);
                TcpRig.await("I/O goes the other way", () -> paths.done(toSecond ? 1 : 0) > before + 50);
            }
            stop.set(true);
            for (CompletableFuture<Void> worker : workers) {
                worker.join();
            }
            paths.verify();
        }
        rig.assertNothingLeft();
    }

    private static Optional<SortedSet<Nqn>> only(Nqn host) {
        return Optional.of(new TreeSet<>(List.of(host)));
    }

    @Test
    void shouldShowANamespaceToWhomItIsFor() throws Exception {
        try (Host mine = rig.host();
                Host other = connect(rig.address, TargetRig.NQN, OTHER, 0)) {
            HostQueue myQueue = mine.connectIoQueues(1).getFirst();
            HostQueue otherQueue = other.connectIoQueues(1).getFirst();
            CompletableFuture<Completion> untold = mine.admin().submit(Commands.asyncEvent());
            CompletableFuture<Completion> told = other.admin().submit(Commands.asyncEvent());
            other.identify(0x01, 0);
            rig.apply(new Step.SetNamespaceHosts(TargetRig.NQN, new Nsid(1), only(TargetRig.HOST)));

            assertEquals(NAMESPACE_CHANGED, result(told));
            assertEquals(1, other.logPage(0x04, 0, 4096).getInt(0));
            assertEquals(List.of(), other.activeNamespaces());
            assertEquals(List.of(1), mine.activeNamespaces());
            assertEquals(INVALID_NAMESPACE, status(otherQueue.submitRead(Commands.read(1, 0, 1), 512)));
            assertEquals(0, status(myQueue.submitRead(Commands.read(1, 0, 1), 512)));
            assertFalse(untold.isDone());
        }
    }

    @Test
    void shouldHideANamespaceThatIsInFullUse() throws Exception {
        AtomicBoolean stop = new AtomicBoolean();
        try (Host mine = rig.host();
                Host other = connect(rig.address, TargetRig.NQN, OTHER, 0)) {
            HostQueue busy = mine.connectIoQueues(2).get(1);
            HostQueue loses = other.connectIoQueues(1).getFirst();
            CompletableFuture<Void> worker = CompletableFuture.runAsync(() -> {
                while (!stop.get()) {
                    CompletableFuture<Completion> one = busy.submitRead(Commands.read(1, 0, 8), 4096);
                    CompletableFuture<Completion> two = busy.submitRead(Commands.read(1, 8, 8), 4096);
                    assertEquals(0, status(one));
                    assertEquals(0, status(two));
                }
            });
            for (int i = 0; i < 20; i++) {
                rig.apply(new Step.SetNamespaceHosts(TargetRig.NQN, new Nsid(1), only(TargetRig.HOST)));
                assertEquals(INVALID_NAMESPACE, status(loses.submitRead(Commands.read(1, 0, 1), 512)));
                rig.apply(new Step.SetNamespaceHosts(TargetRig.NQN, new Nsid(1), Optional.empty()));
                assertEquals(0, status(loses.submitRead(Commands.read(1, 0, 1), 512)));
            }
            stop.set(true);
            worker.join();
        }
    }

    @Test
    void shouldTellAPersistentDiscoveryController() throws Exception {
        try (Host discovery = connect(rig.address, Nqn.DISCOVERY, TargetRig.HOST, 30_000)) {
            ByteBuffer header = discovery.logPage(0x70, 0, 1024);
            CompletableFuture<Completion> told = discovery.admin().submit(Commands.asyncEvent());
            rig.apply(new Step.AddListener(TargetRig.NQN, second));

            assertEquals(DISCOVERY_CHANGED, result(told));
            ByteBuffer again = discovery.logPage(0x70, 0, 1024);
            assertEquals(header.getLong(0) + 1, again.getLong(0));
            assertEquals(header.getLong(8) + 1, again.getLong(8));
        }
    }

    @Test
    void shouldGiveTheDiscoveryLogInPieces() throws Exception {
        rig.apply(new Step.AddListener(TargetRig.NQN, second));
        rig.apply(new Step.AddListener(Nqn.DISCOVERY, TargetRig.newAddress()));
        try (Host discovery = connect(rig.address, Nqn.DISCOVERY, TargetRig.HOST, 0)) {
            int length = 1024 + 4 * 1024;
            byte[] whole = discovery.logPage(0x70, 0, length).array();
            assertEquals(
                    4, ByteBuffer.wrap(whole).order(ByteOrder.LITTLE_ENDIAN).getLong(8));
            byte[] pieces = new byte[length];
            for (int at = 0; at < length; at += 512) {
                Completion piece =
                        HostQueue.await(discovery.admin().submitRead(Commands.getLogPage(0x70, 0, at, 512, true), 512));
                assertEquals(0, piece.status());
                System.arraycopy(piece.data(), 0, pieces, at, 512);
            }
            assertArrayEquals(whole, pieces);
        }
    }

    @Test
    void shouldServeDiscoveryAloneOnItsOwnListener() throws Exception {
        rig.apply(new Step.AddListener(Nqn.DISCOVERY, second));
        try (Host discovery = connect(second, Nqn.DISCOVERY, TargetRig.HOST, 0)) {
            assertEquals(2, discovery.identify(0x01, 0).get(111));
            rig.apply(new Step.RemoveListener(Nqn.DISCOVERY, second));
            assertTrue(discovery.admin().ended().join().length() > 0);
        }
    }
}
