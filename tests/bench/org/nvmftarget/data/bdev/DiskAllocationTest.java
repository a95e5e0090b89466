package org.nvmftarget.data.bdev;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Neither a read nor a write of a file by io_uring allocates on its reactor, once the code is compiled. */
@Timeout(300)
class DiskAllocationTest {

    /** The smallest object has 16 bytes; what the measuring itself leaves is divided by 100,000 operations. */
    private static final double RESIDUE_BYTES = 0.5;

    @Test
    void anOperationOfADiskAllocatesNothing() throws Exception {
        Process process = new ProcessBuilder(
                        Objects.requireNonNull(System.getProperty("java.home")) + "/bin/java",
                        "--enable-native-access=ALL-UNNAMED",
                        "-XX:+UseSerialGC",
                        "-Xmx256m",
                        "-cp",
                        Objects.requireNonNull(System.getProperty("java.class.path")),
                        DiskLoad.class.getName())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, process.waitFor(), out);
        List<String> lines =
                out.lines().filter(line -> line.matches("(true|false) .*")).toList();
        assertEquals(2, lines.size(), out);
        for (String line : lines) {
            assertTrue(Double.parseDouble(line.substring(line.indexOf(' '))) < RESIDUE_BYTES, line);
        }
    }
}
