package org.nvmftarget.control.config;

import java.util.Arrays;
import java.util.Optional;

/** One text with its name, and its lines for messages. */
final class Source {

    /** A longer line is not shown with a problem of it: nobody would find the place in it. */
    static final int LONGEST_SHOWN_LINE = 1000;

    private final int order;
    private final String file;
    private final String text;
    private int[] lineStarts = {};

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

    /** A line by its number from 1; empty if there is none, or if it is too long to be shown. */
    Optional<String> line(int number) {
        if (!hasLine(number) || lineEnd(number) - lineStarts[number - 1] > LONGEST_SHOWN_LINE) {
            return Optional.empty();
        }
        return Optional.of(text.substring(lineStarts[number - 1], lineEnd(number)));
    }

    /** The column behind a line's last character, in code points from 1; 1 for a line that is not there. */
    int columnsOf(int number) {
        return hasLine(number) ? text.codePointCount(lineStarts[number - 1], lineEnd(number)) + 1 : 1;
    }

    /** How many lines there are; behind the last line break one more begins. */
    int lines() {
        if (lineStarts.length == 0) {
            lineStarts = lineStarts(text);
        }
        return lineStarts.length;
    }

    private boolean hasLine(int number) {
        return number >= 1 && number <= lines();
    }

    private int lineEnd(int number) {
        int end = number < lineStarts.length ? lineStarts[number] : text.length();
        while (end > lineStarts[number - 1] && isBreak(text.charAt(end - 1))) {
            end--;
        }
        return end;
    }

    /** Looked for only once there is a problem to show; numbers, since the lines of a large text fill the memory. */
    private static int[] lineStarts(String text) {
        int[] starts = new int[16];
        int count = 1;
        for (int i = 0; i < text.length(); i++) {
            if (isBreak(text.charAt(i)) && !text.startsWith("\r\n", i)) {
                starts = count == starts.length ? Arrays.copyOf(starts, 2 * count) : starts;
                starts[count] = i + 1;
                count++;
            }
        }
        return Arrays.copyOf(starts, count);
    }

    private static boolean isBreak(char c) {
        return c == '\n' || c == '\r';
    }
}
