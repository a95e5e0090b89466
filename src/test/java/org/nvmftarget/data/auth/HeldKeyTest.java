package org.nvmftarget.data.auth;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nvmftarget.initiator.Dhchap;

class HeldKeyTest {
    private static final String KEY = Dhchap.newKey(1, 32);
    private static final String OTHER = Dhchap.newKey(1, 32);

    @TempDir
    Path folder;

    private Path file;

    @BeforeEach
    void write() throws IOException {
        file = folder.resolve("host.key");
        write(file, KEY, "rw-------");
    }

    private static void write(Path file, String text, String mode) throws IOException {
        Files.deleteIfExists(file);
        Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(file, text);
        chmod(file, mode);
    }

    private static void chmod(Path file, String mode) throws IOException {
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
    }

    private HeldKey read() throws KeyFileException {
        return HeldKey.read(file.toString());
    }

    private KeyFileException refused() {
        return assertThrows(KeyFileException.class, this::read);
    }

    @ParameterizedTest
    @ValueSource(strings = {"rw-------", "r--------", "rw-r-----", "r--r-----", "rwx------"})
    void isReadFromAFileThatOnlyItsOwnersMayRead(String mode) throws IOException {
        chmod(file, mode);
        assertTrue(read().isCurrent());
    }

    @ParameterizedTest
    @ValueSource(strings = {"rw-r--r--", "rw----r--", "rw-----w-", "rw-rw----", "rw--w----"})
    void isNotReadFromAFileThatIsOpenToOthers(String mode) throws IOException {
        chmod(file, mode);
        KeyFileException refused = refused();
        assertEquals("EPERM", refused.errno());
        assertTrue(String.valueOf(refused.getMessage()).contains(file + " "), refused.getMessage());
        assertTrue(String.valueOf(refused.getMessage()).contains("chmod 0600"), refused.getMessage());
    }

    @Test
    void saysWhatIsWrongWithAFileThatGivesNone() throws IOException {
        Files.delete(file);
        assertEquals("ENOENT", refused().errno());
        Files.createDirectory(file);
        chmod(file, "rwx------");
        assertEquals("EINVAL", refused().errno());
        Files.delete(file);
        write(file, "x".repeat(5000), "rw-------");
        assertEquals(
                "key file " + file + ": it holds more than a key", refused().getMessage());
        write(file, KEY.substring(0, 30), "rw-------");
        assertFalse(String.valueOf(refused().getMessage()).contains(KEY.substring(10, 20)));
    }

    @Test
    void isNoLongerCurrentOnceTheFileHoldsAnother() throws IOException {
        HeldKey held = read();
        write(file, OTHER, "rw-------");
        assertFalse(held.isCurrent());
        write(file, KEY + "\n", "rw-------");
        assertTrue(held.isCurrent());
    }

    @Test
    void isNoLongerCurrentWhileTheFileCannotBeTrusted() throws IOException {
        HeldKey held = read();
        chmod(file, "rw-r--r--");
        assertFalse(held.isCurrent());
        chmod(file, "rw-------");
        assertTrue(held.isCurrent());
        Files.delete(file);
        assertFalse(held.isCurrent());
    }

    @Test
    void isReadThroughALinkThatIsSwapped() throws IOException {
        Path first = Files.createDirectory(folder.resolve("..1"));
        Path second = Files.createDirectory(folder.resolve("..2"));
        write(first.resolve("k"), KEY, "rw-------");
        write(second.resolve("k"), OTHER, "rw-------");
        Path data = Files.createSymbolicLink(folder.resolve("..data"), first.getFileName());
        Path link = Files.createSymbolicLink(folder.resolve("k"), Path.of("..data/k"));
        HeldKey held = HeldKey.read(link.toString());
        assertTrue(held.isCurrent());
        Path next = Files.createSymbolicLink(folder.resolve("..tmp"), second.getFileName());
        Files.move(next, data, StandardCopyOption.ATOMIC_MOVE);
        assertFalse(held.isCurrent());
    }

    @Test
    void saysNothingOfItsKey() throws IOException {
        assertEquals("the key of " + file, read().toString());
    }
}
