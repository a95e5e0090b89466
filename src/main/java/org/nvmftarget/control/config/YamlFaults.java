package org.nvmftarget.control.config;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlVersionException;
import org.snakeyaml.engine.v2.scanner.StreamReader;

/** Puts what stops the YAML parser into words, with a place: the parser itself gives none for some of it. */
final class YamlFaults {

    private static final Pattern YAML_DIRECTIVE = Pattern.compile("(?m)^%YAML");

    private YamlFaults() {}

    /** Reports what the parser would stop at without saying where; true if there is something. */
    static boolean beforeParsing(Source source, Problems problems) {
        String text = source.text();
        if (text.length() > SpecLimits.MAX_BYTES) {
            problems.add(
                    Place.whole(source),
                    SpecPath.ROOT,
                    "is larger than the limit of " + (SpecLimits.MAX_BYTES >> 20) + " MiB");
            return true;
        }
        for (int i = 0; i < text.length(); i += Character.charCount(text.codePointAt(i))) {
            int c = text.codePointAt(i);
            if (!StreamReader.isPrintable(c)) {
                problems.add(
                        placeOf(source, i),
                        SpecPath.ROOT,
                        String.format("character U+%04X is not allowed in YAML", c),
                        c == 0 ? Optional.of("is this a text file?") : Optional.empty());
                return true;
            }
        }
        return false;
    }

    static void report(YamlEngineException e, Source source, Problems problems) {
        if (e instanceof MarkedYamlEngineException marked
                && marked.getProblemMark().isPresent()) {
            reportMarked(marked, marked.getProblemMark().get(), source, problems);
            return;
        }
        String message = e instanceof YamlVersionException
                ? "only YAML 1.2 is read here"
                : "not readable as YAML: " + Wording.shown(String.valueOf(e.getMessage()));
        Matcher directive = YAML_DIRECTIVE.matcher(source.text());
        Place place = directive.find() ? placeOf(source, directive.start()) : Place.whole(source);
        problems.add(place, SpecPath.ROOT, message);
    }

    private static void reportMarked(MarkedYamlEngineException e, Mark mark, Source source, Problems problems) {
        int line = mark.getLine() + 1;
        // At the text's end the scanner may count a character that is not there.
        Place place = new Place(source, line, Math.min(mark.getColumn() + 1, source.columnsOf(line)));
        int[] buffer = mark.getBuffer();
        if (mark.getPointer() < buffer.length && buffer[mark.getPointer()] == '\t') {
            problems.add(place, SpecPath.ROOT, "a tab cannot indent YAML", "use spaces");
            return;
        }
        String context = e.getContext() == null ? "" : " " + e.getContext();
        String since = e.getContextMark() == null
                ? ""
                : e.getContextMark()
                        .filter(m -> m.getLine() != mark.getLine())
                        .map(m -> " that begins at line " + (m.getLine() + 1))
                        .orElse("");
        problems.add(
                place,
                SpecPath.ROOT,
                "not readable as YAML: " + Wording.shown(e.getProblem() + context + since),
                hint(e.getProblem()));
    }

    private static Optional<String> hint(String problem) {
        if (problem.contains("mapping values are not allowed")) {
            return Optional.of("is a quote missing around a text with `: ` in it, or is the line indented too far?");
        }
        if (problem.contains("<block end>")) {
            return problem.contains("'<block") || problem.contains("'<scalar>'")
                    ? Optional.of("lines of one map or list begin in the same column")
                    : Optional.empty();
        }
        if (problem.contains("could not find expected ':'")) {
            return Optional.of("behind a key come a colon and a blank");
        }
        if (problem.contains("cannot start any token")) {
            return Optional.of("a text that begins with this character needs quotes");
        }
        return Optional.empty();
    }

    /** The place of the character at {@code index} of the text. */
    private static Place placeOf(Source source, int index) {
        String text = source.text();
        int line = 1;
        int lineStart = 0;
        for (int i = 0; i < index; i++) {
            char c = text.charAt(i);
            if (c == '\n' || (c == '\r' && text.charAt(i + 1) != '\n')) {
                line++;
                lineStart = i + 1;
            }
        }
        return new Place(source, line, text.codePointCount(lineStart, index) + 1);
    }
}
