package org.nvmftarget.data.bdev;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.nvmftarget.data.ffi.libc.DiskFiles;
import org.nvmftarget.data.ffi.libc.Posix;
import org.nvmftarget.data.ffi.uring.Ring;
import org.nvmftarget.data.ffi.uring.UringException;
import org.nvmftarget.data.reactor.DataMemory;

@Timeout(60)
class RegisteredMemoryTest {

    private static final int PAGE = 4096;
    private static final int EFAULT = 14;

    @TempDir
    Path folder;

    private final DataMemory data = new DataMemory();
    private final MemorySegment all = Arena.ofAuto().allocate(64 * PAGE, PAGE);
    private Ring ring;
    private RegisteredMemory memory;

    @BeforeEach
    void open() throws Exception {
        try {
            ring = Ring.open(8, 16, 4);
        } catch (UringException refused) {
            assumeTrue(!Ring.isForbidden(refused.errno()), refused.getMessage());
            throw refused;
        }
        assumeTrue(ring.bufferSlots() > 0, "this kernel has no table of buffers that are added later");
        memory = new RegisteredMemory(ring, RegisteredMemory.MOST_BYTES);
    }

    @AfterEach
    void close() {
        if (ring != null) {
            ring.close();
        }
    }

    private MemorySegment pages(int from, int to) {
        return all.asSlice((long) from * PAGE, (long) (to - from) * PAGE);
    }

    private int slotOf(int page, int pages) {
        return memory.slotOf(all.address() + (long) page * PAGE, (long) pages * PAGE);
    }

    @Test
    void shouldKnowPiecesOfBeforeAndAfter() {
        data.add(pages(4, 8));
        data.follow(memory);
        data.add(pages(12, 16));
        data.add(pages(0, 2));
        assertNotEquals(RegisteredMemory.NONE, slotOf(0, 2));
        assertNotEquals(RegisteredMemory.NONE, slotOf(4, 1));
        assertNotEquals(RegisteredMemory.NONE, slotOf(7, 1));
        assertNotEquals(RegisteredMemory.NONE, slotOf(13, 3));
        assertEquals(3, Set.of(slotOf(0, 1), slotOf(5, 1), slotOf(12, 1)).size());
    }

    @Test
    void shouldNotTakeWhatIsNotWithinOnePiece() {
        data.follow(memory);
        data.add(pages(4, 8));
        data.add(pages(8, 12));
        assertEquals(RegisteredMemory.NONE, slotOf(3, 1));
        assertEquals(RegisteredMemory.NONE, slotOf(3, 2), "begins before");
        assertEquals(RegisteredMemory.NONE, slotOf(7, 2), "over two pieces");
        assertEquals(RegisteredMemory.NONE, slotOf(11, 2), "ends after");
        assertEquals(RegisteredMemory.NONE, slotOf(12, 1));
    }

    @Test
    void shouldForgetAPieceThatIsRemovedAndUseItsSlotAgain() {
        data.follow(memory);
        data.add(pages(0, 4));
        data.add(pages(4, 8));
        int slot = slotOf(0, 1);
        data.remove(pages(20, 24));
        data.remove(pages(0, 4));
        assertEquals(RegisteredMemory.NONE, slotOf(0, 1));
        assertNotEquals(RegisteredMemory.NONE, slotOf(4, 4));
        data.add(pages(30, 31));
        assertEquals(slot, slotOf(30, 1));
    }

    @Test
    void shouldCutWhatIsLargerThanASlotHolds() {
        memory = new RegisteredMemory(ring, 4 * PAGE);
        data.follow(memory);
        data.add(pages(2, 12));
        assertEquals(3, Set.of(slotOf(2, 4), slotOf(6, 4), slotOf(10, 2)).size());
        assertEquals(RegisteredMemory.NONE, slotOf(5, 2), "over two slots");
        data.remove(pages(2, 12));
        assertEquals(RegisteredMemory.NONE, slotOf(6, 1));
    }

    @Test
    void shouldEmptyEverySlotAtOnce() {
        data.follow(memory);
        data.add(pages(0, 4));
        data.add(pages(8, 12));
        int slot = slotOf(0, 1);
        memory.clear();
        assertTrue(memory.isEmpty());
        assertEquals(RegisteredMemory.NONE, slotOf(0, 1));
        assertEquals(RegisteredMemory.NONE, slotOf(8, 4));
        data.add(pages(20, 21));
        assertEquals(slot, slotOf(20, 1), "its slots are there for others");
    }

    @Test
    void shouldGoWithoutWhereTheTableIsFull() {
        data.follow(memory);
        Set<Integer> slots = new HashSet<>();
        List<MemorySegment> pieces = new ArrayList<>();
        for (int i = 0; i <= ring.bufferSlots(); i++) {
            MemorySegment piece = Arena.ofAuto().allocate(PAGE, PAGE);
            pieces.add(piece);
            data.add(piece);
            slots.add(memory.slotOf(piece.address(), PAGE));
        }
        assertTrue(slots.remove(RegisteredMemory.NONE));
        assertEquals(ring.bufferSlots(), slots.size());
        pieces.forEach(data::remove);
        assertEquals(RegisteredMemory.NONE, memory.slotOf(pieces.getFirst().address(), PAGE));
    }

    @Test
    void shouldCarryDataThroughSlots() {
        data.follow(memory);
        data.add(pages(2, 6));
        data.add(pages(8, 9));
        int fd = DiskFiles.open(
                folder.resolve("data").toString(), DiskFiles.O_RDWR | DiskFiles.O_CREAT | DiskFiles.O_CLOEXEC, 0600);
        for (int i = 0; i < PAGE; i++) {
            all.set(java.lang.foreign.ValueLayout.JAVA_BYTE, 3L * PAGE + i, (byte) (i * 7 + 1));
        }
        ring.write(fd, pages(3, 4).address(), PAGE, 512, Ring.RWF_DSYNC, slotOf(3, 1), 1);
        assertEquals(PAGE, result());
        ring.read(fd, pages(8, 9).address(), PAGE, 512, slotOf(8, 1), 2);
        assertEquals(PAGE, result());
        assertEquals(-1, pages(3, 4).mismatch(pages(8, 9)));
        assertEquals(-EFAULT, inSlotOfAnother(fd), "the kernel holds memory against the slot");
        Posix.close(fd);
    }

    private int inSlotOfAnother(int fd) {
        ring.read(fd, pages(20, 21).address(), PAGE, 512, slotOf(8, 1), 3);
        return result();
    }

    private int result() {
        while (!ring.hasCompletion()) {
            assertEquals(0, ring.await());
        }
        int result = ring.result();
        ring.advance();
        return result;
    }
}
