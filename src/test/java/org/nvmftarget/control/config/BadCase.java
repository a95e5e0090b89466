package org.nvmftarget.control.config;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * One case of {@code config/bad-files}: files, and all problems that they have. In a table a case is
 *
 * <pre>
 * #### what is wrong
 * the text of target.yaml; «E4» is a byte, «end» ends a text without a newline
 * ## target.d/a.yaml
 * the text of a further file
 * ==>
 * LINE:COLUMN: PATH: message        of target.yaml; of others with their name before it
 *     hint
 * </pre>
 */
record BadCase(String title, Map<String, byte[]> files, String expected) {

    private static final String SPEC = "target.yaml";
    private static final Pattern TOKEN = Pattern.compile("«([0-9A-F]{2})»");

    static List<BadCase> all() throws IOException {
        List<BadCase> cases = new ArrayList<>();
        List<Path> tables;
        try (Stream<Path> files = Files.list(Specs.resource("bad-files"))) {
            tables = files.sorted().toList();
        }
        for (Path table : tables) {
            String text = "\n" + Files.readString(table);
            String[] parts = text.split("\n#### ");
            for (String part : List.of(parts).subList(1, parts.length)) {
                cases.add(of(table.getFileName() + ": ", part));
            }
        }
        return cases;
    }

    private static BadCase of(String table, String part) {
        int titleEnd = part.indexOf('\n');
        int arrow = part.indexOf("\n==>\n");
        String title = table + part.substring(0, titleEnd);
        if (arrow < 0) {
            throw new IllegalArgumentException(title + ": there is no ==>");
        }
        Map<String, byte[]> files = new LinkedHashMap<>();
        String name = SPEC;
        String texts = part.substring(titleEnd, arrow + 1);
        for (String text : texts.split("\n## ")) {
            int lineEnd = text.indexOf('\n');
            name = lineEnd == 0 ? SPEC : text.substring(0, lineEnd);
            files.put(name, bytes(text.substring(lineEnd + 1) + (text.endsWith("\n") ? "" : "\n")));
        }
        return new BadCase(title, files, part.substring(arrow + 5).strip() + "\n");
    }

    private static byte[] bytes(String text) {
        int end = text.indexOf("«end»");
        String cut = end < 0 ? text : text.substring(0, end);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        Matcher token = TOKEN.matcher(cut);
        int done = 0;
        while (token.find()) {
            out.writeBytes(cut.substring(done, token.start()).getBytes(StandardCharsets.UTF_8));
            out.write(Integer.parseInt(token.group(1), 16));
            done = token.end();
        }
        out.writeBytes(cut.substring(done).getBytes(StandardCharsets.UTF_8));
        return out.toByteArray();
    }

    /** Writes the files into {@code folder}, reads them, and tells all problems, as {@link #expected} does. */
    String reported(Path folder) throws IOException {
        for (Map.Entry<String, byte[]> file : files.entrySet()) {
            Path path = folder.resolve(file.getKey());
            Files.createDirectories(path.getParent());
            Files.write(path, file.getValue());
        }
        SpecFiles.Loaded loaded = SpecFiles.load(folder.resolve(SPEC));
        String all = Specs.report(loaded.problems());
        if (!loaded.texts().isEmpty()) {
            all += Specs.report(SpecReader.read(loaded.texts()).problems());
        }
        return all.replaceAll("(?m)^" + Pattern.quote(folder.resolve(SPEC) + ":"), "")
                .replace(folder.resolve("target.d") + "/", "")
                .replace(folder + "/", "");
    }

    @Override
    public String toString() {
        return title;
    }
}
