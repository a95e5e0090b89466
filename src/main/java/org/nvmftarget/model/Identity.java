package org.nvmftarget.model;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Locale;
import java.util.UUID;

/**
 * Identities that the spec leaves open, derived so that they are the same after every restart and on every machine.
 * They are name-based UUIDs of version 8 (RFC 9562, section 5.8), cut from SHA-256.
 */
public final class Identity {
    private Identity() {}

    /** The uuid of a bdev: from what it is (type), where its data are (path; empty for memory) and its name. */
    public static UUID bdevUuid(String type, String name, String path) {
        return derive("bdev", type, name, path);
    }

    /** The uuid of a namespace: other data never appears under a known identity, so the bdev's own is part of it. */
    public static UUID namespaceUuid(Nqn subsystem, Nsid nsid, UUID bdevUuid) {
        return derive("namespace", subsystem.value(), nsid.toString(), bdevUuid.toString());
    }

    /** The NGUID of a namespace that declares none: the digits of its uuid. */
    public static String nguid(UUID uuid) {
        return uuid.toString().replace("-", "").toUpperCase(Locale.ROOT);
    }

    private static UUID derive(String... parts) {
        MessageDigest sha = sha256();
        for (String part : parts) {
            byte[] bytes = part.getBytes(StandardCharsets.UTF_8);
            sha.update(ByteBuffer.allocate(4).putInt(bytes.length).array());
            sha.update(bytes);
        }
        ByteBuffer hash = ByteBuffer.wrap(sha.digest());
        long high = (hash.getLong() & ~0xF000L) | 0x8000L;
        long low = (hash.getLong() & 0x3FFF_FFFF_FFFF_FFFFL) | 0x8000_0000_0000_0000L;
        return new UUID(high, low);
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException everyJdkHasIt) {
            throw new IllegalStateException(everyJdkHasIt);
        }
    }
}
