package org.nvmftarget.data.store;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.UUID;

/** Files of one folder, each of which is the old one or the new one after a crash. */
final class StateFiles {

    private static final int MOST_BAD_FILES = 100;

    /** Writes a new file, for good when it returns. */
    @FunctionalInterface
    interface Writing {
        void write(Path file, String text) throws IOException;
    }

    private final Path folder;
    private final Writing writing;

    /** @param folder for these alone; it is made when there is something to keep */
    StateFiles(Path folder) {
        this(folder, StateFiles::write);
    }

    StateFiles(Path folder, Writing writing) {
        this.folder = folder;
        this.writing = writing;
    }

    /** The file for what {@code identity} makes the one that it is. */
    Path file(String... identity) {
        String all = String.join("\n", identity);
        return folder.resolve(UUID.nameUUIDFromBytes(all.getBytes(StandardCharsets.UTF_8)) + ".json");
    }

    void save(Path file, String text) throws IOException {
        if (!Files.isDirectory(folder)) {
            Files.createDirectories(
                    folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            sync(folder.resolveSibling("."));
        }
        Path temporary = file.resolveSibling(".tmp-" + file.getFileName());
        Files.deleteIfExists(temporary);
        writing.write(temporary, text);
        Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        sync(folder);
    }

    void delete(Path file) throws IOException {
        if (Files.deleteIfExists(file)) {
            sync(folder);
        }
    }

    private static void write(Path file, String text) throws IOException {
        Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(file, text, StandardOpenOption.WRITE, StandardOpenOption.SYNC);
    }

    private static void sync(Path folder) throws IOException {
        try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    /** What became of a file that cannot be read. */
    static String putAside(Path file) {
        try {
            for (int n = 1; n <= MOST_BAD_FILES; n++) {
                Path bad = file.resolveSibling(file.getFileName() + ".bad-" + n);
                if (!Files.exists(bad)) {
                    Files.move(file, bad, StandardCopyOption.ATOMIC_MOVE);
                    return "it is now " + bad;
                }
            }
            return "it stays where it is, since there are " + MOST_BAD_FILES + " such files already";
        } catch (IOException e) {
            return "it stays where it is (" + e + ")";
        }
    }
}
