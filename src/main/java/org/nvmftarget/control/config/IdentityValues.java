package org.nvmftarget.control.config;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;
import org.nvmftarget.model.Nqn;

/** The spellings of uuid, NGUID, EUI-64 and of a subsystem's own texts. */
final class IdentityValues {

    private static final Pattern UUID_FORM =
            Pattern.compile("[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}");
    private static final Pattern HEXADECIMAL = Pattern.compile("[0-9a-fA-F]+");
    private static final Pattern PRINTABLE = Pattern.compile("[\\x20-\\x7e]*");
    private static final UUID NIL = new UUID(0, 0);

    private IdentityValues() {}

    static Optional<UUID> uuid(Value value) {
        return value.text("a UUID").flatMap(text -> {
            if (!UUID_FORM.matcher(text).matches()) {
                value.problem(
                        Wording.quoted(text) + " is not a UUID",
                        "a UUID is written 6d0a0b06-45c1-4f2c-9a43-0a2d9f2f7a10");
                return Optional.empty();
            }
            UUID uuid = UUID.fromString(text);
            if (uuid.equals(NIL)) {
                value.problem("a UUID of zeros identifies nothing", "leave it out, and one is derived");
                return Optional.empty();
            }
            return Optional.of(uuid);
        });
    }

    /** Hexadecimal digits of exactly this number, not all zero; in upper case. */
    static Optional<String> digits(Value value, String kind, int digits) {
        return value.text(digits + " hexadecimal digits").flatMap(text -> {
            if (text.length() != digits || !HEXADECIMAL.matcher(text).matches()) {
                value.problem(Wording.quoted(text) + " is not " + kind + ": " + digits + " hexadecimal digits");
                return Optional.empty();
            }
            if (text.chars().allMatch(c -> c == '0')) {
                value.problem(kind + " of zeros identifies nothing", "leave it out");
                return Optional.empty();
            }
            return Optional.of(text.toUpperCase(Locale.ROOT));
        });
    }

    /** What an Identify page holds padded with spaces: printable ASCII with none at its ends. */
    static Optional<String> ascii(Value value, int most) {
        return value.text("a text of 1 to " + most + " characters").filter(text -> {
            if (text.isEmpty()) {
                value.problem("is empty", "leave it out, and the default is used");
            } else if (!PRINTABLE.matcher(text).matches()) {
                value.problem("holds characters that are not printable ASCII");
            } else if (text.length() > most) {
                value.problem("is " + text.length() + " characters long: the most is " + most);
            } else if (!text.strip().equals(text)) {
                value.problem("begins or ends with a space, which hosts do not see");
            } else {
                return true;
            }
            return false;
        });
    }

    /** A serial number that is the same on every machine and after every restart, and hardly another subsystem's. */
    static String serialNumber(Nqn nqn) {
        try {
            byte[] hash =
                    MessageDigest.getInstance("SHA-256").digest(nqn.value().getBytes(StandardCharsets.UTF_8));
            return "NT" + HexFormat.of().withUpperCase().formatHex(hash, 0, 7);
        } catch (NoSuchAlgorithmException everyJdkHasIt) {
            throw new IllegalStateException(everyJdkHasIt);
        }
    }
}
