package org.nvmftarget.data.bdev;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class DiskNewsTest {

    @TempDir
    Path folder;

    private final Semaphore told = new Semaphore(0);
    private final PathWatch watch = new PathWatch(told::release);

    @AfterEach
    void close() {
        watch.close();
    }

    private void isTold() throws InterruptedException {
        assertTrue(told.tryAcquire(30, TimeUnit.SECONDS), "nothing was told");
        told.drainPermits();
    }

    @Test
    void shouldTellOfAFileThatComesGoesAndIsReplaced() throws Exception {
        Path file = folder.resolve("disk0.img");
        watch.follow(List.of(file.toString()));
        Files.createFile(file);
        isTold();
        Path other = folder.resolve("other");
        Files.createFile(other);
        Files.move(other, file, java.nio.file.StandardCopyOption.ATOMIC_MOVE);
        isTold();
        Files.delete(file);
        isTold();
    }

    @Test
    void shouldTellOfTheFoldersOnTheWay() throws Exception {
        Path file = folder.resolve("a/b/disk0.img");
        watch.follow(List.of(file.toString()));
        Files.createDirectory(folder.resolve("a"));
        isTold();
        watch.follow(List.of(file.toString()));
        Files.createDirectory(folder.resolve("a/b"));
        isTold();
        watch.follow(List.of(file.toString()));
        Files.createFile(file);
        isTold();
    }

    @Test
    void shouldTellOfWhatASymbolicLinkLeadsTo() throws Exception {
        Path behind = Files.createDirectory(folder.resolve("behind"));
        Path file = Files.createFile(behind.resolve("disk0.img"));
        Path link = Files.createSymbolicLink(
                Files.createDirectory(folder.resolve("by-id")).resolve("disk"), file);
        watch.follow(List.of(link.toString()));
        Files.delete(file);
        isTold();
        Files.createFile(file);
        watch.follow(List.of(link.toString()));
        told.drainPermits();
        Files.delete(link);
        isTold();
    }

    /** Each write to a file of ours would wake somebody up. */
    @Test
    void shouldNotTellOfWhatIsWrittenNorOfOtherFiles() throws IOException, InterruptedException {
        Path file = Files.createFile(folder.resolve("disk0.img"));
        watch.follow(List.of(file.toString()));
        Files.writeString(file, "content");
        Files.createFile(folder.resolve("another.img"));
        // What comes later is told later, so nothing was told of these.
        Files.delete(file);
        isTold();
        assertEquals(0, told.availablePermits());
    }

    @Test
    void shouldTellBlockDevicesFromOthers() {
        assertTrue(isOfABlockDevice("change@/devices/virtual/block/loop0\0ACTION=change\0SUBSYSTEM=block\0RESIZE=1\0"));
        assertFalse(isOfABlockDevice("add@/devices/x\0ACTION=add\0SUBSYSTEM=net\0INTERFACE=block\0"));
    }

    private static boolean isOfABlockDevice(String uevent) {
        return DeviceWatch.isOfABlockDevice(MemorySegment.ofArray(uevent.getBytes(StandardCharsets.UTF_8)));
    }
}
