package org.nvmftarget.data.bdev;

import java.io.IOException;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchEvent;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells when one of some paths may have come, gone, or become another one: what the kernel tells of the folder that it is
 * in, or of the nearest one there is (inotify(7)). What is written to a file is not listened to, so its size is not heard
 * of. Where the kernel does not let us listen, nothing is told. {@link #follow} is for one thread.
 */
final class PathWatch implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(PathWatch.class);
    private static final WatchEvent.Kind<?>[] COME_AND_GO = {
        StandardWatchEventKinds.ENTRY_CREATE, StandardWatchEventKinds.ENTRY_DELETE
    };

    private final Runnable onNews;
    private final @Nullable WatchService service;
    private final Map<Path, WatchKey> keys = new HashMap<>();
    private volatile Map<Path, Set<Path>> names = Map.of();
    private boolean refused;

    /** @param onNews is called on a thread of this; it does not block */
    PathWatch(Runnable onNews) {
        this.onNews = onNews;
        service = open();
        if (service != null) {
            Thread.ofVirtual().name("path-watch").start(this::run);
        }
    }

    private static @Nullable WatchService open() {
        try {
            return FileSystems.getDefault().newWatchService();
        } catch (IOException | UnsupportedOperationException refused) {
            LOG.warn("files and devices that come and go are not seen at once: {}", refused.toString());
            return null;
        }
    }

    /** These and no others, from now on. */
    void follow(Collection<String> paths) {
        WatchService open = service;
        if (open == null) {
            return;
        }
        Map<Path, Set<Path>> wanted = new HashMap<>();
        for (String text : paths) {
            Path path = Path.of(text);
            add(wanted, path);
            try {
                add(wanted, path.toRealPath()); // another one where the path leads through symbolic links
            } catch (IOException missing) {
                // its own folders tell when it comes
            }
        }
        keys.entrySet().removeIf(entry -> {
            boolean gone = !entry.getValue().isValid() || !wanted.containsKey(entry.getKey());
            if (gone) {
                entry.getValue().cancel();
            }
            return gone;
        });
        names = wanted;
        wanted.keySet().forEach(folder -> register(open, folder));
    }

    /** The nearest folder that there is, and what must come or go in it. */
    private static void add(Map<Path, Set<Path>> wanted, Path path) {
        Path name = path.getFileName();
        Path folder = path.getParent();
        while (folder != null && name != null && !Files.isDirectory(folder)) {
            name = folder.getFileName();
            folder = folder.getParent();
        }
        if (folder != null && name != null) {
            wanted.computeIfAbsent(folder, _ -> new HashSet<>()).add(name);
        }
    }

    private void register(WatchService open, Path folder) {
        if (keys.containsKey(folder)) {
            return;
        }
        try {
            keys.put(folder, folder.register(open, COME_AND_GO));
        } catch (ClosedWatchServiceException closing) {
            // nothing is told any more
        } catch (IOException e) {
            if (!refused && Files.isDirectory(folder)) {
                refused = true;
                LOG.warn("what comes and goes in {} is not seen at once: {}", folder, e.toString());
            }
        }
    }

    private void run() {
        WatchService open = service;
        try {
            while (open != null) {
                WatchKey key = open.take();
                boolean news = isNews(key);
                if (!key.reset() || news) {
                    onNews.run();
                }
            }
        } catch (InterruptedException | ClosedWatchServiceException closing) {
            // as it should end
        }
    }

    private boolean isNews(WatchKey key) {
        Set<Path> awaited = key.watchable() instanceof Path folder ? names.getOrDefault(folder, Set.of()) : Set.of();
        boolean news = false;
        for (WatchEvent<?> event : key.pollEvents()) {
            news |= StandardWatchEventKinds.OVERFLOW.equals(event.kind())
                    || (event.context() instanceof Path name && awaited.contains(name));
        }
        return news;
    }

    @Override
    public void close() {
        WatchService open = service;
        if (open != null) {
            try {
                open.close();
            } catch (IOException e) {
                LOG.warn("the watch of files and devices cannot be closed", e);
            }
        }
    }
}
