package org.nvmftarget.model;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A size in bytes, written {@code 4096}, {@code 4KiB}, {@code 64MiB}, {@code 1TiB}. */
public record ByteSize(long bytes) implements Comparable<ByteSize> {

    private static final Pattern FORM = Pattern.compile("(0|[1-9][0-9]{0,18})\\s?(B|KiB|MiB|GiB|TiB|PiB)?");
    private static final String[] UNITS = {"", "KiB", "MiB", "GiB", "TiB", "PiB"};

    public ByteSize {
        if (bytes < 0) {
            throw new IllegalArgumentException("a size is not negative: " + bytes);
        }
    }

    /** Reads the spec file's spelling; empty if {@code text} is none, or does not fit into 63 bits. */
    public static Optional<ByteSize> parse(String text) {
        Matcher m = FORM.matcher(text);
        if (!m.matches()) {
            return Optional.empty();
        }
        String unit = m.group(2);
        int shift = unit == null || unit.equals("B") ? 0 : 10 * ("KMGTP".indexOf(unit.charAt(0)) + 1);
        try {
            return Optional.of(new ByteSize(Math.multiplyExact(Long.parseLong(m.group(1)), 1L << shift)));
        } catch (ArithmeticException | NumberFormatException tooLarge) {
            return Optional.empty();
        }
    }

    @Override
    public int compareTo(ByteSize other) {
        return Long.compare(bytes, other.bytes);
    }

    /** The canonical spelling: the largest unit that divides the size. */
    @Override
    public String toString() {
        int unit = 0;
        long n = bytes;
        while (n != 0 && n % 1024 == 0 && unit < UNITS.length - 1) {
            n /= 1024;
            unit++;
        }
        return n + UNITS[unit];
    }
}
