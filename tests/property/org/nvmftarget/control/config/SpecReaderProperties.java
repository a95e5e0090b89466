package org.nvmftarget.control.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.nvmftarget.control.render.SpecYaml;
import org.nvmftarget.model.DesiredState;
import org.nvmftarget.model.Problem;

class SpecReaderProperties {

    private static final String[] INSERTIONS = {
        "{",
        "}",
        "[",
        "]",
        ":",
        ": ",
        "- ",
        "\n",
        "\r",
        "\t",
        " ",
        "  ",
        "#",
        "&a ",
        "*a",
        "!!str ",
        "<<",
        "?",
        "|",
        ">",
        "'",
        "\"",
        "%",
        "@",
        "`",
        ",",
        "\0",
        "\uFEFF",
        "\u0085",
        "\u2028",
        "\ud83d",
        "\ud83d\ude00",
        "ä",
        "---\n",
        "...\n",
        "\"\\ud800\"",
        "null",
        "~",
        "99999999999999999999",
        "0x1",
        "-1",
        "version: 1\n",
        "\"\\0\"",
        "\\",
        "{}",
        "[]"
    };

    private static final List<String> CORPUS = corpus();

    private static List<String> corpus() {
        try (Stream<Path> fixtures = Specs.files(".")) {
            return Stream.concat(Specs.examples(), fixtures)
                    .map(SpecReaderProperties::text)
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Specs, good and bad, with a few accidents each. */
    @Provide
    Arbitrary<String> damagedSpecs() {
        Arbitrary<Long> seeds = Arbitraries.longs();
        return Arbitraries.of(CORPUS)
                .flatMap(text -> seeds.map(seed -> damaged(text, new Random(seed))))
                .dontShrink();
    }

    private static String damaged(String text, Random random) {
        StringBuilder out = new StringBuilder(text);
        for (int accidents = 1 + random.nextInt(4); accidents > 0; accidents--) {
            int at = random.nextInt(out.length() + 1);
            switch (random.nextInt(6)) {
                case 0 -> out.setLength(at);
                case 1 -> out.delete(at, Math.min(out.length(), at + 1 + random.nextInt(8)));
                case 2 -> out.insert(at, out.substring(at, Math.min(out.length(), at + random.nextInt(60))));
                default -> out.insert(at, INSERTIONS[random.nextInt(INSERTIONS.length)]);
            }
        }
        return out.toString();
    }

    @Property
    void aDamagedSpecHasEitherAStateOrProblems(@ForAll("damagedSpecs") String text) {
        SpecResult result = Specs.read(text);

        assertEquals(result.problems().isEmpty(), result.state().isPresent());
    }

    @Property
    void everyProblemStandsInsideTheText(@ForAll("damagedSpecs") String text) {
        String[] lines = (text.startsWith("\uFEFF") ? text.substring(1) : text).split("\r\n|\r|\n", -1);
        for (Problem problem : Specs.read(text).problems()) {
            assertTrue(problem.line() >= 0 && problem.line() <= lines.length, problem::toString);
            if (problem.line() > 0) {
                String line = lines[problem.line() - 1];
                assertEquals(line, problem.sourceLine().orElseThrow());
                int columns = line.codePointCount(0, line.length()) + 1;
                assertTrue(problem.column() >= 1 && problem.column() <= columns, problem::toString);
            }
        }
    }

    @Property
    void problemsAreSortedByPlace(@ForAll("damagedSpecs") String text) {
        List<Problem> problems = Specs.read(text).problems();
        for (int i = 1; i < problems.size(); i++) {
            Problem a = problems.get(i - 1);
            Problem b = problems.get(i);
            assertTrue(a.line() < b.line() || (a.line() == b.line() && a.column() <= b.column()), b::toString);
        }
    }

    @Property
    void neitherOrderNorStyleOfAGoodSpecMatters(@ForAll long content, @ForAll long first, @ForAll long second) {
        GoodSpec spec = GoodSpec.random(new Random(content));

        assertEquals(Specs.valid(spec.text(new Random(first))), Specs.valid(spec.text(new Random(second))));
    }

    @Property
    void itDoesNotMatterHowAGoodSpecIsSpreadOverFiles(@ForAll long content, @ForAll long order) {
        GoodSpec spec = GoodSpec.random(new Random(content));
        Random random = new Random(order);

        assertEquals(
                Specs.valid(spec.text(random)), Specs.valid(spec.spread(random).toArray(String[]::new)));
    }

    @Property
    void anExportReadsAsTheSpecThatItWasMadeOf(@ForAll long content, @ForAll long style) {
        DesiredState state = Specs.valid(GoodSpec.random(new Random(content)).text(new Random(style)));

        assertEquals(state, Specs.valid(SpecYaml.render(state)));
    }
}
