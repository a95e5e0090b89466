package org.nvmftarget.control.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.nvmftarget.control.render.ProblemJson;
import org.nvmftarget.control.render.ProblemText;
import org.nvmftarget.model.Problem;

/** A key that somebody writes into the spec itself: a problem, which does not tell it on. */
class InlineKeysTest {
    private static final String SECRET = "ia6zGodOr4SEG0Zzaw398rpY0wqipUWj4jWjUh4HWUz6aQ2n";
    private static final String KEY = "DHHC-1:00:" + SECRET + ":";

    @Test
    void areRefusedAndNotRepeated() {
        for (String host : List.of(
                "{ dhchap_key: \"" + KEY + "\" }",
                "{ dhchap_key: { file: \"" + KEY + "\" } }",
                "{ dhchap_key: [" + KEY + "] }",
                "{ \"" + KEY + "\": {} }",
                "{ dhchap_key: { file: /k, " + KEY + " } }",
                "\"" + KEY + "\"",
                "{ dhchap_key: { file: /k }, dhchap_digests: [\"" + KEY + "\"] }",
                "{ dhchap_key: { file: /k } } " + KEY)) {
            List<Problem> problems = Specs.read(spec(host)).problems();
            assertFalse(problems.isEmpty(), host);
            assertFalse(problems.toString().contains(SECRET), host);
            assertFalse(ProblemText.render(problems).contains(SECRET), host);
            assertFalse(ProblemJson.render(problems).contains(SECRET), host);
        }
    }

    @Test
    void areMaskedInPlaceSoThatTheColumnStillPointsAtThem() {
        Problem problem =
                Specs.read(spec("{ dhchap_key: \"" + KEY + "\" }")).problems().getFirst();
        String line = problem.sourceLine().orElseThrow();
        assertTrue(line.startsWith("\"DHHC-1:***", problem.column() - 1), line);
        assertEquals(
                spec("{ dhchap_key: \"" + KEY + "\" }").lines().toList().get(4).length(), line.length());
    }

    private static String spec(String host) {
        return """
            version: 1
            subsystems:
              nqn.2026-11.org.example:a:
                hosts:
                  nqn.2026-11.org.example:h: %s
            """.formatted(host);
    }
}
