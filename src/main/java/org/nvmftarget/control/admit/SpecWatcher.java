package org.nvmftarget.control.admit;

import io.methvin.watcher.DirectoryWatcher;
import io.methvin.watcher.visitor.FileTreeVisitor;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import org.nvmftarget.control.config.SpecFiles;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hears of changes of a spec's files, on one thread of its own. It may miss some: a folder that was itself replaced, a
 * file system without events. The poll of {@link Admission} is the net under it.
 */
final class SpecWatcher implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SpecWatcher.class);

    private final DirectoryWatcher watcher;
    private final Thread thread;

    private SpecWatcher(DirectoryWatcher watcher, Thread thread) {
        this.watcher = watcher;
        this.thread = thread;
    }

    /** Calls {@code onChange} whenever something changed that concerns the spec at {@code specFile}. */
    static SpecWatcher start(Path specFile, Runnable onChange) throws IOException {
        Path spec = specFile.toAbsolutePath().normalize();
        Path folder = Files.isDirectory(spec) ? spec : spec.getParent();
        Path watched = (folder == null ? spec.getRoot() : folder).toRealPath();
        DirectoryWatcher watcher = DirectoryWatcher.builder()
                .path(watched)
                // With hashes it misses swaps of symlinks, and reads whatever big file lies beside.
                .fileHashing(false)
                .fileTreeVisitor(shallow(spec, watched))
                .listener(event -> {
                    if (SpecFiles.concerns(spec, asSeen(spec, watched, event.path()))) {
                        onChange.run();
                    }
                })
                .build();
        Thread thread = new Thread(() -> watch(watcher), "spec-watcher");
        thread.setDaemon(true);
        thread.start();
        return new SpecWatcher(watcher, thread);
    }

    private static void watch(DirectoryWatcher watcher) {
        try {
            watcher.watch();
        } catch (RuntimeException e) {
            LOG.error("watching ended; the file is still read every {} s", Admission.POLL.toSeconds(), e);
        }
    }

    /** The event's path in the words of the spec's path, which may have gone through symlinks. */
    private static Path asSeen(Path spec, Path watched, Path changed) {
        Path folder = Files.isDirectory(spec) ? spec : spec.getParent();
        return changed.startsWith(watched) && folder != null ? folder.resolve(watched.relativize(changed)) : changed;
    }

    /**
     * Of the tree below the folder only what can hold the spec: the folder and the drop-in folder, not whatever else
     * lives there.
     */
    private static FileTreeVisitor shallow(Path spec, Path watched) {
        return (start, onDirectory, onFile) -> {
            boolean relevant = start.equals(watched) || SpecFiles.concerns(spec, asSeen(spec, watched, start));
            if (!relevant || !Files.isDirectory(start, LinkOption.NOFOLLOW_LINKS)) {
                return;
            }
            onDirectory.call(start);
            try (DirectoryStream<Path> entries = Files.newDirectoryStream(start)) {
                for (Path entry : entries) {
                    if (!Files.isDirectory(entry, LinkOption.NOFOLLOW_LINKS)) {
                        onFile.call(entry);
                    } else if (SpecFiles.concerns(spec, asSeen(spec, watched, entry))) {
                        onDirectory.call(entry);
                    }
                }
            }
        };
    }

    /** Returns when the thread has ended. */
    @Override
    public void close() {
        try {
            watcher.close();
        } catch (IOException e) {
            LOG.warn("the watcher of the spec cannot be closed", e);
        }
        thread.interrupt();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
