package org.nvmftarget.control.admit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FootprintTest {
    private static final Instant LONG_AGO = Instant.parse("2026-01-01T00:00:00Z");

    @TempDir
    Path folder;

    private Path file = Path.of("");

    @BeforeEach
    void write() throws IOException {
        file = folder.resolve("target.yaml");
        Files.writeString(file, "one");
    }

    private Footprint now() {
        return Footprint.of(Set.of(file));
    }

    /** A file beside, written a while before it is moved. */
    private Path beside(String name) throws IOException {
        Path beside = folder.resolve(name);
        Files.writeString(beside, "two");
        Files.setLastModifiedTime(beside, FileTime.from(LONG_AGO));
        return beside;
    }

    @Test
    void isTheSameWhileNothingHappens() {
        assertEquals(now(), now());
    }

    @Test
    void takesARenamedFileForWhole() throws IOException {
        Footprint before = now();
        Files.move(beside("new"), file, StandardCopyOption.ATOMIC_MOVE);

        assertTrue(now().arrivedWholeAfter(before));
    }

    @Test
    void doesNotTakeAWriteInPlaceForWhole() throws IOException {
        Footprint before = now();
        Files.writeString(file, "two");

        assertFalse(now().arrivedWholeAfter(before));
    }

    @Test
    void takesASwappedLinkForWhole() throws IOException {
        Files.delete(file);
        Files.createSymbolicLink(file, beside("a"));
        Footprint before = now();
        Files.delete(file);
        Files.createSymbolicLink(file, beside("b"));

        assertTrue(now().arrivedWholeAfter(before));
    }

    @Test
    void doesNotTakeAFileThatIsGoneForWhole() throws IOException {
        Footprint before = now();
        Files.delete(file);

        assertFalse(now().arrivedWholeAfter(before));
        assertEquals(Footprint.NOTHING, now());
    }

    @Test
    void knowsWhenAFileWasTouched() {
        assertFalse(now().isUntouchedSince(LONG_AGO));
        assertTrue(now().isUntouchedSince(Instant.now().plusSeconds(60)));
    }
}
