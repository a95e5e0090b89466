package org.nvmftarget.control.rpc;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** SPDK's methods that change something: refused, with the key of the spec to edit instead. */
final class Refused {

    private final String specFile;
    private final Map<String, String> keys;

    /** @param specFile the file that declares this target, as the operator knows it */
    Refused(String specFile) {
        this.specFile = specFile;
        this.keys = load();
    }

    /** Why {@code method} is not offered; empty if it is none that changes something. */
    Optional<String> reason(String method, Params params) {
        String key = keys.get(method);
        if (key == null) {
            return Optional.empty();
        }
        String reason = "method is not offered: this target is declared in " + specFile;
        if (key.isEmpty()) {
            return Optional.of(reason);
        }
        String named = key.contains("<nqn>")
                ? key.replace("<nqn>", params.lenient("nqn").orElse("<nqn>"))
                : key;
        return Optional.of(reason + "; edit " + named + " there");
    }

    private static Map<String, String> load() {
        Map<String, String> keys = new HashMap<>();
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(
                Objects.requireNonNull(Refused.class.getResourceAsStream("refused-methods.txt")),
                StandardCharsets.UTF_8))) {
            lines.lines().filter(line -> !line.startsWith("#")).forEach(line -> {
                int blank = line.indexOf(' ');
                keys.put(blank < 0 ? line : line.substring(0, blank), blank < 0 ? "" : line.substring(blank + 1));
            });
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return keys;
    }
}
