package org.nvmftarget.control.render;

import java.util.List;
import org.nvmftarget.model.Problem;

/**
 * Problems for people: {@code FILE:LINE:COL: PATH: what is wrong}, the line of the file, a caret below the column, and
 * the hint.
 */
public final class ProblemText {
    private static final String INDENT = "    ";

    private ProblemText() {}

    /** One problem after the other, each line with a newline at its end; empty for none. */
    public static String render(List<Problem> problems) {
        StringBuilder text = new StringBuilder();
        problems.forEach(problem -> add(text, problem));
        return text.toString();
    }

    private static void add(StringBuilder text, Problem problem) {
        text.append(problem.file()).append(':');
        if (problem.line() > 0) {
            text.append(problem.line()).append(':').append(problem.column()).append(':');
        }
        text.append(' ');
        if (!problem.path().isEmpty()) {
            text.append(problem.path()).append(": ");
        }
        text.append(problem.message()).append('\n');
        if (problem.line() > 0) {
            problem.sourceLine()
                    .ifPresent(line -> text.append(INDENT)
                            .append(line)
                            .append('\n')
                            .append(INDENT)
                            .append(before(line, problem.column()))
                            .append("^\n"));
        }
        problem.hint()
                .ifPresent(hint ->
                        text.append(INDENT).append("hint: ").append(hint).append('\n'));
    }

    /** As wide as what stands before the column: tabs stay tabs. */
    private static String before(String line, int column) {
        StringBuilder blank = new StringBuilder();
        line.codePoints().limit(Math.max(0, column - 1)).forEach(c -> blank.append(c == '\t' ? '\t' : ' '));
        return blank.toString();
    }
}
