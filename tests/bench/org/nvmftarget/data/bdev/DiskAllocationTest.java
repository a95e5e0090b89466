package org.nvmftarget.data.bdev;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.lang.foreign.Arena;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.nvmftarget.data.ffi.libc.DiskFiles;
import org.nvmftarget.data.ffi.libc.NvmeIoctl;
import org.nvmftarget.data.ffi.libc.Posix;
import org.nvmftarget.data.ffi.uring.Ring;
import org.nvmftarget.data.ffi.uring.UringException;

/** Neither a read nor a write allocates on its reactor, once the code is compiled: of a file by io_uring, or of a drive by a command. */
@Timeout(300)
class DiskAllocationTest {

    /** The smallest object has 16 bytes; what the measuring itself leaves is divided by 100,000 operations. */
    private static final double RESIDUE_BYTES = 0.5;

    @Test
    void anOperationOfAFileAllocatesNothing() throws Exception {
        assertAllocatesNothing(DiskLoad.class);
    }

    @Test
    void aCommandToADriveAllocatesNothing() throws Exception {
        assumeTrue(nullTakesCommands(), "this kernel's /dev/null takes no commands");
        assertAllocatesNothing(CommandLoad.class);
    }

    private static boolean nullTakesCommands() {
        int fd = DiskFiles.open("/dev/null", DiskFiles.O_RDWR, 0);
        try (Arena arena = Arena.ofConfined();
                Ring ring = Ring.openForCommands(1, 1, 0)) {
            ring.command(fd, NvmeIoctl.URING_CMD_IO, NvmeIoctl.command(arena), Ring.UNREGISTERED, 1);
            while (!ring.hasCompletion()) {
                assertEquals(0, ring.await());
            }
            return ring.result() == 0;
        } catch (UringException refused) {
            return false;
        } finally {
            Posix.close(fd);
        }
    }

    private static void assertAllocatesNothing(Class<?> load) throws Exception {
        Process process = new ProcessBuilder(
                        Objects.requireNonNull(System.getProperty("java.home")) + "/bin/java",
                        "--enable-native-access=ALL-UNNAMED",
                        "-XX:+UseSerialGC",
                        "-Xmx256m",
                        "-cp",
                        Objects.requireNonNull(System.getProperty("java.class.path")),
                        load.getName())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, process.waitFor(), out);
        List<String> lines =
                out.lines().filter(line -> line.startsWith("allocated ")).toList();
        assertEquals(2, lines.size(), out);
        for (String line : lines) {
            assertTrue(Double.parseDouble(line.substring(line.lastIndexOf(' '))) < RESIDUE_BYTES, line);
        }
    }
}
