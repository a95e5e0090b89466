package org.nvmftarget.data.target;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.nvmftarget.data.target.TestTarget.HOST;
import static org.nvmftarget.data.target.TestTarget.NQN;
import static org.nvmftarget.data.target.TestTarget.OTHER_HOST;
import static org.nvmftarget.data.target.TestTarget.connectData;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nvmftarget.data.nvme.AuthCommand;
import org.nvmftarget.data.nvme.AuthMessage;
import org.nvmftarget.data.nvme.Identify;
import org.nvmftarget.data.nvme.Opcode;
import org.nvmftarget.data.nvme.Property;
import org.nvmftarget.data.nvme.Sqe;
import org.nvmftarget.data.nvme.Status;
import org.nvmftarget.data.nvme.Wire;
import org.nvmftarget.initiator.Dhchap;
import org.nvmftarget.model.DhchapDigest;
import org.nvmftarget.model.DhchapGroup;
import org.nvmftarget.model.HostKeys;
import org.nvmftarget.model.LiveState;

class AuthenticationTest {
    private static final int REQUIRED = Status.AUTHENTICATION_REQUIRED | Status.DNR;

    @TempDir
    Path folder;

    private LiveState.QueueAuth auth(AuthHost host) {
        return host.t.controllers().getFirst().queuePairs().getFirst().auth().orElseThrow();
    }

    // The door

