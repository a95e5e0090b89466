package org.nvmftarget.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code validate} of files that are as large, deep or wide as an accident or an attack can make them: one process, with
 * the heap that a running target has, tells of all of them in turn.
 */
@Timeout(300)
final class HugeSpecsIT {

    private static final int MEBI = 1 << 20;
    private static final int LIMIT = 16 * MEBI;

    @TempDir
    private Path folder;

    private final Map<Path, String> expected = new LinkedHashMap<>();

    @Test
    void eachIsAClearErrorInBoundedMemory() throws Exception {
        largeFiles();
        deepTexts();
        wideTexts();
        otherThanFiles();

        Path errors = folder.resolve("errors");
        List<String> command = new ArrayList<>(List.of(
                Objects.requireNonNull(System.getProperty("java.home")) + "/bin/java",
                "-Xmx512m",
                "-XX:+UseSerialGC",
                "-XX:+ExitOnOutOfMemoryError",
                "-cp",
                Objects.requireNonNull(System.getProperty("java.class.path")),
                Main.class.getName(),
                "validate"));
        expected.keySet().forEach(file -> command.add(file.toString()));
        Process process = new ProcessBuilder(command)
                .redirectError(errors.toFile())
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        assertTrue(process.waitFor(240, TimeUnit.SECONDS), "it hangs");

        String told = Files.readString(errors);
        assertEquals(1, process.exitValue(), told);
        expected.forEach((file, message) ->
                assertTrue(told.contains(file + message), () -> file + message + "\n" + beginning(told)));
        assertTrue(told.length() < 8 * MEBI, "so much is told: " + told.length());
    }

    private static String beginning(String text) {
        return text.substring(0, Math.min(text.length(), 20_000));
    }

