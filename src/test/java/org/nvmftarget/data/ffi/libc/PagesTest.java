package org.nvmftarget.data.ffi.libc;

import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class PagesTest {

    @Test
    void shouldReserveAlignedZeroes() {
        try (Arena arena = Arena.ofShared()) {
            MemorySegment memory = Pages.reserve(arena, 2 * Pages.HUGE_BYTES);
            assertEquals(2 * Pages.HUGE_BYTES, memory.byteSize());
            assertEquals(0, memory.address() % Pages.HUGE_BYTES);
            assertEquals(0, memory.get(JAVA_LONG, Pages.HUGE_BYTES));
            memory.set(JAVA_LONG, 2 * Pages.HUGE_BYTES - Long.BYTES, 42);
            assertEquals(42, memory.get(JAVA_LONG, 2 * Pages.HUGE_BYTES - Long.BYTES));
        }
    }

    @Test
    void shouldNotBeReachableOnceTheArenaIsClosed() {
        MemorySegment memory;
        try (Arena arena = Arena.ofShared()) {
            memory = Pages.reserve(arena, Pages.HUGE_BYTES);
        }
        assertFalse(memory.scope().isAlive());
        assertThrows(IllegalStateException.class, () -> memory.get(JAVA_LONG, 0));
    }

    @Test
    void shouldTakeHugePagesWhereTheSystemHasThem() throws IOException {
        Path how = Path.of("/sys/kernel/mm/transparent_hugepage/enabled");
        assumeTrue(Files.exists(how) && !Files.readString(how).contains("[never]"), "no transparent huge pages here");
        try (Arena arena = Arena.ofShared()) {
            MemorySegment memory = Pages.reserve(arena, 8 * Pages.HUGE_BYTES);
            // Advised, if not granted: the kernel gives huge pages as it finds them.
            assertTrue(
                    flags(memory.address()).contains(" hg"), () -> "flags of the mapping: " + flags(memory.address()));
        }
    }

    /** VmFlags of the mapping that begins at {@code address}, or in which it lies. */
    private static String flags(long address) {
        List<String> lines;
        try {
            lines = Files.readAllLines(Path.of("/proc/self/smaps"));
        } catch (IOException failed) {
            throw new java.io.UncheckedIOException(failed);
        }
        boolean within = false;
        for (String line : lines) {
            if (line.matches("[0-9a-f]+-[0-9a-f]+ .*")) {
                String[] ends = line.split("[- ]", 3);
                within =
                        Long.parseUnsignedLong(ends[0], 16) <= address && address < Long.parseUnsignedLong(ends[1], 16);
            } else if (within && line.startsWith("VmFlags:")) {
                return line;
            }
        }
        return "";
    }

    @Test
    void shouldRefuseALengthOfNoWholePages() {
        try (Arena arena = Arena.ofConfined()) {
            assertThrows(IllegalArgumentException.class, () -> Pages.reserve(arena, 4096));
        }
    }
}