    @Test
    void nothingIsAnsweredBeforeTheHostHasAuthenticated() {
        TestQueue queue = AuthHost.declared(folder, false).connect();
        assertEquals(REQUIRED, queue.send(Sq.propertyGet(Property.VS, 0)).status());
        assertEquals(
                REQUIRED,
                queue.send(Sq.propertySet(Property.CC, TestTarget.ENABLE)).status());
        assertEquals(
                REQUIRED,
                queue.read(Sq.identify(Identify.CNS_CONTROLLER, 0), 4096).status());
        assertEquals(REQUIRED, queue.send(Sq.command(Opcode.KEEP_ALIVE, 0)).status());
        assertEquals(REQUIRED, queue.send(Sq.fabrics(Opcode.FABRICS_DISCONNECT)).status());
        for (int opcode = 0; opcode < 256; opcode++) {
            if (opcode != Opcode.FABRICS) {
                assertEquals(REQUIRED, queue.send(Sq.command(opcode, 1)).status());
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"0, 32", "0, 64", "1, 32", "2, 48", "3, 64", "1, 64"})
    void aHostWithTheRightKeyIsLetIn(int transform, int length) {
        AuthHost host = AuthHost.declared(folder, false);
        host.key = Dhchap.newKey(transform, length);
        host.write("host.key", host.key);
        host.set(host.keys(false));
        TestQueue queue = host.authenticated();
        TestTarget.enable(queue);
        assertEquals(
                0, queue.read(Sq.identify(Identify.CNS_CONTROLLER, 0), 4096).status());
        assertEquals(
                new LiveState.QueueAuth(true, "completed", Optional.of("sha512"), Optional.of("ffdhe2048")),
                auth(host));
    }

    @ParameterizedTest
    @CsvSource({"1, 0", "2, 0", "3, 0", "1, 1", "2, 2", "3, 3", "1, 4"})
    void theStrongestIsAgreedOnOfWhatBothHave(byte hash, byte group) {
        AuthHost host = AuthHost.declared(folder, true);
        host.set(new HostKeys(
                host.file("host.key"), Optional.of(host.file("ctrlr.key")), DhchapDigest.ALL, DhchapGroup.ALL));
        Dhchap dhchap = host.dhchap(host.ctrlrKey).offering(new byte[] {hash}, new byte[] {group, 0});
        assertEquals(Dhchap.Outcome.AUTHENTICATED, dhchap.authenticate(host.link(host.connect())));
        assertEquals(hash, dhchap.hash());
        assertEquals(group, dhchap.group());
    }

    @Test
    void aHostWithAnotherKeyIsToldSoAndItsQueueEnds() {
        AuthHost host = AuthHost.declared(folder, false);
        TestQueue queue = host.connect();
        Dhchap dhchap = new Dhchap(HOST.value(), NQN.value(), Dhchap.newKey(1, 32), null)
                .offering(new byte[] {1}, new byte[] {1});
        assertEquals(Dhchap.Outcome.REFUSED, dhchap.authenticate(host.link(queue)));
        assertEquals(AuthMessage.FAILED, dhchap.reason());
        assertTrue(queue.isDisconnected());
    }

    @Test
    void theNamesArePartOfTheProof() {
        AuthHost host = AuthHost.declared(folder, false);
        for (Dhchap other : List.of(
                new Dhchap(OTHER_HOST.value(), NQN.value(), host.key, null),
                new Dhchap(HOST.value(), NQN + "x", host.key, null))) {
            assertEquals(
                    Dhchap.Outcome.REFUSED,
                    other.offering(new byte[] {1}, new byte[] {0}).authenticate(host.link(host.connect())));
        }
    }

    @Test
    void aSubsystemProvesItselfToAHostThatAsks() {
        AuthHost host = AuthHost.declared(folder, true);
        TestQueue queue = host.connect();
        assertEquals(Dhchap.Outcome.AUTHENTICATED, host.dhchap(host.ctrlrKey).authenticate(host.link(queue)));
        TestTarget.enable(queue);
    }

    @Test
    void aHostThatFindsTheSubsystemFalseEndsTheQueue() {
        AuthHost host = AuthHost.declared(folder, true);
        TestQueue queue = host.connect();
        assertEquals(
                Dhchap.Outcome.CONTROLLER_IS_FALSE,
                host.dhchap(Dhchap.newKey(0, 32)).authenticate(host.link(queue)));
        assertTrue(queue.isDisconnected());
    }

    @Test
    void aHostThatAsksForAProofThatThereIsNoKeyForIsRefused() {
        AuthHost host = AuthHost.declared(folder, false);
        TestQueue queue = host.connect();
        assertEquals(Dhchap.Outcome.REFUSED, host.dhchap(host.ctrlrKey).authenticate(host.link(queue)));
        assertTrue(queue.isDisconnected());
    }

    @Test
    void theQueueIsLockedUntilTheHostHasAcceptedTheProof() {
        AuthHost host = AuthHost.declared(folder, true);
        TestQueue queue = host.connect();
        Dhchap dhchap = host.dhchap(host.ctrlrKey);
        Dhchap.Link link = host.link(queue);
        assertEquals(0, link.send(dhchap.negotiate()));
        assertTrue(dhchap.challenged(link.receive(4096)));
        assertEquals(0, link.send(dhchap.reply()));
        assertEquals(REQUIRED, queue.send(Sq.propertyGet(Property.VS, 0)).status());
        assertTrue(Dhchap.isMessage(link.receive(4096), 1, 3));
        assertEquals(REQUIRED, queue.send(Sq.propertyGet(Property.VS, 0)).status());
        assertEquals(0, link.send(dhchap.success2()));
        assertEquals(0, queue.send(Sq.propertyGet(Property.VS, 0)).status());
    }

    @Test
    void everyIoQueueIsAuthenticatedByItself() {
        AuthHost host = AuthHost.declared(folder, false);
        TestQueue admin = host.authenticated();
        TestTarget.enable(admin);
        TestQueue io = host.t.accept(1);
        int cntlid = admin.pair().cntlid();
        TestRequest connected = io.connect(1, connectData(NQN, HOST, cntlid));
        assertEquals(cntlid | AuthCommand.CONNECT_AUTHENTICATION_REQUIRED, connected.dw0());
        assertEquals(REQUIRED, io.read(Sq.io(Opcode.READ, 1, 0, 1), 512).status());
        assertEquals(Dhchap.Outcome.AUTHENTICATED, host.dhchap(null).authenticate(host.link(io)));
        assertEquals(0, io.read(Sq.io(Opcode.READ, 1, 0, 1), 512).status());
    }

    @Test
    void aHostWithoutKeysAndTheDiscoverySubsystemNeedNone() {
        AuthHost host = AuthHost.declared(folder, false);
        TestQueue other = host.t.admin(NQN, OTHER_HOST, 0);
        assertEquals(
                Status.COMMAND_SEQUENCE_ERROR | Status.DNR,
                other.write(Sq.auth(Opcode.FABRICS_AUTH_SEND, 72), new byte[72]).status());
        host.t.admin(org.nvmftarget.model.Nqn.DISCOVERY, HOST, 0);
    }

    // Messages out of turn

    @Test
    void messagesOutOfTurnFail() {
        AuthHost host = AuthHost.declared(folder, true);
        Dhchap dhchap = host.dhchap(host.ctrlrKey);
        for (int steps = 0; steps < 4; steps++) {
            for (byte[] message : List.of(dhchap.negotiate(), dhchap.reply(), dhchap.success2(), dhchap.failure2())) {
                TestQueue queue = host.connect();
                Dhchap.Link link = host.link(queue);
                advance(dhchap, link, steps);
                boolean inTurn = message[1] == 0 && message[0] == 0 && steps == 0;
                if (inTurn || (steps == 2 && (message[1] & 0xFF) == 0xF0)) {
                    continue;
                }
                assertEquals(0, link.send(message));
                byte[] answer = link.receive(4096);
                assertTrue(Dhchap.isFailure(answer), steps + " " + message[1]);
                assertTrue(queue.isDisconnected());
            }
        }
    }

    /** So many messages of the conversation have been exchanged. */
    private static void advance(Dhchap dhchap, Dhchap.Link link, int steps) {
        if (steps > 0) {
            assertEquals(0, link.send(dhchap.negotiate()));
        }
        if (steps > 1) {
            assertTrue(dhchap.challenged(link.receive(4096)));
        }
        if (steps > 2) {
            assertEquals(0, link.send(dhchap.reply()));
        }
    }

    @Test
    void receivingBeforeThereIsSomethingToReceiveFails() {
        AuthHost host = AuthHost.declared(folder, false);
        TestQueue queue = host.connect();
        byte[] answer = host.link(queue).receive(4096);
        assertTrue(Dhchap.isFailure(answer));
        assertEquals(AuthMessage.INCORRECT_MESSAGE, answer[7]);
        assertTrue(queue.isDisconnected());
    }

    @Test
    void whatWasSaidOnceProvesNothingASecondTime() {
        AuthHost host = AuthHost.declared(folder, false);
        List<byte[]> sent = new ArrayList<>();
        Dhchap.Link link = host.link(host.connect());
        Dhchap.Link tapped = new Dhchap.Link() {
            @Override
            public int send(byte[] message) {
                sent.add(message);
                return link.send(message);
            }

            @Override
            public byte[] receive(int room) {
                return link.receive(room);
            }
        };
        assertEquals(Dhchap.Outcome.AUTHENTICATED, host.dhchap(null).authenticate(tapped));
        TestQueue queue = host.connect();
        Dhchap.Link again = host.link(queue);
        assertEquals(0, again.send(sent.get(0)));
        again.receive(4096);
        assertEquals(0, again.send(sent.get(1)));
        assertTrue(Dhchap.isFailure(again.receive(4096)));
        assertTrue(queue.isDisconnected());
    }

    @Test
    void challengesAreNeverTheSame() {
        AuthHost host = AuthHost.declared(folder, false);
        List<String> seen = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            Dhchap.Link link = host.link(host.connect());
            link.send(host.dhchap(null).offering(new byte[] {1}, new byte[] {0}).negotiate());
            seen.add(java.util.HexFormat.of().formatHex(link.receive(48), 12, 48));
        }
        assertEquals(seen.size(), seen.stream().distinct().count());
    }

