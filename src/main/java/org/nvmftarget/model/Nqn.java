package org.nvmftarget.model;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * An NVMe Qualified Name (NVMe Base specification 2.0, section 4.5): at most 223 bytes of UTF-8, either
 * {@code nqn.yyyy-mm.reverse.domain:anything} or {@code nqn.2014-08.org.nvmexpress:uuid:<uuid>}.
 */
public record Nqn(String value) implements Comparable<Nqn> {

    /** Bytes of UTF-8, without the terminating NUL of the wire's 256-byte field. */
    public static final int MAX_BYTES = 223;

    private static final String UUID_PREFIX = "nqn.2014-08.org.nvmexpress:uuid:";
    private static final Pattern UUID_FORM =
            Pattern.compile("[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}");
    private static final Pattern DATE_FORM = Pattern.compile(
            "nqn\\.[0-9]{4}-(0[1-9]|1[0-2])\\.[A-Za-z0-9][A-Za-z0-9-]*(\\.[A-Za-z0-9][A-Za-z0-9-]*)*(:.+)?");

    // Below the patterns: its constructor needs them.
    /** The well-known name of the discovery subsystem. */
    public static final Nqn DISCOVERY = new Nqn("nqn.2014-08.org.nvmexpress.discovery");

    public Nqn {
        Optional<String> fault = fault(value);
        if (fault.isPresent()) {
            throw new IllegalArgumentException(fault.get());
        }
    }

    /** What is wrong with {@code text} as an NQN, in words for the operator; empty if it is one. */
    public static Optional<String> fault(String text) {
        int bytes = text.getBytes(StandardCharsets.UTF_8).length;
        if (bytes > MAX_BYTES) {
            return Optional.of("an NQN has at most " + MAX_BYTES + " bytes, this one has " + bytes);
        }
        if (text.chars().anyMatch(c -> c < 0x20 || c == 0x7f)) {
            return Optional.of("an NQN has no control characters");
        }
        if (text.startsWith(UUID_PREFIX)) {
            return UUID_FORM.matcher(text.substring(UUID_PREFIX.length())).matches()
                    ? Optional.empty()
                    : Optional.of("after '" + UUID_PREFIX + "' comes a UUID");
        }
        return DATE_FORM.matcher(text).matches()
                ? Optional.empty()
                : Optional.of("'" + text + "' is not an NQN (nqn.yyyy-mm.reverse.domain:name)");
    }

    @Override
    public int compareTo(Nqn other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
