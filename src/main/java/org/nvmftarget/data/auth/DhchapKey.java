package org.nvmftarget.data.auth;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.CRC32;
import org.nvmftarget.model.DhchapDigest;

/**
 * A DH-HMAC-CHAP secret (NVMe Base specification 2.0, section 8.13.5.8): 32, 48 or 64 bytes, and the hash function by
 * which they are transformed before use.
 */
public final class DhchapKey {
    private static final String PURPOSE = "NVMe-over-Fabrics";
    private static final Pattern FORM = Pattern.compile("DHHC-1:0([0-3]):([A-Za-z0-9+/]+={0,2}):\\s*");
    private static final int CRC_BYTES = 4;

    private final Optional<DhchapDigest> transform;
    private final byte[] secret;

    private DhchapKey(Optional<DhchapDigest> transform, byte[] secret) {
        this.transform = transform;
        this.secret = secret;
    }

    /**
     * Reads {@code DHHC-1:hh:BASE64:}, as {@code nvme gen-dhchap-key} prints it: the secret and its CRC-32, least
     * significant byte first.
     *
     * @throws IllegalArgumentException saying what is wrong, and nothing of the text
     */
    static DhchapKey parse(byte[] text) {
        Matcher form = FORM.matcher(StandardCharsets.ISO_8859_1.decode(ByteBuffer.wrap(text)));
        if (!form.matches()) {
            throw new IllegalArgumentException("it does not hold one line DHHC-1:00:...: with 00, 01, 02 or 03");
        }
        byte[] digits = Arrays.copyOfRange(text, form.start(2), form.end(2));
        byte[] decoded = {};
        try {
            decoded = Base64.getDecoder().decode(digits);
            return of(form.group(1).charAt(0) - '0', decoded);
        } finally {
            Arrays.fill(digits, (byte) 0);
            Arrays.fill(decoded, (byte) 0);
        }
    }

    private static DhchapKey of(int hash, byte[] decoded) {
        int length = decoded.length - CRC_BYTES;
        if (length != 32 && length != 48 && length != 64) {
            throw new IllegalArgumentException("the key in it is not 32, 48 or 64 bytes long");
        }
        CRC32 crc = new CRC32();
        crc.update(decoded, 0, length);
        int stored = ByteBuffer.wrap(decoded).order(ByteOrder.LITTLE_ENDIAN).getInt(length);
        if (stored != (int) crc.getValue()) {
            throw new IllegalArgumentException("the checksum of the key in it is wrong");
        }
        return new DhchapKey(Hashes.of(hash), Arrays.copyOf(decoded, length));
    }

    /** The bytes that the owner of {@code nqn} computes with; the caller wipes them. */
    byte[] transformed(String nqn) {
        return transform.isEmpty()
                ? secret.clone()
                : Hashes.hmac(transform.get(), secret).add(nqn).add(PURPOSE).end();
    }

    /** In constant time. */
    boolean isSame(DhchapKey other) {
        return transform.equals(other.transform) && MessageDigest.isEqual(secret, other.secret);
    }

    /** Nobody asks for it any more. */
    void wipe() {
        Arrays.fill(secret, (byte) 0);
    }

    @Override
    public String toString() {
        return "a key";
    }
}
