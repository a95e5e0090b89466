package org.nvmftarget.data.ffi.uring;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.nvmftarget.data.ffi.libc.DiskFiles;
import org.nvmftarget.data.ffi.libc.Epoll;
import org.nvmftarget.data.ffi.libc.Errno;
import org.nvmftarget.data.ffi.libc.Posix;

@Timeout(30)
class RingTest {

    private static final int ENTRIES = 8;
    private static final int PAGE = 4096;

    @TempDir
    Path folder;

    private RingFile opened;
    private Ring ring;
    private int fd;
    private final MemorySegment buffer = Arena.ofAuto().allocate(PAGE, PAGE);

    @BeforeEach
    void open() throws Exception {
        opened = new RingFile(folder, 0, () -> Ring.open(ENTRIES, 16, 4));
        ring = opened.ring;
        fd = opened.fd;
    }

    @AfterEach
    void close() {
        if (opened != null) {
            opened.close();
        }
    }

    private void fill(String text) {
        MemorySegment.copy(
                MemorySegment.ofArray(text.getBytes(StandardCharsets.US_ASCII)), 0, buffer, 0, text.length());
    }

    @Test
    void shouldWriteAndReadBack() throws Exception {
        fill("durable");
        ring.write(fd, buffer.address(), 7, 5, Ring.RWF_DSYNC, Ring.UNREGISTERED, 1);
        assertEquals(7, opened.result(1));
        buffer.fill((byte) 0);
        ring.read(fd, buffer.address(), PAGE, 5, Ring.UNREGISTERED, 2);
        assertEquals(7, opened.result(2));
        assertEquals("durable", buffer.getString(0));
        assertEquals("durable", Files.readString(folder.resolve("data")).substring(5));
    }

    @Test
    void shouldUseARegisteredFile() {
        assertEquals(0, ring.registerFile(3, fd));
        fill("slot");
        ring.write(-4, buffer.address(), 4, 0, 0, Ring.UNREGISTERED, 1);
        assertEquals(4, opened.result(1));
        assertEquals(0, ring.registerFile(3, -1));
        ring.read(-4, buffer.address(), 4, 0, Ring.UNREGISTERED, 2);
        assertEquals(-Errno.EBADF, opened.result(2));
    }

    @Test
    void shouldSyncAndPunch() {
        fill("abcdefgh");
        ring.write(fd, buffer.address(), 8, 0, 0, Ring.UNREGISTERED, 1);
        assertEquals(8, opened.result(1));
        ring.datasync(fd, 2);
        assertEquals(0, opened.result(2));
        ring.fallocate(fd, DiskFiles.FALLOC_FL_PUNCH_HOLE | DiskFiles.FALLOC_FL_KEEP_SIZE, 2, 3, 3);
        assertEquals(0, opened.result(3));
        assertEquals(8, DiskFiles.pread(fd, buffer.address(), 8, 0));
        assertEquals("ab", buffer.getString(0));
        assertEquals("fgh", buffer.getString(5));
    }

    @Test
    void shouldTellTheKernelsErrors() {
        ring.read(fd, 0, 16, 0, Ring.UNREGISTERED, 1);
        assertEquals(0, opened.result(1), "an empty file ends before the address matters");
        ring.read(-1, buffer.address(), 16, 0, Ring.UNREGISTERED, 2);
        assertEquals(-Errno.EBADF, opened.result(2));
    }

    @Test
    void shouldTakeAsManyEntriesAsItHas() {
        for (int i = 0; i < ENTRIES; i++) {
            assertTrue(ring.hasRoom());
            ring.datasync(fd, i);
        }
        assertFalse(ring.hasRoom());
        assertThrows(IllegalStateException.class, () -> ring.datasync(fd, 99));
        assertEquals(0, ring.enter());
        assertEquals(0, ring.unsubmitted());
        boolean[] seen = new boolean[ENTRIES];
        for (int i = 0; i < ENTRIES; i++) {
            while (!ring.hasCompletion()) {
                assertEquals(0, ring.await());
            }
            seen[(int) ring.userData()] = true;
            assertEquals(0, ring.result());
            ring.advance();
        }
        for (boolean one : seen) {
            assertTrue(one);
        }
    }

    @Test
    void shouldWakeASleeperThroughItsDescriptor() {
        assertTrue(ring.loud());
        ring.quiet();
        ring.datasync(fd, 1);
        assertFalse(ring.loud(), "there is something to submit");
        assertEquals(0, ring.enter());
        while (ring.loud()) {
            Thread.onSpinWait();
        }
        // The work came before or after the descriptor was let speak; either way it is there for the next call.
        ring.drainEvents();
        ring.quiet();
        assertEquals(0, opened.result(1));
        assertTrue(ring.loud());
    }

    @Test
    void shouldRefuseWhatIsNotThere() {
        assertThrows(IndexOutOfBoundsException.class, () -> ring.registerFile(4, fd));
        assertThrows(IndexOutOfBoundsException.class, () -> ring.datasync(-6, 1));
        ring.close();
        assertThrows(IllegalStateException.class, ring::hasCompletion);
        assertThrows(IllegalStateException.class, () -> ring.datasync(fd, 1));
        assertThrows(IllegalStateException.class, ring::enter);
        ring.close();
    }

    @Test
    void shouldSleepUntilADescriptorIsReadable() throws Exception {
        assumeTrue(ring.canSleep(), "this kernel knows no wait with an end");
        int event = Epoll.eventfd(0, Epoll.EFD_CLOEXEC | Epoll.EFD_NONBLOCK);
        ring.readable(event, 7);
        buffer.set(ValueLayout.JAVA_LONG, 0, 1);
        Thread writer = Thread.ofPlatform().start(() -> Posix.write(event, buffer.address(), Long.BYTES));
        while (!ring.hasCompletion()) {
            ring.sleep(-1);
        }
        assertEquals(7, ring.userData());
        assertEquals(Epoll.EPOLLIN, ring.result() & Epoll.EPOLLIN);
        writer.join();
        Posix.close(event);
    }

    @Test
    void shouldSleepNoLongerThanItIsTold() {
        assumeTrue(ring.canSleep(), "this kernel knows no wait with an end");
        long beganNs = System.nanoTime();
        assertEquals("ETIME", Errno.name(ring.sleep(3_000_000)));
        assertTrue(System.nanoTime() - beganNs >= 3_000_000);
        assertFalse(ring.hasCompletion());
    }

    @Test
    void shouldSubmitBeforeItSleeps() {
        assumeTrue(ring.canSleep(), "this kernel knows no wait with an end");
        fill("abc");
        ring.write(fd, buffer.address(), 3, 0, 0, Ring.UNREGISTERED, 1);
        assertFalse(ring.isAtRest());
        while (!ring.hasCompletion()) {
            ring.sleep(-1);
        }
        assertEquals(3, opened.result(1));
        assertTrue(ring.isAtRest());
    }
}
