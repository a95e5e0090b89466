package org.nvmftarget.data.auth;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Optional;
import java.util.Random;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;
import org.nvmftarget.data.auth.DhchapSession.State;
import org.nvmftarget.initiator.Dhchap;
import org.nvmftarget.model.DhchapDigest;
import org.nvmftarget.model.DhchapGroup;
import org.nvmftarget.model.HostKeys;
import org.nvmftarget.model.KeyFile;

/** A session takes whatever bytes a host sends, and nobody authenticates but by the messages that are right. */
class DhchapProperties {
    private static final String HOST = "nqn.2026-11.org.example:host";
    private static final String SUBSYSTEM = "nqn.2026-11.org.example:disk0";
    private static final String KEY = Dhchap.newKey(1, 32);
    private static final String CTRLR_KEY = Dhchap.newKey(0, 32);
    private static final AtomicInteger SEQNUM = new AtomicInteger(1);
    private static Path folder = Path.of("");

    @BeforeContainer
    static void writeKeys() throws IOException {
        folder = Files.createTempDirectory("dhchap");
        write("host.key", KEY);
        write("ctrlr.key", CTRLR_KEY);
    }

    @AfterContainer
    static void removeKeys() throws IOException {
        Files.delete(folder.resolve("host.key"));
        Files.delete(folder.resolve("ctrlr.key"));
        Files.delete(folder);
    }

    private static void write(String name, String text) throws IOException {
        var owner = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
        Files.writeString(Files.createFile(folder.resolve(name), owner), text);
    }

    private static DhchapSession session() {
        HostKeys keys = new HostKeys(
                KeyFile.declared(folder.resolve("host.key").toString()),
                Optional.of(KeyFile.declared(folder.resolve("ctrlr.key").toString())),
                DhchapDigest.ALL,
                new TreeSet<>(java.util.List.of(DhchapGroup.NULL, DhchapGroup.FFDHE2048)));
        try {
            DhchapSession.Terms terms = new DhchapSession.Terms(HostSecrets.read(keys), keys);
            return new DhchapSession(
                    HOST, SUBSYSTEM, () -> Optional.of(terms), new SecureRandom(), SEQNUM::incrementAndGet);
        } catch (KeyFileException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Dhchap host(Random random) {
        return new Dhchap(HOST, SUBSYSTEM, KEY, random.nextBoolean() ? CTRLR_KEY : null)
                .offering(new byte[] {1, 2, 3}, random.nextInt(8) == 0 ? new byte[] {0, 1} : new byte[] {0});
    }

    /** One bit of one message of an otherwise good conversation is another. */
    @Property
    void aConversationWithOneWrongBitAuthenticatesNobody(@ForAll long seed, @ForAll @IntRange(max = 2) int which) {
        Random random = new Random(seed);
        DhchapSession session = session();
        Dhchap host = host(random);
        AtomicInteger number = new AtomicInteger();
        boolean[] spoilt = new boolean[1];
        boolean[] listed = new boolean[1];
        Dhchap.Outcome outcome = host.authenticate(new Dhchap.Link() {
            @Override
            public int send(byte[] message) {
                byte[] sent = message.clone();
                if (number.getAndIncrement() == which) {
                    int bit = random.nextInt(8 * meaningful(sent, random));
                    sent[bit / 8] ^= (byte) (1 << (bit % 8));
                    listed[0] = sent.length == 72 && bit / 8 >= 9;
                    spoilt[0] = !isHarmless(sent, bit / 8);
                }
                session.send(sent);
                return 0;
            }

            @Override
            public byte[] receive(int room) {
                return session.receive(room);
            }
        });
        if (listed[0]) {
            return; // it offers something else now, which both may have or not
        }
        if (spoilt[0]) {
            assertNotEquals(State.COMPLETED, session.state(), () -> "byte of message " + which);
        } else {
            assertEquals(Dhchap.Outcome.AUTHENTICATED, outcome);
        }
    }

    /** Reserved bytes, and lists of what else a host could do, change nothing: most flips go elsewhere. */
    private static int meaningful(byte[] message, Random random) {
        return random.nextInt(4) == 0 ? message.length : Math.min(8, message.length);
    }

    private static boolean isHarmless(byte[] message, int at) {
        boolean reserved = at == 2 || at == 3;
        if (message.length == 16) {
            return reserved || at >= 6;
        }
        boolean asks = message.length > 16 && message[8] == 1;
        int hl = message.length > 16 ? message[6] & 0xFF : 0;
        boolean ofNoChallenge = !asks && at >= 12 && at < 16;
        boolean noChallenge = !asks && hl > 0 && at >= 16 + hl && at < 16 + 2 * hl;
        return reserved || (message.length > 72 && (at == 7 || at == 9)) || ofNoChallenge || noChallenge;
    }

    @Property
    void bytesOfAnyKindAuthenticateNobody(@ForAll long seed) {
        Random random = new Random(seed);
        DhchapSession session = session();
        for (int i = 0; i < 30; i++) {
            if (random.nextInt(3) == 0) {
                byte[] answer = session.receive(8 + random.nextInt(1500));
                assertTrue(answer.length >= 8);
            } else {
                session.send(bytes(random));
            }
            assertNotEquals(State.COMPLETED, session.state());
        }
    }

    private static byte[] bytes(Random random) {
        byte[] bytes = new byte[random.nextInt(10) == 0 ? random.nextInt(20000) : random.nextInt(200)];
        random.nextBytes(bytes);
        if (random.nextInt(4) > 0 && bytes.length >= 12) {
            bytes[0] = (byte) random.nextInt(2);
            bytes[1] = (byte) (random.nextBoolean() ? random.nextInt(6) : 0xF0 + random.nextInt(2));
        }
        return random.nextInt(3) == 0 ? host(random).negotiate() : bytes;
    }

    /** Messages that are right one by one, in any order and number. */
    @Property
    void rightMessagesInAWrongOrderAuthenticateNobody(@ForAll long seed) {
        Random random = new Random(seed);
        DhchapSession session = session();
        Dhchap host = host(random);
        StringBuilder said = new StringBuilder();
        for (int i = 0; i < 8; i++) {
            switch (random.nextInt(5)) {
                case 0 -> {
                    session.send(host.negotiate());
                    said.append('n');
                }
                case 1 -> {
                    host.challenged(session.receive(4096));
                    said.append('v');
                }
                case 2 -> {
                    session.send(host.reply());
                    said.append('r');
                }
                case 3 -> {
                    session.send(host.success2());
                    said.append('2');
                }
                default -> {
                    session.send(host.failure2());
                    said.append('f');
                }
            }
            if (session.state() == State.COMPLETED) {
                String way = said.toString();
                assertTrue(way.equals("nvrv") || way.equals("nvrv2"), way);
                return;
            }
        }
    }

    @Property
    void aKeyFileOfAnyBytesGivesAKeyOrAReason(@ForAll byte[] bytes) {
        try {
            DhchapKey.parse(bytes);
        } catch (IllegalArgumentException expected) {
            assertTrue(String.valueOf(expected.getMessage()).length() > 10);
        }
    }
}
