package org.nvmftarget.control.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The tables of {@code config/bad-files}: small files with one thing wrong, and what is said of them. */
@Timeout(120)
class BadFilesTest {

    @TempDir
    Path folder = Path.of("");

    static List<BadCase> cases() throws IOException {
        return BadCase.all();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("cases")
    void reportsExactlyWhatIsWrong(BadCase bad) throws IOException {
        assertEquals(bad.expected(), bad.reported(folder), bad::title);
    }

    @Test
    void thereAreTwoHundredCasesAndNoTwoAreTheSame() throws IOException {
        Set<String> titles = new HashSet<>();
        Set<String> texts = new HashSet<>();
        for (BadCase bad : cases()) {
            assertTrue(titles.add(bad.title()), bad::title);
            StringBuilder text = new StringBuilder();
            bad.files()
                    .forEach((name, bytes) -> text.append(name)
                            .append('\n')
                            .append(new String(bytes, java.nio.charset.StandardCharsets.ISO_8859_1)));
            assertTrue(texts.add(text.toString()), bad::title);
        }
        assertTrue(titles.size() >= 200, titles.size() + " cases");
    }
}
