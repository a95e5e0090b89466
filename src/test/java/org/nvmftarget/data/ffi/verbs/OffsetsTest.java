package org.nvmftarget.data.ffi.verbs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OffsetsTest {

    private static final List<Path> HEADERS =
            List.of(Path.of("/usr/include/infiniband/verbs.h"), Path.of("/usr/include/rdma/rdma_cma.h"));

    @Test
    void bindingsAgreeWithTheCheckedInTable() throws IOException {
        assertEquals(golden(), Offsets.ofBindings());
    }

    @Test
    void bindingsAgreeWithTheInstalledHeaders(@TempDir Path folder) throws Exception {
        assumeTrue(
                HEADERS.stream().allMatch(Files::exists), "not compared: libibverbs-dev or librdmacm-dev is missing");
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/gcc")), "not compared: gcc is missing");
        Path source = folder.resolve("probe.c");
        Files.writeString(source, probe(Offsets.ofBindings()));
        run(folder, "/usr/bin/gcc", "-o", folder.resolve("probe").toString(), source.toString());
        assertEquals(
                Offsets.ofBindings(), parse(run(folder, folder.resolve("probe").toString())));
    }

    /** A name without a dot stands for the struct's size. */
    private static String probe(Map<String, Long> names) {
        StringBuilder c = new StringBuilder("""
                #include <stdio.h>
                #include <stddef.h>
                #include <netinet/in.h>
                #include <infiniband/verbs.h>
                #include <rdma/rdma_cma.h>
                int main(void) {
                """);
        for (String name : names.keySet()) {
            int dot = name.indexOf('.');
            String value = dot < 0
                    ? "sizeof(struct " + name + ")"
                    : "offsetof(struct " + name.substring(0, dot) + ", " + name.substring(dot + 1) + ")";
            c.append("  printf(\"")
                    .append(name)
                    .append(" %zu\\n\", ")
                    .append(value)
                    .append(");\n");
        }
        return c.append("  return 0;\n}\n").toString();
    }

    private static String run(Path folder, String... command) throws IOException, InterruptedException {
        Path output = folder.resolve("output");
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        int status = process.waitFor();
        String text = Files.readString(output);
        assertEquals(0, status, text);
        return text;
    }

    private static Map<String, Long> golden() throws IOException {
        try (InputStream in =
                Objects.requireNonNull(OffsetsTest.class.getResourceAsStream("offsets-rdma-core-44-lp64.txt"))) {
            return parse(new String(in.readAllBytes(), StandardCharsets.UTF_8));
        }
    }

    private static Map<String, Long> parse(String text) {
        Map<String, Long> m = new TreeMap<>();
        text.lines().filter(line -> !line.startsWith("#")).forEach(line -> {
            int space = line.indexOf(' ');
            m.put(line.substring(0, space), Long.valueOf(line.substring(space + 1)));
        });
        return m;
    }
}
