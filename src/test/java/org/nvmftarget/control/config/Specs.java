package org.nvmftarget.control.config;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.nvmftarget.model.DesiredState;
import org.nvmftarget.model.Problem;

/** What the tests of this package share: fixtures, and problems as text. */
final class Specs {
    private Specs() {}

    /** All {@code .yaml} files in or below a folder of {@code config}. */
    static Stream<Path> files(String folder) throws IOException {
        try (Stream<Path> files = Files.walk(resource(folder))) {
            return files.filter(p -> p.toString().endsWith(".yaml")).sorted().toList().stream();
        }
    }

    static Path resource(String path) {
        try {
            return Path.of(Objects.requireNonNull(Specs.class.getResource("/config/" + path), path)
                    .toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    static Stream<Path> examples() {
        try (Stream<Path> files = Files.list(Path.of("examples/configs"))) {
            return files.filter(p -> p.toString().endsWith(".yaml")).sorted().toList().stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static SpecResult read(Path file) throws IOException {
        return SpecReader.read(List.of(new SpecText(file.getFileName().toString(), Files.readString(file))));
    }

    /** Reads texts as files a.yaml, b.yaml and so on. */
    static SpecResult read(String... texts) {
        return SpecReader.read(IntStream.range(0, texts.length)
                .mapToObj(i -> new SpecText((char) ('a' + i) + ".yaml", texts[i]))
                .toList());
    }

    static DesiredState valid(String... texts) {
        SpecResult result = read(texts);
        return result.state().orElseThrow(() -> new AssertionError(report(result.problems())));
    }

    static String report(String... texts) {
        return report(read(texts).problems());
    }

    /** {@code FILE:LINE:COL: PATH: message}, and below it the hint. */
    static String report(List<Problem> problems) {
        StringBuilder out = new StringBuilder();
        for (Problem p : problems) {
            out.append(p.file()).append(':').append(p.line()).append(':').append(p.column());
            out.append(": ").append(p.path()).append(": ").append(p.message()).append('\n');
            p.hint().ifPresent(hint -> out.append("    ").append(hint).append('\n'));
        }
        return out.toString();
    }

    static String lines(String... lines) {
        return String.join("\n", Arrays.asList(lines)) + "\n";
    }
}
