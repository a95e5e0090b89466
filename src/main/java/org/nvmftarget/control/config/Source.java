package org.nvmftarget.control.config;

import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** One text with its name, and its lines for messages. */
final class Source {

    private static final Pattern LINE_BREAK = Pattern.compile("\r\n|\r|\n");

    private final int order;
    private final String file;
    private final String text;
    private String @Nullable [] lines;

    /** @param order which of the spec's files this is, from 0 */
    Source(int order, SpecText spec) {
        this.order = order;
        this.file = spec.file();
        this.text = spec.text().startsWith("\uFEFF") ? spec.text().substring(1) : spec.text();
    }

    int order() {
        return order;
    }

    String file() {
        return file;
    }

    /** Without the byte order mark. */
    String text() {
        return text;
    }

    /** A line by its number from 1; split only once there is a problem to show. */
    Optional<String> line(int number) {
        if (lines == null) {
            lines = LINE_BREAK.split(text, -1);
        }
        return number >= 1 && number <= lines.length ? Optional.of(lines[number - 1]) : Optional.empty();
    }
}
