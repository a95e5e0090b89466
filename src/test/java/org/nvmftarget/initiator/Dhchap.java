package org.nvmftarget.initiator;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.zip.CRC32;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * A host's side of DH-HMAC-CHAP, written from NVMe Base specification 2.0, section 8.13.5, message by message, so that a
 * test may send them in any order and spoil each.
 */
public final class Dhchap {
    private static final int FAILURE1 = 0xF1;
    private static final Map<Integer, BigInteger> PRIMES = new ConcurrentHashMap<>();
    private static final int[] GROUP_BITS = {0, 2048, 3072, 4096, 6144, 8192};
    private static final String[] HASHES = {"", "SHA-256", "SHA-384", "SHA-512"};
    private static final SecureRandom RANDOM = new SecureRandom();

    /** A way for messages to the controller and back. */
    public interface Link {
        /** Authentication Send; returns the status of the command. */
        int send(byte[] message);

        /** Authentication Receive; empty if the command failed. */
        byte[] receive(int room);
    }

    /** What the controller said in the end. */
    public enum Outcome {
        AUTHENTICATED,
        /** AUTH_Failure1, or a command that failed. */
        REFUSED,
        /** The controller's own response is wrong. */
        CONTROLLER_IS_FALSE
    }

    private final String hostnqn;
    private final String subnqn;
    private final String key;
    private final @Nullable String ctrlrKey;
    private final int tid = RANDOM.nextInt(1 << 16);

    private byte[] hashes = {1, 2, 3};
    private byte[] groups = {0, 1, 2, 3, 4, 5};
    private int hash = 1;
    private int group;
    private int seqnum;
    private byte[] challenge = new byte[32];
    private byte[] secret = {};
    private byte[] publicValue = {};
    private byte[] ownChallenge = {};
    private final int ownSeqnum = 1 + RANDOM.nextInt(Integer.MAX_VALUE);
    private int reason;

    /**
     * @param key as in {@code --dhchap-secret}
     * @param ctrlrKey as in {@code --dhchap-ctrl-secret}; null: the controller need not prove itself
     */
    public Dhchap(String hostnqn, String subnqn, String key, @Nullable String ctrlrKey) {
        this.hostnqn = hostnqn;
        this.subnqn = subnqn;
        this.key = key;
        this.ctrlrKey = ctrlrKey;
    }

    /** Offers these alone, by their numbers. */
    public Dhchap offering(byte[] hashIds, byte[] groupIds) {
        hashes = hashIds;
        groups = groupIds;
        return this;
    }

    /** {@code DHHC-1:hh:...:} of random bytes, as {@code nvme gen-dhchap-key} makes it. */
    public static String newKey(int hashId, int length) {
        byte[] bytes = new byte[length];
        RANDOM.nextBytes(bytes);
        return key(hashId, bytes);
    }

    public static String key(int hashId, byte[] bytes) {
        CRC32 crc = new CRC32();
        crc.update(bytes);
        ByteBuffer all = ByteBuffer.allocate(bytes.length + 4).order(ByteOrder.LITTLE_ENDIAN);
        all.put(bytes).putInt((int) crc.getValue());
        return "DHHC-1:0" + hashId + ":" + Base64.getEncoder().encodeToString(all.array()) + ":";
    }

    /** The whole conversation. */
    public Outcome authenticate(Link link) {
        if (link.send(negotiate()) != 0 || !challenged(link.receive(4096)) || link.send(reply()) != 0) {
            return Outcome.REFUSED;
        }
        byte[] success = link.receive(4096);
        if (!isMessage(success, 1, 3)) {
            reason = isFailure(success) ? success[7] : 0;
            return Outcome.REFUSED;
        }
        if (ctrlrKey == null) {
            return Outcome.AUTHENTICATED;
        }
        if (success[8] != 1 || !isRight(Arrays.copyOfRange(success, 16, 16 + ownChallenge.length))) {
            link.send(failure2());
            return Outcome.CONTROLLER_IS_FALSE;
        }
        return link.send(success2()) == 0 ? Outcome.AUTHENTICATED : Outcome.REFUSED;
    }

    /** What AUTH_Failure1 gave as its explanation. */
    public int reason() {
        return reason;
    }

    public int tid() {
        return tid;
    }

    public int hash() {
        return hash;
    }

    public int group() {
        return group;
    }

    // Messages

