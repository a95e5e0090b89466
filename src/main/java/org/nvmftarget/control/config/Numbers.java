package org.nvmftarget.control.config;

import java.math.BigInteger;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The spellings of numbers, sizes and durations, and what a near miss probably meant. */
final class Numbers {

    private static final Pattern WHOLE = Pattern.compile("0|[1-9][0-9]*");
    private static final Pattern LEADING_ZEROS = Pattern.compile("\\+?0+([0-9]+)|\\+([0-9]+)");
    private static final Pattern HEXADECIMAL = Pattern.compile("0[xX]([0-9a-fA-F]{1,15})");
    private static final Pattern GROUPED = Pattern.compile("[1-9][0-9]{0,2}([_, ']?[0-9]{3})+");
    private static final Pattern LOOSE_SIZE = Pattern.compile("([1-9][0-9]{0,17})\\s*([kKmMgGtTpP])[iI]?[bB]?");
    private static final Pattern DURATION = Pattern.compile("(0|[1-9][0-9]{0,9})(ms|s|m|h)");

    private static final Pattern LATENCY = Pattern.compile("(0|[1-9][0-9]{0,9})(us|ms|s)");

    /** Patterns with groups recurse, and big numbers take long to print. */
    private static final int LONGEST_MENDED = 60;

    private Numbers() {}

    /** Decimal digits without sign, leading zero, underscore or fraction. */
    static boolean isWhole(String text) {
        return WHOLE.matcher(text).matches();
    }

    /** The value of a whole number; one beyond 18 digits is as good as infinite. */
    static long value(String whole) {
        return whole.length() > 18 ? Long.MAX_VALUE : Long.parseLong(whole);
    }

    /** Another spelling of {@code text} that is a whole number. */
    static Optional<String> hint(String text) {
        if (text.length() > LONGEST_MENDED) {
            return Optional.empty();
        }
        Matcher zeros = LEADING_ZEROS.matcher(text);
        if (zeros.matches()) {
            return write(new BigInteger(text).toString());
        }
        Matcher hexadecimal = HEXADECIMAL.matcher(text);
        if (hexadecimal.matches()) {
            return write(Long.toString(Long.parseLong(hexadecimal.group(1), 16)));
        }
        String digits = text.replaceAll("[^0-9]", "");
        return !digits.equals(text) && GROUPED.matcher(text).matches() ? write(digits) : Optional.empty();
    }

    static Optional<String> sizeHint(String text) {
        Matcher loose = LOOSE_SIZE.matcher(text);
        if (loose.matches()) {
            return write(loose.group(1) + loose.group(2).toUpperCase(Locale.ROOT) + "iB");
        }
        return hint(text).or(() -> Optional.of("sizes are written 4096, 4KiB, 64MiB, 1TiB"));
    }

    static Optional<Duration> duration(String text) {
        Matcher m = DURATION.matcher(text);
        if (!m.matches()) {
            return Optional.empty();
        }
        long count = Long.parseLong(m.group(1));
        return Optional.of(
                switch (m.group(2)) {
                    case "ms" -> Duration.ofMillis(count);
                    case "s" -> Duration.ofSeconds(count);
                    case "m" -> Duration.ofMinutes(count);
                    default -> Duration.ofHours(count);
                });
    }

    static Optional<String> durationHint(String text) {
        return isWhole(text) && text.length() < 10
                ? Optional.of("give a unit: " + text + "s or " + text + "ms")
                : Optional.of("durations are written 500ms, 10s, 5m, 1h");
    }

    static Optional<Long> microseconds(String text) {
        Matcher m = LATENCY.matcher(text);
        if (!m.matches()) {
            return Optional.empty();
        }
        long count = Long.parseLong(m.group(1));
        return Optional.of(
                switch (m.group(2)) {
                    case "us" -> count;
                    case "ms" -> count * 1000;
                    default -> count * 1_000_000;
                });
    }

    static Optional<String> latencyHint(String text) {
        return isWhole(text) && text.length() < 10
                ? Optional.of("give a unit: " + text + "us or " + text + "ms")
                : Optional.of("latencies are written 100us, 5ms, 1s");
    }

    /** The largest unit that divides the latency. */
    static String latencyText(long us) {
        if (us == 0 || us % 1000 != 0) {
            return us + "us";
        }
        return us % 1_000_000 == 0 ? us / 1_000_000 + "s" : us / 1000 + "ms";
    }

    /** The largest unit that divides the duration. */
    static String durationText(long ms) {
        if (ms == 0 || ms % 1000 != 0) {
            return ms + "ms";
        }
        long s = ms / 1000;
        return s % 3600 == 0 ? s / 3600 + "h" : s % 60 == 0 ? s / 60 + "m" : s + "s";
    }

    static Optional<String> flagHint(String text) {
        return switch (text.toLowerCase(Locale.ROOT)) {
            case "true", "yes", "on", "y", "1" -> write("true");
            case "false", "no", "off", "n", "0" -> write("false");
            default -> Optional.empty();
        };
    }

    private static Optional<String> write(String spelling) {
        return Optional.of("write " + spelling);
    }
}
