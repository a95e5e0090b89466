package org.nvmftarget.control.admit;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/** Files that a crash leaves old or new, never in between. */
final class DurableFiles {
    /** Files that begin so are the rest of a crash. */
    static final String TEMPORARY = ".tmp-";

    private DurableFiles() {}

    /** Replaces {@code file} by {@code text}: written beside it, fsynced, renamed, and the folder fsynced. */
    static void replace(Path file, String text) throws IOException {
        Path temporary = file.resolveSibling(TEMPORARY + file.getFileName());
        Files.deleteIfExists(temporary);
        try (FileChannel channel = FileChannel.open(
                temporary,
                Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")))) {
            ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(true);
        }
        Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        syncFolder(file.resolveSibling("."));
    }

    /** Removes {@code file}, if it is there, for good. */
    static void remove(Path file) throws IOException {
        if (Files.deleteIfExists(file)) {
            syncFolder(file.resolveSibling("."));
        }
    }

    private static void syncFolder(Path folder) throws IOException {
        try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }
}
