package org.nvmftarget.control.rpc;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** What this process has open. */
final class Descriptors {
    private Descriptors() {}

    static int open() throws IOException {
        try (Stream<Path> all = Files.list(Path.of("/proc/self/fd"))) {
            return (int) all.count();
        }
    }

    /** The server closes a connection a little after its client has. */
    static void awaitAtMost(int most) throws IOException, InterruptedException {
        long began = System.nanoTime();
        while (open() > most && System.nanoTime() - began < TimeUnit.SECONDS.toNanos(20)) {
            TimeUnit.MILLISECONDS.sleep(5);
        }
        assertTrue(open() <= most, "descriptors: " + open() + ", before: " + most);
    }
}
