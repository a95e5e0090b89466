package org.nvmftarget.data.auth;

import java.util.Arrays;
import org.nvmftarget.model.DhchapDigest;

/** The responses of DH-HMAC-CHAP (NVMe Base specification 2.0, sections 8.13.5.4 and 8.13.5.5). */
final class DhchapMath {
    private DhchapMath() {}

    /** Who responds: part of what is hashed, so that a response of one is none of the other. */
    enum Role {
        HOST("HostHost"),
        CONTROLLER("Controller");

        private final String label;

        Role(String label) {
            this.label = label;
        }
    }

    /**
     * The response to a challenge.
     *
     * @param key of the one who responds
     * @param own its NQN
     * @param peer the other's
     * @param secret of the Diffie-Hellman exchange; empty without one
     */
    static byte[] response(
            Role role,
            DhchapDigest digest,
            DhchapKey key,
            String own,
            String peer,
            int tid,
            int seqnum,
            byte[] challenge,
            byte[] secret) {
        byte[] transformed = key.transformed(own);
        try {
            return Hashes.hmac(digest, transformed)
                    .add(augmented(digest, challenge, secret))
                    .add(seqnum, Integer.BYTES)
                    .add(tid, Short.BYTES)
                    .add(0, Byte.BYTES) // SC_C: no secure channel
                    .add(role.label)
                    .add(own)
                    .add(0, Byte.BYTES)
                    .add(peer)
                    .end();
        } finally {
            Arrays.fill(transformed, (byte) 0);
        }
    }

    private static byte[] augmented(DhchapDigest digest, byte[] challenge, byte[] secret) {
        return secret.length == 0
                ? challenge
                : Hashes.hmac(digest, Hashes.hash(digest, secret))
                        .add(challenge)
                        .end();
    }
}
