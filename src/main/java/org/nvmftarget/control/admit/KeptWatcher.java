package org.nvmftarget.control.admit;

import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A {@link SpecWatcher} that is begun anew when it has lost its folder: events come from the folder that was there when
 * watching began, and one that was renamed, swapped by a link or made again is another. One thread at a time.
 */
final class KeptWatcher implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(KeptWatcher.class);

    private final Path specFile;
    private final Runnable onChange;
    private @Nullable SpecWatcher watcher;
    private String told = "";

    KeptWatcher(Path specFile, Runnable onChange) {
        this.specFile = specFile;
        this.onChange = onChange;
    }

    /** Watches the folder that is there now, if it is not being watched. What changed before is for the caller to see. */
    void keep() {
        SpecWatcher before = watcher;
        if (before != null && before.isCurrent()) {
            return;
        }
        if (before != null) {
            before.close();
            watcher = null;
        }
        try {
            watcher = SpecWatcher.start(specFile, onChange);
            LOG.debug("{} is watched", specFile);
            told = "";
        } catch (IOException e) {
            tell(e.toString());
        }
    }

    private void tell(String why) {
        if (!why.equals(told)) {
            LOG.warn("{} cannot be watched ({}): it is read every {} s", specFile, why, Admission.POLL.toSeconds());
            told = why;
        }
    }

    @Override
    public void close() {
        if (watcher != null) {
            watcher.close();
            watcher = null;
        }
    }
}
