package org.nvmftarget.control.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nvmftarget.model.Problem;

/** Each file of {@code config/bad} beside the problems that it has: all of them, in order, with place, path and hint. */
class BadSpecsTest {

    static Stream<Path> badSpecs() throws IOException {
        return Specs.files("bad");
    }

    @ParameterizedTest
    @MethodSource("badSpecs")
    void reportsEveryProblemAtOnce(Path file) throws IOException {
        Path expected = file.resolveSibling(file.getFileName().toString().replace(".yaml", ".expected"));

        SpecResult result = Specs.read(file);

        assertEquals(Files.readString(expected), Specs.report(result.problems()), file::toString);
    }

    @ParameterizedTest
    @MethodSource("badSpecs")
    void givesNoStateForASpecWithProblems(Path file) throws IOException {
        assertTrue(Specs.read(file).state().isEmpty(), file::toString);
    }

    @ParameterizedTest
    @MethodSource("badSpecs")
    void placesEachProblemInsideTheText(Path file) throws IOException {
        List<String> lines =
                List.of(Files.readString(file).replace("\uFEFF", "").split("\r\n|\r|\n", -1));
        for (Problem problem : Specs.read(file).problems()) {
            if (problem.line() > 0) {
                assertTrue(problem.line() <= lines.size(), problem::toString);
                String line = lines.get(problem.line() - 1);
                assertEquals(line, problem.sourceLine().orElseThrow());
                assertTrue(problem.column() <= line.codePointCount(0, line.length()) + 1, problem::toString);
            }
        }
    }
}