    @Test
    void whatBothDoNotHaveIsSaid() {
        AuthHost host = AuthHost.declared(folder, false);
        host.set(new HostKeys(
                host.file("host.key"),
                Optional.empty(),
                new TreeSet<>(List.of(DhchapDigest.SHA384)),
                new TreeSet<>(List.of(DhchapGroup.FFDHE3072))));
        assertEquals(AuthMessage.HASH_UNUSABLE, refusal(host, new byte[] {1, 3, 9}, new byte[] {2}));
        assertEquals(AuthMessage.DHGROUP_UNUSABLE, refusal(host, new byte[] {2}, new byte[] {0, 1, 5}));
        assertEquals(AuthMessage.HASH_UNUSABLE, refusal(host, new byte[0], new byte[0]));
    }

    private static int refusal(AuthHost host, byte[] hashes, byte[] groups) {
        Dhchap dhchap = host.dhchap(null).offering(hashes, groups);
        assertEquals(Dhchap.Outcome.REFUSED, dhchap.authenticate(host.link(host.connect())));
        return dhchap.reason();
    }

    @ParameterizedTest
    @CsvSource({"6, 1, 3", "7, 0, 6", "8, 2, 2", "10, 31, 6", "11, 255, 6", "0, 2, 7", "1, 5, 7"})
    void aNegotiationThatIsSpoiltIsRefused(int at, int value, int reason) {
        AuthHost host = AuthHost.declared(folder, false);
        byte[] negotiate = host.dhchap(null).negotiate();
        negotiate[at] = (byte) value;
        Dhchap.Link link = host.link(host.connect());
        assertEquals(0, link.send(negotiate));
        byte[] answer = link.receive(4096);
        assertTrue(Dhchap.isFailure(answer));
        assertEquals(reason, answer[7]);
    }

