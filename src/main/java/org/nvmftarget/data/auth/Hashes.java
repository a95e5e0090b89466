package org.nvmftarget.data.auth;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.nvmftarget.model.DhchapDigest;

/** The hash functions, which every JDK has. */
final class Hashes {
    private Hashes() {}

    /** By the number that keys and messages have for it (figure "Hash Function Identifiers"); 0 is none. */
    static Optional<DhchapDigest> of(int id) {
        return switch (id) {
            case 1 -> Optional.of(DhchapDigest.SHA256);
            case 2 -> Optional.of(DhchapDigest.SHA384);
            case 3 -> Optional.of(DhchapDigest.SHA512);
            default -> Optional.empty();
        };
    }

    static int id(DhchapDigest digest) {
        return switch (digest) {
            case SHA256 -> 1;
            case SHA384 -> 2;
            case SHA512 -> 3;
        };
    }

    static int bytes(DhchapDigest digest) {
        return switch (digest) {
            case SHA256 -> 32;
            case SHA384 -> 48;
            case SHA512 -> 64;
        };
    }

    static byte[] hash(DhchapDigest digest, byte[] data) {
        try {
            return MessageDigest.getInstance(
                            switch (digest) {
                                case SHA256 -> "SHA-256";
                                case SHA384 -> "SHA-384";
                                case SHA512 -> "SHA-512";
                            })
                    .digest(data);
        } catch (GeneralSecurityException everyJdkHasIt) {
            throw new IllegalStateException(everyJdkHasIt);
        }
    }

    static Hmac hmac(DhchapDigest digest, byte[] key) {
        String name = switch (digest) {
            case SHA256 -> "HmacSHA256";
            case SHA384 -> "HmacSHA384";
            case SHA512 -> "HmacSHA512";
        };
        try {
            Mac mac = Mac.getInstance(name);
            mac.init(new SecretKeySpec(key, name));
            return new Hmac(mac);
        } catch (GeneralSecurityException everyJdkHasIt) {
            throw new IllegalStateException(everyJdkHasIt);
        }
    }

    /** One computation. */
    record Hmac(Mac mac) {
        Hmac add(byte[] data) {
            mac.update(data);
            return this;
        }

        Hmac add(String text) {
            return add(text.getBytes(StandardCharsets.UTF_8));
        }

        /** The least significant bytes of {@code value}, in little-endian order. */
        Hmac add(int value, int bytes) {
            for (int i = 0; i < bytes; i++) {
                mac.update((byte) (value >>> (8 * i)));
            }
            return this;
        }

        byte[] end() {
            return mac.doFinal();
        }
    }
}
