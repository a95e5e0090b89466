package org.nvmftarget.data.ffi.uring;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.nvmftarget.data.ffi.libc.Errno;
import org.nvmftarget.data.ffi.libc.NvmeIoctl;

/** A ring of big entries. A file takes no commands, and so says of each that it does not. */
@Timeout(30)
class CommandRingTest {

    private static final int ENTRIES = 4;

    @TempDir
    Path folder;

    private RingFile opened;
    private Ring ring;
    private int fd;
    private final MemorySegment command = NvmeIoctl.command(Arena.ofAuto());

    @BeforeEach
    void open() throws Exception {
        opened = new RingFile(folder, Errno.EINVAL, () -> Ring.openForCommands(ENTRIES, 8, 2));
        ring = opened.ring;
        fd = opened.fd;
    }

    @AfterEach
    void close() {
        if (opened != null) {
            opened.close();
        }
    }

    @Test
    void shouldCarryMoreCommandsThanItHasEntries() {
        assertEquals(0, ring.registerFile(1, fd));
        for (int i = 0; i < 5 * ENTRIES; i++) {
            ring.command(i % 2 == 0 ? fd : -2, NvmeIoctl.URING_CMD_IO, command, Ring.UNREGISTERED, 100 + i);
            assertEquals(-Errno.EOPNOTSUPP, opened.result(100 + i));
        }
    }

    @Test
    void shouldFindEachOfSeveralCompletions() {
        for (int i = 0; i < ENTRIES; i++) {
            ring.command(fd, NvmeIoctl.URING_CMD_IO, command, Ring.UNREGISTERED, 1L << i);
        }
        assertThrows(
                IllegalStateException.class,
                () -> ring.command(fd, NvmeIoctl.URING_CMD_IO, command, Ring.UNREGISTERED, 99),
                "no room");
        assertEquals(0, ring.enter());
        long seen = 0;
        for (int i = 0; i < ENTRIES; i++) {
            while (!ring.hasCompletion()) {
                assertEquals(0, ring.await());
            }
            seen |= ring.userData();
            assertEquals(-Errno.EOPNOTSUPP, ring.result());
            ring.advance();
        }
        assertEquals((1L << ENTRIES) - 1, seen);
    }

    @Test
    void shouldKeepEntriesOfEitherSizeApart() throws Exception {
        assertThrows(IllegalStateException.class, () -> ring.datasync(fd, 1));
        try (Ring small = Ring.open(ENTRIES, 8, 0)) {
            assertThrows(
                    IllegalStateException.class,
                    () -> small.command(fd, NvmeIoctl.URING_CMD_IO, command, Ring.UNREGISTERED, 1));
        }
        MemorySegment tooLong = Arena.ofAuto().allocate(81);
        assertThrows(
                IndexOutOfBoundsException.class,
                () -> ring.command(fd, NvmeIoctl.URING_CMD_IO, tooLong, Ring.UNREGISTERED, 1));
        assertThrows(
                IndexOutOfBoundsException.class,
                () -> ring.command(-4, NvmeIoctl.URING_CMD_IO, command, Ring.UNREGISTERED, 1));
    }

    @Test
    void shouldNameARegisteredBuffer() {
        assumeTrue(ring.bufferSlots() > 0, "this kernel has no table of buffers that are added later");
        MemorySegment buffer = Arena.ofAuto().allocate(4096, 4096);
        assertEquals(0, ring.registerBuffer(2, buffer.address(), buffer.byteSize()));
        ring.command(fd, NvmeIoctl.URING_CMD_IO, command, 2, 5);
        assertEquals("2e 01 0002", entry(0), "operation, flag, slot");
        int result = opened.result(5);
        assertTrue(result == -Errno.EOPNOTSUPP || result == -Errno.EINVAL, () -> Errno.name(result));
        ring.command(fd, NvmeIoctl.URING_CMD_IO, command, Ring.UNREGISTERED, 6);
        assertEquals("2e 00 0000", entry(1));
        assertEquals(-Errno.EOPNOTSUPP, opened.result(6));
        assertThrows(
                IndexOutOfBoundsException.class,
                () -> ring.command(fd, NvmeIoctl.URING_CMD_IO, command, ring.bufferSlots(), 7));
    }

    /** Of entry {@code n}, which has 128 bytes, by their offsets in the kernel's structure. */
    private String entry(int n) {
        MemorySegment entry = ring.entries().asSlice(n * 128L, 128);
        return "%02x %02x %04x".formatted(entry.get(JAVA_BYTE, 0), entry.get(JAVA_INT, 28), entry.get(JAVA_SHORT, 40));
    }
}