    private void largeFiles() throws IOException {
        Path sparse = folder.resolve("100-mib-of-nul.yaml");
        try (FileChannel channel = FileChannel.open(sparse, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            channel.write(
                    java.nio.ByteBuffer.wrap("x".getBytes(java.nio.charset.StandardCharsets.US_ASCII)),
                    100L * MEBI - 1);
        }
        expected.put(sparse, ": is larger than the limit of 16 MiB");
        expect("comment.yaml", "# " + "x".repeat(98) + "\n", 100 * MEBI, ": is larger than the limit of 16 MiB");
        expect("comments.yaml", "#\n", LIMIT, ": the file holds nothing but comments");
        expect("breaks.yaml", "\n", LIMIT, ": the file is empty");
        expect("one-word.yaml", "x", LIMIT, ":1:1: a spec is a map of keys, not text");
        expect("one-quote.yaml", "\"", LIMIT - 1, ":1:");
        expect("digits.yaml", "version: ", "7", LIMIT - 100, "", ":1:10: version: '777");
        expect("groups.yaml", "version: 1\ntransports: { tcp: { kas: '1", " 000", LIMIT - 100, "' } }\n", ":2:27:");
        expect(
                "key.yaml",
                "version: 1\n\"",
                "k",
                LIMIT - 100,
                "\": 1\n",
                ":2:16777119: not readable as YAML: could not find expected ':'");
        expect(
                "nqn.yaml",
                "version: 1\nsubsystems: { \"nqn.2026-11.org.a:",
                "n",
                LIMIT - 100,
                "\": {} }\n",
                ":2:16777151: not readable as YAML: ");
        expect("plus.yaml", "version: +", "1", LIMIT - 100, "\n", ":1:10: version: '+111");
        expect(
                "size.yaml",
                "version: 1\nbdevs: { a: { type: malloc, size: \"1",
                " ",
                LIMIT - 100,
                "K\" } }\n",
                ":2:35: ");
        expect(
                "traddr.yaml",
                "version: 1\ndiscovery: { referrals: [ { trtype: tcp, trsvcid: 1, traddr: \"[",
                ":",
                LIMIT - 100,
                "]\" } ] }\n",
                ":2:62: ");
    }

    private void deepTexts() throws IOException {
        String deeper = "nested deeper than 64 levels";
        int levels = 20_000;
        expect("brackets.yaml", "version: 1\nbdevs: ", "[", levels, "", ":2:71: " + deeper);
        expect("braces.yaml", "version: 1\nbdevs: ", "{a: ", levels, "", ":2:");
        expect("dashes.yaml", "- ", 2 * levels, ":1:129: " + deeper);
        expect("questions.yaml", "? ", 2 * levels, ":1:");
        expect("brackets-in-keys.yaml", "[", levels, ":1:65: " + deeper);
        StringBuilder stairs = new StringBuilder();
        for (int i = 0; i < 4000; i++) {
            stairs.append(" ".repeat(i)).append("a:\n");
        }
        expected.put(Files.writeString(folder.resolve("stairs.yaml"), stairs), ":64:64: " + deeper);
        expect("anchors.yaml", "&a ", 3 * levels, ":1:");
        expect("tags.yaml", "!!str ", 3 * levels, ":1:");
    }

    private void wideTexts() throws IOException {
        String most = "a spec has at most 1048576 keys and values";
        expect("items.yaml", "version: 1\nbdevs: [", "1,", LIMIT - 100, "]\n", ":2:");
        expect("lines.yaml", "- 1\n", LIMIT, ":1048576:3: " + most);
        expect("aliases.yaml", "version: 1\nbdevs: [", "*a,", LIMIT - 100, "]\n", ":2:");
        expect("unknown.yaml", numbered("k%07d: 1\n", 500_000), ":1:1: k0000000: unknown key 'k0000000'");
        expect("same.yaml", "version: 1\n", LIMIT / 4, ":2:1: version: declared a second time");
        StringBuilder lost = new StringBuilder("version: 1\nbdevs:\n");
        lost.append(numbered("  d%06d: { type: malloc, size: 1MiB }\n", 20_000));
        lost.append("subsystems:\n  nqn.2026-11.org.example:a:\n    max_namespaces: 65536\n    namespaces:\n");
        for (int i = 1; i <= 20_000; i++) {
            lost.append("      ").append(i).append(": { bdev: e").append(i).append(" }\n");
        }
        expect("lost.yaml", lost, ":20007:18: ");
    }

    private void otherThanFiles() throws IOException, InterruptedException {
        Path pipe = folder.resolve("pipe.yaml");
        assertEquals(0, new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor());
        expected.put(pipe, ": is no regular file");
        expected.put(Files.createDirectory(folder.resolve("folder.yaml")), ": the folder holds no .yaml file");
        Path unreadable = folder.resolve("unreadable.yaml");
        Files.createSymbolicLink(unreadable, Path.of("/proc/self/mem"));
        expected.put(unreadable, ": cannot be read: Input/output error");
        Path loop = folder.resolve("loop.yaml");
        Files.createSymbolicLink(loop, loop);
        expected.put(loop, ": cannot be read: ");
        Path big = Files.createDirectory(folder.resolve("parts"));
        for (int i = 0; i < 3; i++) {
            write(big.resolve(i + ".yaml"), "# " + "x".repeat(98) + "\n", LIMIT / 2 - 100);
        }
        expected.put(big, "/2.yaml: is larger than what the files before it leave of the limit of 16 MiB");
    }

    private static CharSequence numbered(String format, int count) {
        StringBuilder all = new StringBuilder();
        for (int i = 0; i < count; i++) {
            all.append(String.format(format, i));
        }
        return all;
    }

    private void expect(String name, CharSequence text, String message) throws IOException {
        expected.put(Files.writeString(folder.resolve(name), text), message);
    }

    private void expect(String name, String unit, int bytes, String message) throws IOException {
        expected.put(write(folder.resolve(name), unit, bytes), message);
    }

    private void expect(String name, String before, String unit, int bytes, String after, String message)
            throws IOException {
        Path file = folder.resolve(name);
        try (BufferedWriter out = Files.newBufferedWriter(file)) {
            out.write(before);
            for (int written = 0; written + unit.length() <= bytes; written += unit.length()) {
                out.write(unit);
            }
            out.write(after);
        }
        expected.put(file, message);
    }

    private static Path write(Path file, String unit, int bytes) throws IOException {
        try (BufferedWriter out = Files.newBufferedWriter(file)) {
            for (int written = 0; written + unit.length() <= bytes; written += unit.length()) {
                out.write(unit);
            }
        }
        return file;
    }
}
