package org.nvmftarget.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.abort;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Boots one guest with {@code tests/lab/run}, and turns each scenario's result into a test of its own. */
final class LabIT {

    private static final int LOG_TAIL_LINES = 40;

    private final Path tree = Path.of(System.getProperty("basedir", "")).toAbsolutePath();

    @TestFactory
    Stream<DynamicTest> scenario() throws IOException, InterruptedException {
        if (!Boolean.getBoolean("lab")) {
            String leftOut = "Lab left out: it boots a guest with soft-RoCE, which needs Debian packages;"
                    + " tests/run has it, or mvn verify -Dlab=true where tests/lab/prepare succeeds.";
            System.out.println(leftOut);
            abort(leftOut);
        }
        List<String> names = defaultScenarios();
        int status = run();
        Stream<DynamicTest> scenarios = names.stream().map(name -> dynamicTest(name, () -> assertPassed(name)));
        // Without this test a harness that fails before it writes any result could pass unseen.
        return Stream.concat(
                scenarios, Stream.of(dynamicTest("exit-status", () -> assertEquals(0, status, "tests/lab/run"))));
    }

    private List<String> defaultScenarios() throws IOException {
        try (BufferedReader lines = lab("--list").start().inputReader(StandardCharsets.UTF_8)) {
            return lines.lines().filter(line -> !line.contains(" ")).collect(Collectors.toList());
        }
    }

    /** Runs the lab, printing its progress as it comes. */
    private int run() throws IOException, InterruptedException {
        Process lab = lab().start();
        try (BufferedReader lines = lab.inputReader(StandardCharsets.UTF_8)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                System.out.println("lab: " + line);
            }
            return lab.waitFor();
        } finally {
            lab.destroy(); // the script ends its guest on SIGTERM
        }
    }

    private ProcessBuilder lab(String... arguments) {
        String script = tree.resolve("tests/lab/run").toString();
        List<String> command = Stream.concat(Stream.of(script), Stream.of(arguments))
                .collect(Collectors.toList());
        return new ProcessBuilder(command).directory(tree.toFile()).redirectErrorStream(true);
    }

    private void assertPassed(String name) throws IOException {
        Path folder = tree.resolve("target/lab").resolve(name);
        Path status = folder.resolve("status");
        String verdict = Files.exists(status) ? Files.readString(status).strip() : "no result";
        assertEquals("pass", verdict.split(" ", 2)[0], () -> name + ": " + folder + "\n" + logTail(folder));
    }

    private static String logTail(Path folder) {
        Path log = folder.resolve("log");
        if (!Files.exists(log)) {
            return "(no log)";
        }
        try {
            List<String> lines = Files.readAllLines(log);
            return String.join("\n", lines.subList(Math.max(0, lines.size() - LOG_TAIL_LINES), lines.size()));
        } catch (IOException e) {
            return "(log cannot be read: " + e + ")";
        }
    }
}
