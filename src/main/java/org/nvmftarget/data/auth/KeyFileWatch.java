package org.nvmftarget.data.auth;

import java.io.IOException;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at key files whenever something happens in their folders, and every few seconds for what is not told: a thread
 * of its own.
 */
public final class KeyFileWatch implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(KeyFileWatch.class);
    private static final long POLL_MS = 2000;
    /** A file is written by more than one call. */
    private static final long SETTLE_MS = 20;

    private final Supplier<Set<String>> paths;
    private final Runnable look;
    private final WatchService service;

    private KeyFileWatch(Supplier<Set<String>> paths, Runnable look, WatchService service) {
        this.paths = paths;
        this.look = look;
        this.service = service;
    }

    /**
     * Begins.
     *
     * @param paths the files, asked again and again
     * @param look what is called when one of them may have changed
     */
    public static KeyFileWatch start(Supplier<Set<String>> paths, Runnable look) throws IOException {
        KeyFileWatch watch =
                new KeyFileWatch(paths, look, FileSystems.getDefault().newWatchService());
        Thread.ofPlatform().daemon().name("key-watch").start(watch::run);
        return watch;
    }

    private void run() {
        try {
            while (true) {
                folders().forEach(this::register);
                look.run();
                WatchKey told = service.poll(POLL_MS, TimeUnit.MILLISECONDS);
                if (told != null) {
                    Thread.sleep(SETTLE_MS);
                    for (WatchKey key = told; key != null; key = service.poll()) {
                        key.pollEvents();
                        key.reset();
                    }
                }
            }
        } catch (ClosedWatchServiceException | InterruptedException end) {
            LOG.debug("key files are not watched any more");
        }
    }

    /** Where the files are said to be, and where they are. */
    private Set<Path> folders() {
        Set<Path> folders = new HashSet<>();
        for (String path : paths.get()) {
            Path file = Path.of(path);
            addFolder(folders, file);
            try {
                addFolder(folders, file.toRealPath());
            } catch (IOException notThere) {
                LOG.trace("{} is not there", file);
            }
        }
        return folders;
    }

    private static void addFolder(Set<Path> folders, Path file) {
        Path folder = file.getParent();
        if (folder != null) {
            folders.add(folder);
        }
    }

    /** A folder that is watched already stays so. */
    private void register(Path folder) {
        try {
            folder.register(
                    service,
                    StandardWatchEventKinds.ENTRY_CREATE,
                    StandardWatchEventKinds.ENTRY_MODIFY,
                    StandardWatchEventKinds.ENTRY_DELETE);
        } catch (IOException notThere) {
            LOG.trace("{} cannot be watched", folder, notThere);
        }
    }

    @Override
    public void close() {
        try {
            service.close();
        } catch (IOException e) {
            LOG.warn("the watcher of key files cannot be closed", e);
        }
    }
}