    @ParameterizedTest
    @CsvSource({"4, 1", "5, 1", "6, 33", "8, 2", "8, 0xFF", "10, 4", "11, 1", "16, 0", "300, 0"})
    void aReplyThatIsSpoiltIsRefused(int at, String with) {
        AuthHost host = AuthHost.declared(folder, false);
        Dhchap dhchap = host.dhchap(null).offering(new byte[] {1}, new byte[] {1});
        TestQueue queue = host.connect();
        Dhchap.Link link = host.link(queue);
        advance(dhchap, link, 2);
        byte[] reply = dhchap.reply();
        reply[at] ^= (byte) (with.equals("0") ? 1 : Integer.decode(with));
        assertEquals(0, link.send(reply));
        assertTrue(Dhchap.isFailure(link.receive(4096)));
        assertTrue(queue.isDisconnected());
    }

    @Test
    void aPublicValueThatGivesTheSecretAwayIsRefused() {
        AuthHost host = AuthHost.declared(folder, false);
        Dhchap dhchap = host.dhchap(null).offering(new byte[] {1}, new byte[] {1});
        Dhchap.Link link = host.link(host.connect());
        advance(dhchap, link, 2);
        byte[] reply = dhchap.reply();
        java.util.Arrays.fill(reply, 16 + 64, reply.length, (byte) 0);
        assertEquals(0, link.send(reply));
        byte[] answer = link.receive(4096);
        assertTrue(Dhchap.isFailure(answer));
        assertEquals(AuthMessage.INCORRECT_PAYLOAD, answer[7]);
    }

    // The commands

    @Test
    void theCommandsFieldsAreChecked() {
        TestQueue queue = AuthHost.declared(folder, false).connect();
        for (long field : new long[] {AuthCommand.SPSP0, AuthCommand.SPSP1, AuthCommand.SECP}) {
            var sqe = Sq.auth(Opcode.FABRICS_AUTH_SEND, 72);
            Wire.putU8(sqe, field, 7);
            assertEquals(
                    Status.INVALID_FIELD | Status.DNR,
                    queue.write(sqe, new byte[72]).status());
        }
        assertEquals(
                Status.INVALID_FIELD | Status.DNR,
                queue.read(Sq.auth(Opcode.FABRICS_AUTH_RECEIVE, 7), 7).status());
        assertEquals(
                Status.INVALID_FIELD | Status.DNR,
                queue.write(Sq.auth(Opcode.FABRICS_AUTH_SEND, -1), new byte[72]).status());
        assertEquals(
                Status.DATA_SGL_LENGTH_INVALID | Status.DNR,
                queue.write(Sq.auth(Opcode.FABRICS_AUTH_SEND, 72), new byte[71]).status());
        var fused = Sq.auth(Opcode.FABRICS_AUTH_SEND, 72);
        Wire.putU8(fused, Sqe.FLAGS, Sqe.PSDT_SGL << 6 | Sqe.FUSE_FIRST);
        assertEquals(
                Status.INVALID_FIELD | Status.DNR,
                queue.write(fused, new byte[72]).status());
    }

