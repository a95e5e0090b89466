package org.nvmftarget.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.abort;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Boots one guest with {@code tests/lab/run}, prints its progress, and turns each scenario into a test of its own
 * that lasts as long as the scenario does.
 */
final class LabIT {

    private static final int LOG_TAIL_LINES = 40;

    private final Path tree = Path.of(System.getProperty("basedir", "")).toAbsolutePath();

    @TestFactory
    Stream<DynamicTest> scenario() throws IOException {
        if (!Boolean.getBoolean("lab")) {
            String leftOut = "Lab left out: it boots a guest with soft-RoCE, which needs Debian packages;"
                    + " tests/run has it, or mvn verify -Dlab=true where tests/lab/prepare succeeds.";
            System.out.println(leftOut);
            return Stream.of(dynamicTest("left-out", () -> abort(leftOut)));
        }
        List<String> names = defaultScenarios();
        Process lab = lab().start();
        BufferedReader progress = lab.inputReader(StandardCharsets.UTF_8);
        Stream<DynamicTest> scenarios = names.stream()
                .map(name -> dynamicTest(name, () -> {
                    printUntil(
                            progress,
                            line -> line.contains(" pass  " + name + "  ") || line.contains(" FAIL  " + name + "  "));
                    assertPassed(name);
                }));
        // Without the last test a harness that fails before it has any result could pass unseen.
        DynamicTest end = dynamicTest("exit-status", () -> {
            printUntil(progress, line -> false);
            assertEquals(0, lab.waitFor(), "exit status of tests/lab/run");
        });
        return Stream.concat(scenarios, Stream.of(end)).onClose(lab::destroy); // it ends its guest on SIGTERM
    }

    private List<String> defaultScenarios() throws IOException {
        try (BufferedReader lines = lab("--list").start().inputReader(StandardCharsets.UTF_8)) {
            return lines.lines().filter(line -> !line.contains(" ")).toList();
        }
    }

    private ProcessBuilder lab(String... arguments) {
        List<String> command = new ArrayList<>();
        command.add(tree.resolve("tests/lab/run").toString());
        if (Boolean.getBoolean("long")) {
            command.add("--long");
        }
        command.addAll(List.of(arguments));
        return new ProcessBuilder(command).directory(tree.toFile()).redirectErrorStream(true);
    }

    /** Reads up to the line that is looked for, or to the end: scenarios run in the order of their tests. */
    private static void printUntil(BufferedReader progress, Predicate<String> last) throws IOException {
        for (String line = progress.readLine(); line != null; line = progress.readLine()) {
            System.out.println("lab: " + line);
            if (last.test(line)) {
                return;
            }
        }
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
