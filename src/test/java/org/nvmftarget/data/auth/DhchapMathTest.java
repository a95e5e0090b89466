package org.nvmftarget.data.auth;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import javax.crypto.spec.DHParameterSpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.nvmftarget.initiator.Dhchap;
import org.nvmftarget.model.DhchapDigest;
import org.nvmftarget.model.DhchapGroup;

/** Responses were computed once by Python's hashlib and hmac modules; primes are compared with OpenSSL's. */
class DhchapMathTest {
    private static final String HOST = "nqn.2014-08.org.nvmexpress:uuid:11111111-2222-3333-4444-555555555555";
    private static final String SUBSYSTEM = "nqn.2026-11.org.example:disk0";
    private static final DhchapKey KEY = DhchapKey.parse(
            "DHHC-1:01:AgkQFx4lLDM6QUhPVl1ka3J5gIeOlZyjqrG4v8bN1Nuz7TWq:".getBytes(StandardCharsets.US_ASCII));

    /** Bytes {@code step * i mod 256}. */
    private static byte[] bytes(int length, int step) {
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) {
            bytes[i] = (byte) (step * i);
        }
        return bytes;
    }

    private static String response(DhchapMath.Role role, DhchapDigest digest, byte[] secret) {
        boolean host = role == DhchapMath.Role.HOST;
        return HexFormat.of()
                .formatHex(DhchapMath.response(
                        role,
                        digest,
                        KEY,
                        host ? HOST : SUBSYSTEM,
                        host ? SUBSYSTEM : HOST,
                        0x1234,
                        0x89ABCDEF,
                        bytes(Hashes.bytes(digest), 1),
                        secret));
    }

    @ParameterizedTest
    @CsvSource({
        "SHA256, 0edb2c8afde2b6883d36240676e97eaa13ad09b531a1e4dc1b4c1e6db2b95695",
        "SHA384, 171a779d9b6bdc622f2076cb2db64acdcaba9710276d137dde34221450b344e8ef6d50d939aab4d4bb9f64cbd74badc3",
        "SHA512, 91db857f88aa49bd9bf64927c1ce2bd030f371ca8152ce7f92eda060de19a8a2"
                + "bad544efdae0fc886908aff6521a4abfebfa10f99b29f0a05424da251f69a487",
    })
    void aHostRespondsWithoutAGroup(DhchapDigest digest, String response) {
        assertEquals(response, response(DhchapMath.Role.HOST, digest, new byte[0]));
    }

    @ParameterizedTest
    @CsvSource({
        "SHA256, 70136dbeb597e744f9fd16c46e102687fceed4a687624fc03682962fe5a7fdae",
        "SHA384, e769bb7f9cf1245e59c9599b449d47367276d3a04d4b2508b70f89a9af9599ae53ef9d4af76b99ee01e72fd12dd6b01e",
        "SHA512, 576eaf4e0daecdeecc2596ecedab3cf11662e94a34799d866fc34ff7e15d8097"
                + "123c924c86697e3a9cc2d1695dc6ef007ac2233ba0acfcc5f7adbb2525f7b280",
    })
    void aHostRespondsWithASharedSecret(DhchapDigest digest, String response) {
        assertEquals(response, response(DhchapMath.Role.HOST, digest, bytes(256, 3)));
    }

    @ParameterizedTest
    @CsvSource({
        "SHA256, 2b9c3d8f62af50b47625e9add6fe506992754bc51638bbc06c55c8022fa52d5b",
        "SHA384, 6451b356bde3b695b8b67e5e634b4063e4a7ffeee42aaeb1b9dc94aaf174b980c49ce8c38e05835059bba22b9160ec01",
        "SHA512, d2984830eb985f1a77b18678031e319d736864e1a61befdd88d0d72ca72fd27a"
                + "09deb7d286af49772acc5709476bb680f32a6a605fcb9c798ed9e8400a38a795",
    })
    void aControllerRespondsInItsOwnName(DhchapDigest digest, String response) {
        assertEquals(response, response(DhchapMath.Role.CONTROLLER, digest, bytes(256, 3)));
    }

    @ParameterizedTest
    @EnumSource(value = DhchapGroup.class, names = "NULL", mode = EnumSource.Mode.EXCLUDE)
    void thePrimesAreThoseOfOpenSsl(DhchapGroup group) {
        DHParameterSpec ours = DhGroups.spec(group).orElseThrow();
        assertEquals("ffdhe" + ours.getP().bitLength(), group.key());
        assertEquals(Dhchap.prime(ours.getP().bitLength()), ours.getP());
        assertEquals(BigInteger.TWO, ours.getG());
    }

    @ParameterizedTest
    @EnumSource(value = DhchapGroup.class, names = "NULL", mode = EnumSource.Mode.EXCLUDE)
    void twoWhoExchangePublicValuesShareASecretAsLongAsThePrime(DhchapGroup group) {
        DHParameterSpec spec = DhGroups.spec(group).orElseThrow();
        DhExchange a = DhExchange.begin(spec);
        DhExchange b = DhExchange.begin(spec);
        byte[] secret = a.secret(b.publicValue()).orElseThrow();
        assertArrayEquals(secret, b.secret(a.publicValue()).orElseThrow());
        assertEquals(spec.getP().bitLength(), secret.length * Byte.SIZE);
    }

    @Test
    void publicValuesThatGiveTheSecretAwayAreRefused() {
        DHParameterSpec spec = DhGroups.spec(DhchapGroup.FFDHE2048).orElseThrow();
        DhExchange exchange = DhExchange.begin(spec);
        byte[] one = new byte[256];
        one[255] = 1;
        byte[] ones = bytes(256, 0);
        java.util.Arrays.fill(ones, (byte) 0xFF);
        byte[] p = java.util.Arrays.copyOfRange(spec.getP().toByteArray(), 1, 257);
        byte[] belowP = p.clone();
        belowP[255]--;
        for (byte[] bad : new byte[][] {new byte[0], new byte[256], one, ones, p, belowP, new byte[255]}) {
            assertTrue(exchange.secret(bad).isEmpty());
        }
    }
}
