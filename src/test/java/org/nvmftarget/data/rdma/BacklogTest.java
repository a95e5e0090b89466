package org.nvmftarget.data.rdma;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BacklogTest {

    @Test
    void aBacklogAboveTheKernelsLimitIsRefusedWithIt(@TempDir Path folder) throws IOException, UnfitException {
        Path limit = Files.writeString(folder.resolve("max_backlog"), "1024\n");
        Backlog.check(1024, limit);
        UnfitException e = assertThrows(UnfitException.class, () -> Backlog.check(1025, limit));
        assertEquals(
                "acceptor_backlog 1025 is more than the kernel takes: net.rdma_ucm.max_backlog is 1024 (sysctl)",
                e.text());
    }

    @Test
    void aNumberOfTheKernelsIsReadWhole() throws UnfitException {
        Backlog.check(10, Path.of("/proc/sys/kernel/pid_max")); // given in pieces, it would be its first digit
    }

    @Test
    void withoutTheFileNothingIsRefused(@TempDir Path folder) throws UnfitException {
        Backlog.check(65535, folder.resolve("missing"));
    }
}
