package org.nvmftarget.data.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.nvmftarget.data.reservation.NamespaceState;
import org.nvmftarget.data.target.NamespaceIdentity;
import org.nvmftarget.data.target.NamespaceStore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What hosts have set on namespaces, one file each; the package's documentation has the layout. */
public final class FileNamespaceStore implements NamespaceStore {

    private static final Logger LOG = LoggerFactory.getLogger(FileNamespaceStore.class);

    private final StateFiles files;

    /** @param folder for this alone; it is made when there is something to keep */
    public FileNamespaceStore(Path folder) {
        this(new StateFiles(folder));
    }

    FileNamespaceStore(StateFiles files) {
        this.files = files;
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
                    StateFiles.putAside(file));
            return NamespaceState.INITIAL;
        }
    }

    @Override
    public void save(NamespaceIdentity identity, NamespaceState state) throws IOException {
        Path file = file(identity);
        if (state.equals(NamespaceState.INITIAL)) {
            files.delete(file);
        } else {
            files.save(file, StateJson.write(identity, state));
        }
    }

    private Path file(NamespaceIdentity identity) {
        return files.file(
                identity.nqn().value(),
                identity.nsid().toString(),
                identity.uuid().toString(),
                identity.bdevUuid().toString());
    }
}
