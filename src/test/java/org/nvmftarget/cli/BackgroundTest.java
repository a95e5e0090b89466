package org.nvmftarget.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

final class BackgroundTest {

    @Test
    void aBackgroundThreadStandsBehindTheOthersAndLeavesThemAsTheyAre() throws Exception {
        int own = nice();
        CompletableFuture<Integer> its = new CompletableFuture<>();
        Thread thread = Background.threads("behind").newThread(() -> its.complete(nice()));
        assertEquals("behind", thread.getName());
        thread.start();
        assertEquals(Math.max(own, 10), its.get());
        assertEquals(own, nice());
    }

    /** The calling thread's, as the kernel tells it: the 17th number after the thread's name ({@code proc(5)}). */
    private static int nice() {
        try {
            String stat = Files.readString(Path.of("/proc/thread-self/stat"));
            return Integer.parseInt(stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1)[16]);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