    private ByteBuffer message(int length, int type, int id) {
        return ByteBuffer.allocate(length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .put(0, (byte) type)
                .put(1, (byte) id)
                .putShort(4, (short) tid);
    }

    public byte[] negotiate() {
        return message(72, 0, 0x00)
                .put(7, (byte) 1)
                .put(8, (byte) 1)
                .put(10, (byte) hashes.length)
                .put(11, (byte) groups.length)
                .put(12, hashes)
                .put(42, groups)
                .array();
    }

    /** Takes the challenge in; false if it is none. */
    public boolean challenged(byte[] bytes) {
        if (!isMessage(bytes, 1, 1)) {
            reason = isFailure(bytes) ? bytes[7] : 0;
            return false;
        }
        ByteBuffer m = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        int hl = m.get(6);
        hash = m.get(8);
        group = m.get(9);
        seqnum = m.getInt(12);
        challenge = Arrays.copyOfRange(bytes, 16, 16 + hl);
        int dhvlen = m.getShort(10) & 0xFFFF;
        if (group != 0) {
            exchange(new BigInteger(1, Arrays.copyOfRange(bytes, 16 + hl, 16 + hl + dhvlen)), dhvlen);
        }
        return true;
    }

    private void exchange(BigInteger peer, int length) {
        BigInteger p = PRIMES.computeIfAbsent(GROUP_BITS[group], Dhchap::prime);
        BigInteger x = new BigInteger(400, RANDOM).setBit(400);
        publicValue = padded(BigInteger.TWO.modPow(x, p), length);
        secret = padded(peer.modPow(x, p), length);
    }

    /** As OpenSSL has it. */
    public static BigInteger prime(int bits) {
        try {
            return Files.readAllLines(Path.of("src/test/resources/dhchap/ffdhe.txt")).stream()
                    .filter(line -> line.startsWith(bits + " "))
                    .map(line -> new BigInteger(line.substring(line.indexOf(' ') + 1), 16))
                    .findFirst()
                    .orElseThrow();
        } catch (IOException missing) {
            throw new UncheckedIOException(missing);
        }
    }

    private static byte[] padded(BigInteger value, int length) {
        byte[] bytes = value.toByteArray();
        byte[] padded = new byte[length];
        int n = Math.min(length, bytes.length);
        System.arraycopy(bytes, bytes.length - n, padded, length - n, n);
        return padded;
    }

    public byte[] reply() {
        int hl = challenge.length;
        ownChallenge = new byte[hl];
        RANDOM.nextBytes(ownChallenge);
        ByteBuffer m = message(16 + 2 * hl + publicValue.length, 1, 0x02);
        m.put(6, (byte) hl).putShort(10, (short) publicValue.length);
        m.put(16, response("HostHost", key, hostnqn, subnqn, seqnum, challenge));
        if (ctrlrKey != null) {
            m.put(8, (byte) 1).putInt(12, ownSeqnum).put(16 + hl, ownChallenge);
        }
        m.put(16 + 2 * hl, publicValue);
        byte[] bytes = new byte[m.capacity()];
        m.get(0, bytes);
        return bytes;
    }

    public byte[] success2() {
        return message(16, 1, 0x04).array();
    }

    public byte[] failure2() {
        return message(8, 0, 0xF0).put(6, (byte) 1).put(7, (byte) 1).array();
    }

    public static boolean isMessage(byte[] bytes, int type, int id) {
        return bytes.length >= 8 && bytes[0] == type && (bytes[1] & 0xFF) == id;
    }

    public static boolean isFailure(byte[] bytes) {
        return isMessage(bytes, 0, FAILURE1);
    }

    private boolean isRight(byte[] response) {
        return ctrlrKey != null
                && Arrays.equals(response, response("Controller", ctrlrKey, subnqn, hostnqn, ownSeqnum, ownChallenge));
    }

    // Computations

    private byte[] response(String role, String of, String own, String peer, int number, byte[] given) {
        byte[] c = secret.length == 0 ? given : hmac(hash, digest(secret), given);
        byte[] hashed = new byte[1024];
        ByteBuffer m = ByteBuffer.wrap(hashed).order(ByteOrder.LITTLE_ENDIAN);
        m.put(c).putInt(number).putShort((short) tid).put((byte) 0);
        m.put((role + own + "\0" + peer).getBytes(StandardCharsets.UTF_8));
        return hmac(hash, transformed(of, own), Arrays.copyOf(hashed, m.position()));
    }

    private static byte[] transformed(String text, String nqn) {
        int transform = text.charAt(8) - '0';
        byte[] decoded = Base64.getDecoder().decode(text.substring(10, text.length() - 1));
        byte[] bytes = Arrays.copyOf(decoded, decoded.length - 4);
        return transform == 0
                ? bytes
                : hmac(transform, bytes, (nqn + "NVMe-over-Fabrics").getBytes(StandardCharsets.UTF_8));
    }

    private byte[] digest(byte[] data) {
        try {
            return MessageDigest.getInstance(HASHES[hash]).digest(data);
        } catch (GeneralSecurityException impossible) {
            throw new AssertionError(impossible);
        }
    }

    private static byte[] hmac(int hashId, byte[] key, byte[] data) {
        try {
            String name = "Hmac" + HASHES[hashId].replace("-", "");
            Mac mac = Mac.getInstance(name);
            mac.init(new SecretKeySpec(key, name));
            return mac.doFinal(data);
        } catch (GeneralSecurityException impossible) {
            throw new AssertionError(impossible);
        }
    }
}
