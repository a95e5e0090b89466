package org.nvmftarget.data.tcp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nvmftarget.initiator.Commands;
import org.nvmftarget.initiator.Completion;
import org.nvmftarget.initiator.Dhchap;
import org.nvmftarget.initiator.Host;
import org.nvmftarget.initiator.HostQueue;
import org.nvmftarget.model.DhchapDigest;
import org.nvmftarget.model.DhchapGroup;
import org.nvmftarget.model.HostKeys;
import org.nvmftarget.model.KeyFile;
import org.nvmftarget.model.Step;

/** Hosts authenticate over TCP loopback, and hosts that do not get nowhere. */
@Timeout(120)
class AuthenticationOverTcpIT {
    private static final int AUTHENTICATION_REQUIRED = 0x191;

    @TempDir
    Path folder;

    private final String key = Dhchap.newKey(2, 48);
    private final String ctrlrKey = Dhchap.newKey(1, 32);
    private TargetRig rig;

    @BeforeEach
    void start() throws IOException {
        rig = new TargetRig();
        write("host.key", key);
        write("ctrlr.key", ctrlrKey);
        rig.apply(new Step.AddHost(TargetRig.NQN, TargetRig.HOST, Optional.of(keys(DhchapGroup.FFDHE2048))));
        set(DhchapGroup.FFDHE2048);
    }

    @AfterEach
    void stop() {
        rig.assertNothingLeft();
        rig.close();
    }

    private void write(String name, String text) throws IOException {
        var owner = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
        Files.writeString(Files.createFile(folder.resolve(name), owner), text);
    }

    private KeyFile file(String name) {
        return KeyFile.declared(folder.resolve(name).toString());
    }

    private HostKeys keys(DhchapGroup group) {
        return new HostKeys(
                file("host.key"),
                Optional.of(file("ctrlr.key")),
                DhchapDigest.ALL,
                new TreeSet<>(List.of(DhchapGroup.NULL, group)));
    }

    private void set(DhchapGroup group) {
        rig.apply(new Step.SetHostKeys(TargetRig.NQN, TargetRig.HOST, Optional.of(keys(group))));
    }

    private Host connect(Host.Credentials credentials) throws IOException {
        return Host.connect(TargetRig.socket(rig.address), TargetRig.NQN.value(), TargetRig.HOST.value(), credentials);
    }

    private static void readAndWrite(HostQueue io) {
        byte[] data = new byte[TargetRig.BLOCK];
        data[7] = 42;
        assertTrue(
                HostQueue.await(io.submitWrite(Commands.write(1, 3, 1), data)).succeeded());
        Completion read = HostQueue.await(io.submitRead(Commands.read(1, 3, 1), TargetRig.BLOCK));
        assertEquals(42, read.data()[7]);
    }

    @ParameterizedTest
    @EnumSource(DhchapGroup.class)
    void aHostAuthenticatesEachQueueInBothDirectionsAndDoesIo(DhchapGroup group) throws IOException {
        set(group);
        try (Host host = connect(new Host.Credentials(key, ctrlrKey))) {
            host.connectIoQueues(2).forEach(AuthenticationOverTcpIT::readAndWrite);
        }
    }

    @Test
    void aHostWithAnotherKeyOrNoneGetsNowhere() throws IOException {
        assertThrows(Host.NotAuthenticated.class, () -> connect(new Host.Credentials(ctrlrKey, null)));
        assertThrows(Host.NotAuthenticated.class, () -> connect(new Host.Credentials(key, key)));
        Host.Refused refused = assertThrows(Host.Refused.class, () -> connect(Host.Credentials.NONE));
        assertEquals(AUTHENTICATION_REQUIRED, refused.status());
        rig.target
                .snapshot()
                .subsystems()
                .values()
                .forEach(s ->
                        s.controllers().forEach(c -> assertTrue(c.writtenTo().isEmpty())));
        rig.apply(new Step.RemoveHost(TargetRig.NQN, TargetRig.HOST)); // nobody closed the queue without a key
        rig.apply(new Step.SetAllowAnyHost(TargetRig.NQN, false));
    }

    /** An I/O queue of somebody else's controller. */
    @Test
    void ioIsRefusedOnAQueueWhoseHostDidNotAuthenticate() throws Exception {
        try (Host host = connect(new Host.Credentials(key, null));
                HostQueue thief = HostQueue.open(TargetRig.socket(rig.address))) {
            Completion connected = HostQueue.await(thief.submitInCapsule(
                    Commands.connect(1, 31, 0, true),
                    Commands.connectData(host.hostId(), host.cntlid(), TargetRig.NQN.value(), TargetRig.HOST.value())));
            assertTrue(connected.succeeded());
            Completion read = HostQueue.await(thief.submitRead(Commands.read(1, 0, 1), TargetRig.BLOCK));
            assertEquals(AUTHENTICATION_REQUIRED, read.status());
            assertTrue(read.dnr());
            Completion write = HostQueue.await(thief.submitWrite(Commands.write(1, 0, 1), new byte[TargetRig.BLOCK]));
            assertEquals(AUTHENTICATION_REQUIRED, write.status());
        }
    }

    @Test
    void aQueueEndsOnceItsHostKnowsThatItFailed() throws Exception {
        HostQueue queue = HostQueue.open(TargetRig.socket(rig.address));
        HostQueue.await(queue.submitInCapsule(
                Commands.connect(0, 31, 0, true),
                Commands.connectData(
                        java.util.UUID.randomUUID(), 0xFFFF, TargetRig.NQN.value(), TargetRig.HOST.value())));
        assertEquals(0, queue.dhchap().send(new byte[] {1, 2, 3}));
        assertTrue(Dhchap.isFailure(queue.dhchap().receive(64)));
        queue.ended().get(20, TimeUnit.SECONDS);
        queue.close();
    }

    @Test
    void manyHostsAuthenticateAtATimeWhileOneDoesIo() throws Exception {
        set(DhchapGroup.FFDHE4096);
        try (Host busy = connect(new Host.Credentials(key, null))) {
            HostQueue io = busy.connectIoQueues(1).getFirst();
            List<CompletableFuture<Host>> others = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                others.add(CompletableFuture.supplyAsync(this::authenticated, Thread::startVirtualThread));
            }
            while (others.stream().anyMatch(other -> !other.isDone())) {
                readAndWrite(io);
            }
            for (CompletableFuture<Host> other : others) {
                other.get().close();
            }
        }
    }

    private Host authenticated() {
        try {
            return connect(new Host.Credentials(key, ctrlrKey));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
