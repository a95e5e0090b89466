package org.nvmftarget.control.admit;

import io.methvin.watcher.DirectoryWatcher;
import io.methvin.watcher.visitor.FileTreeVisitor;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.nvmftarget.control.config.SpecFiles;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hears of changes of a spec's files, on one thread of its own. It may miss some: of a folder that was itself replaced, on
 * a file system without events. The poll of {@link Admission} is the net under it.
 */
final class SpecWatcher implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SpecWatcher.class);

    private final Path spec;
    private final Path watched;
    private final Object watchedKey;
    private final DirectoryWatcher watcher;
    private final Thread thread;

    private SpecWatcher(Path spec, Path watched, Object watchedKey, DirectoryWatcher watcher, Thread thread) {
        this.spec = spec;
        this.watched = watched;
        this.watchedKey = watchedKey;
        this.watcher = watcher;
        this.thread = thread;
    }

    /** Calls {@code onChange} whenever something changed that concerns the spec at {@code specFile}. */
    static SpecWatcher start(Path specFile, Runnable onChange) throws IOException {
        Path spec = specFile.toAbsolutePath().normalize();
        Path watched = folder(spec);
        Object watchedKey = key(watched);
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
        return new SpecWatcher(spec, watched, watchedKey, watcher, listen(watcher));
    }

    /** Its thread; what changes from the return on is told. */
    private static Thread listen(DirectoryWatcher watcher) throws IOException {
        AtomicReference<Thread> thread = new AtomicReference<>();
        CompletableFuture<Void> ended = watcher.watchAsync(loop -> {
                    Thread listener = new Thread(loop, "spec-watcher");
                    listener.setDaemon(true);
                    thread.set(listener);
                    listener.start();
                })
                .exceptionally(failure -> {
                    LOG.error("watching ended; the file is read every {} s", Admission.POLL.toSeconds(), failure);
                    return null;
                });
        Thread listener = thread.get();
        if (listener == null) {
            watcher.close();
            throw new IOException("no events come, done: " + ended.isDone());
        }
        return listener;
    }

    /** The folder to watch, without symlinks. */
    private static Path folder(Path spec) throws IOException {
        Path folder = Files.isDirectory(spec) ? spec : spec.getParent();
        return (folder == null ? spec.getRoot() : folder).toRealPath();
    }

    /** Device and inode. */
    private static Object key(Path folder) throws IOException {
        Object key = Files.readAttributes(folder, BasicFileAttributes.class).fileKey();
        return key == null ? folder : key;
    }

    /** Whether what is watched is still the folder that the spec lies in. */
    boolean isCurrent() {
        try {
            Path now = folder(spec);
            return thread.isAlive() && now.equals(watched) && key(now).equals(watchedKey);
        } catch (IOException gone) {
            return false;
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
