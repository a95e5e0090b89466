package org.nvmftarget.data.store;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.UUID;
import org.nvmftarget.data.reservation.NamespaceState;
import org.nvmftarget.data.target.NamespaceIdentity;
import org.nvmftarget.data.target.NamespaceStore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What hosts have set on namespaces, one file each; the package's documentation has the layout. */
public final class FileNamespaceStore implements NamespaceStore {

    private static final Logger LOG = LoggerFactory.getLogger(FileNamespaceStore.class);
    private static final int MOST_BAD_FILES = 100;

    /** Writes a new file, for good when it returns. */
    @FunctionalInterface
    interface Writing {
        void write(Path file, String text) throws IOException;
    }

    private final Path folder;
    private final Writing writing;

    /** @param folder for this alone; it is made when there is something to keep */
    public FileNamespaceStore(Path folder) {
        this(folder, FileNamespaceStore::write);
    }

    FileNamespaceStore(Path folder, Writing writing) {
        this.folder = folder;
        this.writing = writing;
    }

    @Override
    public boolean isDurable() {
        return true;
    }

    @Override
    public NamespaceState load(NamespaceIdentity identity) {
        Path file = file(identity);
        try {
            return StateJson.read(Files.readString(file), identity);
        } catch (NoSuchFileException nothingKept) {
            return NamespaceState.INITIAL;
        } catch (IOException | IllegalArgumentException e) {
            LOG.error(
                    "the reservations of namespace {} of {} are lost: {} cannot be read ({}); {}",
                    identity.nsid(),
                    identity.nqn(),
                    file,
                    e.getMessage(),
                    putAside(file));
            return NamespaceState.INITIAL;
        }
    }

    /** What became of a file that cannot be read. */
    private static String putAside(Path file) {
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

    @Override
    public void save(NamespaceIdentity identity, NamespaceState state) throws IOException {
        Path file = file(identity);
        if (state.equals(NamespaceState.INITIAL)) {
            if (Files.deleteIfExists(file)) {
                sync(folder);
            }
            return;
        }
        if (!Files.isDirectory(folder)) {
            Files.createDirectories(
                    folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            sync(folder.resolveSibling("."));
        }
        Path temporary = file.resolveSibling(".tmp-" + file.getFileName());
        Files.deleteIfExists(temporary);
        writing.write(temporary, StateJson.write(identity, state));
        Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        sync(folder);
    }

    static void write(Path file, String text) throws IOException {
        Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(file, text, StandardOpenOption.WRITE, StandardOpenOption.SYNC);
    }

    private static void sync(Path folder) throws IOException {
        try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    private Path file(NamespaceIdentity identity) {
        String all = String.join(
                "\n",
                identity.nqn().value(),
                identity.nsid().toString(),
                identity.uuid().toString(),
                identity.bdevUuid().toString());
        return folder.resolve(UUID.nameUUIDFromBytes(all.getBytes(StandardCharsets.UTF_8)) + ".json");
    }
}
