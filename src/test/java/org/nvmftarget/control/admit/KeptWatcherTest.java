package org.nvmftarget.control.admit;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The watcher on real folders. What a test waits for comes by an event alone: there is no poll here. */
@Timeout(60)
class KeptWatcherTest {

    @TempDir
    Path temp = Path.of("");

    private Path etc = Path.of("");
    private Path spec = Path.of("");
    private final Semaphore events = new Semaphore(0);

    @BeforeEach
    void makeFolder() throws IOException {
        etc = Files.createDirectory(temp.resolve("etc"));
        spec = Files.writeString(etc.resolve("target.yaml"), "version: 1\n");
    }

    private KeptWatcher watching() {
        KeptWatcher watcher = new KeptWatcher(spec, events::release);
        watcher.keep();
        return watcher;
    }

    private void awaitEvent() throws InterruptedException {
        events.acquire();
    }

    private void replaceFolder() throws IOException {
        Path next = Files.createDirectory(temp.resolve("next"));
        Files.writeString(next.resolve("target.yaml"), "version: 1\n# another folder\n");
        Files.move(etc, temp.resolve("old"));
        Files.move(next, etc);
    }

    @Test
    void hearsOfAWriteInPlace() throws Exception {
        try (KeptWatcher watcher = watching()) {
            watcher.keep();
            Files.writeString(spec, "version: 1\n# edited\n");

            awaitEvent();
        }
    }

    @Test
    void hearsOfARenameAsAnsibleDoesIt() throws Exception {
        try (KeptWatcher watcher = watching()) {
            watcher.keep();
            Path beside = Files.writeString(etc.resolve(".ansible_tmpx1target.yaml"), "version: 1\n# new\n");
            Files.move(beside, spec, StandardCopyOption.ATOMIC_MOVE);

            awaitEvent();
        }
    }

    @Test
    void hearsOfAFileThatGoesAndComesBack() throws Exception {
        try (KeptWatcher watcher = watching()) {
            watcher.keep();
            Files.delete(spec);
            awaitEvent();
            events.drainPermits();
            Files.writeString(spec, "version: 1\n");

            awaitEvent();
        }
    }

    @Test
    void hearsOfADropInFolderThatIsMadeLater() throws Exception {
        try (KeptWatcher watcher = watching()) {
            watcher.keep();
            Path dropIns = Files.createDirectory(etc.resolve("target.d"));
            awaitEvent();
            // Its own events begin when the watcher has seen the folder: until then a file in it is found by looking.
            while (!events.tryAcquire(100, java.util.concurrent.TimeUnit.MILLISECONDS)) {
                Files.writeString(dropIns.resolve("a.yaml"), "bdevs: {}\n");
            }
        }
    }

    @Test
    void watchesTheFolderThatTookThePlaceOfAnother() throws Exception {
        try (KeptWatcher watcher = watching()) {
            replaceFolder();
            watcher.keep();
            events.drainPermits();
            Files.writeString(spec, "version: 1\n# written into the new folder\n");

            awaitEvent();
        }
    }

    @Test
    void watchesTheFolderThatALinkLeadsToNow() throws Exception {
        Path link = Files.createSymbolicLink(temp.resolve("link"), etc);
        Path other = Files.createDirectory(temp.resolve("other"));
        Files.writeString(other.resolve("target.yaml"), "version: 1\n");
        spec = link.resolve("target.yaml");
        try (KeptWatcher watcher = watching()) {
            Path newLink = Files.createSymbolicLink(temp.resolve("newlink"), other);
            Files.move(newLink, link, StandardCopyOption.ATOMIC_MOVE);
            watcher.keep();
            events.drainPermits();
            Files.writeString(other.resolve("target.yaml"), "version: 1\n# here\n");

            awaitEvent();
        }
    }

    @Test
    void beginsOnceThereIsAFolder() throws Exception {
        Files.delete(spec);
        Files.delete(etc);
        try (KeptWatcher watcher = watching()) {
            Files.createDirectory(etc);
            watcher.keep();
            Files.writeString(spec, "version: 1\n");

            awaitEvent();
        }
    }
}