    @Test
    void whatTheMessageDoesNotFillIsZero() {
        AuthHost host = AuthHost.declared(folder, false);
        Dhchap.Link link = host.link(host.connect());
        link.send(host.dhchap(null).offering(new byte[] {1}, new byte[] {0}).negotiate());
        byte[] answer = link.receive(1000);
        assertEquals(1000, answer.length);
        assertArrayEquals(new byte[1000 - 48], java.util.Arrays.copyOfRange(answer, 48, 1000));
    }

    @Test
    void aChallengeThatHasNoRoomFails() {
        AuthHost host = AuthHost.declared(folder, false);
        TestQueue queue = host.connect();
        Dhchap.Link link = host.link(queue);
        link.send(host.dhchap(null).negotiate());
        assertTrue(Dhchap.isFailure(link.receive(100)));
        assertTrue(queue.isDisconnected());
    }

    @Test
    void oneMessageIsDealtWithAtATime() {
        AuthHost host = AuthHost.declared(folder, false);
        TestQueue queue = host.connect();
        byte[] negotiate = host.dhchap(null).negotiate();
        TestRequest first = queue.write(Sq.auth(Opcode.FABRICS_AUTH_SEND, 72), negotiate);
        TestRequest second = queue.write(Sq.auth(Opcode.FABRICS_AUTH_SEND, 72), negotiate);
        assertFalse(first.isAnswered());
        assertEquals(Status.COMMAND_SEQUENCE_ERROR | Status.DNR, second.status());
        host.t.settle();
        assertEquals(0, first.status());
    }

    @Test
    void aQueueThatGoesWhileSomebodyComputesIsOutlivedByItsCommand() {
        AuthHost host = AuthHost.declared(folder, false);
        TestQueue queue = host.connect();
        TestRequest r = queue.write(
                Sq.auth(Opcode.FABRICS_AUTH_SEND, 72), host.dhchap(null).negotiate());
        queue.drop();
        assertFalse(r.isAnswered());
        host.t.settle();
        assertTrue(r.isAnswered());
        assertEquals(List.of(), host.t.controllers());
    }

    // Time

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3})
    void aHostThatTakesTooLongIsDropped(int steps) {
        AuthHost host = AuthHost.declared(folder, true);
        TestQueue queue = host.connect();
        advance(host.dhchap(host.ctrlrKey), host.link(queue), steps);
        host.t.pass(Duration.ofSeconds(119));
        assertFalse(queue.isDisconnected());
        host.t.pass(Duration.ofSeconds(2));
        assertTrue(queue.isDisconnected());
    }

    @Test
    void aHostThatDoesNotFetchItsFailureIsDroppedAllTheSame() {
        AuthHost host = AuthHost.declared(folder, false);
        TestQueue queue = host.connect();
        host.link(queue).send(new byte[3]);
        host.t.pass(Duration.ofSeconds(121));
        assertTrue(queue.isDisconnected());
    }

    // Again

    @Test
    void aHostMayAuthenticateAgain() {
        AuthHost host = AuthHost.declared(folder, true);
        TestQueue queue = host.authenticated();
        TestTarget.enable(queue);
        assertEquals(Dhchap.Outcome.AUTHENTICATED, host.dhchap(host.ctrlrKey).authenticate(host.link(queue)));
        assertEquals(0, queue.send(Sq.propertyGet(Property.VS, 0)).status());
    }

    @Test
    void aHostThatFailsToAuthenticateAgainIsDropped() {
        AuthHost host = AuthHost.declared(folder, false);
        TestQueue queue = host.authenticated();
        Dhchap wrong = new Dhchap(HOST.value(), NQN.value(), Dhchap.newKey(1, 32), null)
                .offering(new byte[] {1}, new byte[] {0});
        assertEquals(Dhchap.Outcome.REFUSED, wrong.authenticate(host.link(queue)));
        assertTrue(queue.isDisconnected());
    }

    @Test
    void aHostThatBeginsAgainAndForgetsItStays() {
        AuthHost host = AuthHost.declared(folder, false);
        TestQueue queue = host.authenticated();
        TestTarget.enable(queue);
        assertEquals(0, host.link(queue).send(host.dhchap(null).negotiate()));
        host.t.pass(Duration.ofSeconds(121));
        assertFalse(queue.isDisconnected());
        assertEquals(0, queue.send(Sq.propertyGet(Property.VS, 0)).status());
        assertEquals("completed", auth(host).state());
    }
}
