package org.nvmftarget.control.reconcile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JournalTest {
    private static final String LINE = "{\"time\":\"1970-01-01T00:00:00Z\",\"event\":\"%s\"}";

    @TempDir
    Path folder;

    private Journal open(long rotateBytes) throws IOException {
        return Journal.open(folder, () -> Instant.EPOCH, rotateBytes);
    }

    private static void write(Journal journal, String event) {
        journal.write(event, entry -> {});
    }

    @Test
    void writesOneObjectPerLine() throws IOException {
        try (Journal journal = open(1 << 20)) {
            journal.write("a", entry -> entry.put("text", "two\nlines"));
            write(journal, "b");
        }
        assertEquals(
                List.of(
                        "{\"time\":\"1970-01-01T00:00:00Z\",\"event\":\"a\",\"text\":\"two\\nlines\"}",
                        LINE.formatted("b")),
                Files.readAllLines(folder.resolve("journal.jsonl")));
    }

    @Test
    void cutsATornLastLine() throws IOException {
        try (Journal journal = open(1 << 20)) {
            write(journal, "a");
        }
        Path file = folder.resolve("journal.jsonl");
        Files.writeString(file, Files.readString(file) + "{\"time\":\"19");

        try (Journal journal = open(1 << 20)) {
            write(journal, "b");
            assertEquals(List.of(LINE.formatted("a"), LINE.formatted("b")), journal.last(9));
        }
        assertEquals(List.of(LINE.formatted("a"), LINE.formatted("b")), Files.readAllLines(file));
    }

    @Test
    void cutsALineThatIsTornInACharacterOrEndsInZeros() throws IOException {
        for (String tail : List.of("{\"text\":\"gr\u00c3", "\0\0\0\0", "{\"time\":\0\0\0")) {
            Path file = folder.resolve("journal.jsonl");
            Files.writeString(file, LINE.formatted("a") + "\n");
            Files.write(file, tail.getBytes(StandardCharsets.ISO_8859_1), StandardOpenOption.APPEND);

            assertEquals(List.of(LINE.formatted("a")), Journal.read(folder, 9));
            try (Journal journal = open(1 << 20)) {
                write(journal, "b");
            }
            assertEquals(List.of(LINE.formatted("a"), LINE.formatted("b")), Files.readAllLines(file));
        }
    }

    @Test
    void passesOverWhatIsNoEntryInTheMiddle() throws IOException {
        Path file = folder.resolve("journal.jsonl");
        Files.writeString(file, LINE.formatted("a") + "\n{\"time\":\"19\n\0\0\n\n[1]\n" + LINE.formatted("b") + "\n");
        Files.write(file, new byte[] {(byte) 0xff, '\n'}, StandardOpenOption.APPEND);

        try (Journal journal = open(1 << 20)) {
            assertEquals(List.of(LINE.formatted("a"), LINE.formatted("b")), journal.last(9));
        }
    }

    @Test
    void cutsAFileThatIsOneTornLine() throws IOException {
        Files.writeString(folder.resolve("journal.jsonl"), "{\"time\":\"19");
        try (Journal journal = open(1 << 20)) {
            write(journal, "a");
        }
        assertEquals(List.of(LINE.formatted("a")), Journal.read(folder, 9));
    }

    @Test
    void keepsTheFileBeforeWhenItGrowsTooLarge() throws IOException {
        try (Journal journal = open(100)) {
            for (String event : List.of("a", "b", "c", "d", "e", "f", "g")) {
                write(journal, event);
            }
        }
        assertEquals(List.of("d", "e", "f", "g").stream().map(LINE::formatted).toList(), Journal.read(folder, 9));
        assertTrue(Files.size(folder.resolve("journal.jsonl")) < 200);
    }

    @Test
    void givesTheLastLinesOldestFirst() throws IOException {
        try (Journal journal = open(1 << 20)) {
            for (String event : List.of("a", "b", "c")) {
                write(journal, event);
            }
            assertEquals(List.of(LINE.formatted("b"), LINE.formatted("c")), journal.last(2));
        }
        assertEquals(List.of(LINE.formatted("c")), Journal.read(folder, 1));
    }

    @Test
    void hasNoLinesAtFirst() throws IOException {
        assertEquals(List.of(), Journal.read(folder, 9));
    }
}
