package org.nvmftarget.data.auth;

import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.util.Optional;
import javax.crypto.KeyAgreement;
import javax.crypto.interfaces.DHPublicKey;
import javax.crypto.spec.DHParameterSpec;
import javax.crypto.spec.DHPublicKeySpec;

/** One Diffie-Hellman exchange: a key pair that is made for it and forgotten after it. */
final class DhExchange {
    private final DHParameterSpec group;
    private final KeyPair pair;

    private DhExchange(DHParameterSpec group, KeyPair pair) {
        this.group = group;
        this.pair = pair;
    }

    /** Computes for up to tens of milliseconds. */
    static DhExchange begin(DHParameterSpec group) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("DH");
            generator.initialize(group);
            return new DhExchange(group, generator.generateKeyPair());
        } catch (GeneralSecurityException everyJdkHasIt) {
            throw new IllegalStateException(everyJdkHasIt);
        }
    }

    private static int bytes(DHParameterSpec group) {
        return group.getP().bitLength() / Byte.SIZE;
    }

    /** The public value, most significant byte first, as long as the prime. */
    byte[] publicValue() {
        byte[] y = ((DHPublicKey) pair.getPublic()).getY().toByteArray();
        byte[] padded = new byte[bytes(group)];
        int length = Math.min(y.length, padded.length);
        System.arraycopy(y, y.length - length, padded, padded.length - length, length);
        return padded;
    }

    /**
     * The shared secret, as long as the prime; empty if {@code peer} is no public value of this group. Computes for up to
     * tens of milliseconds.
     */
    Optional<byte[]> secret(byte[] peer) {
        BigInteger y = new BigInteger(1, peer);
        BigInteger most = group.getP().subtract(BigInteger.TWO);
        if (peer.length != bytes(group) || y.compareTo(BigInteger.TWO) < 0 || y.compareTo(most) > 0) {
            return Optional.empty();
        }
        try {
            KeyAgreement agreement = KeyAgreement.getInstance("DH");
            agreement.init(pair.getPrivate());
            agreement.doPhase(
                    KeyFactory.getInstance("DH").generatePublic(new DHPublicKeySpec(y, group.getP(), group.getG())),
                    true);
            return Optional.of(agreement.generateSecret());
        } catch (GeneralSecurityException notOfThisGroup) {
            return Optional.empty();
        }
    }
}
