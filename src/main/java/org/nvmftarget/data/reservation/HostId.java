package org.nvmftarget.data.reservation;

import java.util.HexFormat;

/**
 * A host identifier of 128 bits: by it a host is one registrant, over how many controllers it may come.
 *
 * @param high the first eight bytes, most significant first
 * @param low the other eight
 */
public record HostId(long high, long low) {

    private static final int DIGITS = 32;

    /** The reverse of {@link #toString}; fails with {@link IllegalArgumentException}. */
    public static HostId parse(String digits) {
        if (digits.length() != DIGITS) {
            throw new IllegalArgumentException("'" + digits + "' is no host identifier of 32 hexadecimal digits");
        }
        return new HostId(
                HexFormat.fromHexDigitsToLong(digits, 0, DIGITS / 2),
                HexFormat.fromHexDigitsToLong(digits, DIGITS / 2, DIGITS));
    }

    /** 32 hexadecimal digits. */
    @Override
    public String toString() {
        return HexFormat.of().toHexDigits(high) + HexFormat.of().toHexDigits(low);
    }
}
