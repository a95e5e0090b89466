package org.nvmftarget.data.bdev;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.util.Arrays;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.nvmftarget.model.BdevSpec;

class MallocBdevTest {

    private static final int BLOCK = 4096;
    private static final long GIB = 1L << 30;

    private final MallocBdev bdev = new MallocBdev(new BdevSpec.Malloc("m", 4 * GIB, BLOCK, new UUID(1, 2)));

    @AfterEach
    void close() {
        bdev.close();
    }

    private BdevStatus write(long lba, byte[] data) {
        return new TestIo(bdev).run(BdevOp.WRITE, lba, data.length / BLOCK, data, 0);
    }

    private byte[] read(long lba, int blocks) {
        byte[] data = new byte[blocks * BLOCK];
        Arrays.fill(data, (byte) 0xEE);
        assertEquals(BdevStatus.OK, new TestIo(bdev).run(BdevOp.READ, lba, blocks, data, 0));
        return data;
    }

    private BdevStatus run(BdevOp op, long lba, long blocks) {
        return new TestIo(bdev).run(op, lba, blocks, new byte[0], 0);
    }

    private static byte[] filled(int blocks, int value) {
        byte[] bytes = new byte[blocks * BLOCK];
        Arrays.fill(bytes, (byte) value);
        return bytes;
    }

    @Test
    void whatWasNeverWrittenIsZeroes() {
        assertArrayEquals(filled(2, 0), read(1000, 2));
    }

    @Test
    void dataBeyondTwoGibibytesAndAcrossChunksAreKept() {
        long lba = 3 * GIB / BLOCK - 3;
        assertEquals(BdevStatus.OK, write(lba, filled(6, 0x42)));
        assertArrayEquals(filled(6, 0x42), read(lba, 6));
        assertArrayEquals(filled(1, 0), read(lba - 1, 1));
        assertArrayEquals(filled(1, 0), read(lba + 6, 1));
    }

    @Test
    void blocksBeyondTheEndAreOutOfRange() {
        long blocks = 4 * GIB / BLOCK;
        assertEquals(BdevStatus.OUT_OF_RANGE, write(blocks, filled(1, 1)));
        assertEquals(BdevStatus.OUT_OF_RANGE, write(blocks - 1, filled(2, 1)));
        assertEquals(BdevStatus.OUT_OF_RANGE, run(BdevOp.UNMAP, -1, 1));
        assertEquals(BdevStatus.OUT_OF_RANGE, run(BdevOp.UNMAP, 1, Long.MAX_VALUE));
    }

    @Test
    void unmappedBlocksReadAsZeroesAlsoWhenTheirChunkIsUsedAgain() {
        int chunkBlocks = (1 << 20) / BLOCK;
        write(0, filled(chunkBlocks, 1));
        assertEquals(BdevStatus.OK, run(BdevOp.UNMAP, 0, chunkBlocks));
        write(5L * chunkBlocks, filled(1, 2));
        assertArrayEquals(filled(chunkBlocks, 0), read(0, chunkBlocks));
        assertArrayEquals(filled(1, 0), read(5L * chunkBlocks + 1, 1));
    }

    @Test
    void growingKeepsWhatIsThere() {
        write(7, filled(1, 7));
        bdev.resize(8 * GIB);
        assertEquals(8 * GIB / BLOCK, bdev.blocks());
        assertArrayEquals(filled(1, 7), read(7, 1));
        assertArrayEquals(filled(1, 0), read(8 * GIB / BLOCK - 1, 1));
    }

    @Test
    void whatShrinkingCutOffIsZeroesAfterwards() {
        write(0, filled(512, 3));
        bdev.resize(10L * BLOCK);
        assertEquals(BdevStatus.OUT_OF_RANGE, write(10, filled(1, 1)));
        bdev.resize(4 * GIB);
        assertArrayEquals(filled(10, 3), read(0, 10));
        assertArrayEquals(filled(502, 0), read(10, 502));
    }

    @Test
    void aBlockIsNeverSeenHalfWritten() throws InterruptedException {
        AtomicBoolean stop = new AtomicBoolean();
        Thread writer = Thread.ofPlatform().start(() -> {
            for (int i = 0; !stop.get(); i++) {
                write(5, filled(1, i));
            }
        });
        boolean torn = false;
        try {
            for (int i = 0; i < 20_000 && !torn; i++) {
                byte[] block = read(5, 1);
                torn = block[0] != block[BLOCK - 1] || block[0] != block[BLOCK / 2];
            }
        } finally {
            stop.set(true);
            writer.join();
        }
        assertFalse(torn);
    }

    private BdevStatus compare(long lba, byte[] data) {
        return new TestIo(bdev).run(BdevOp.COMPARE, lba, data.length / BLOCK, data, 0);
    }

    private BdevStatus strictly(BdevOp op, long lba, int blocks) {
        return new TestIo(bdev).run(op, lba, blocks, new byte[blocks * BLOCK], BdevIo.FAIL_UNMAPPED);
    }

    @Test
    void comparingTellsWhatIsThereFromWhatIsNot() {
        write(255, filled(2, 5)); // in two chunks
        assertEquals(BdevStatus.OK, compare(255, filled(2, 5)));
        byte[] last = filled(2, 5);
        last[2 * BLOCK - 1] = 6;
        assertEquals(BdevStatus.MISCOMPARE, compare(255, last));
        assertEquals(BdevStatus.MISCOMPARE, compare(256, filled(2, 5)));
        assertEquals(BdevStatus.OK, compare(257, filled(3, 0)));
        assertEquals(BdevStatus.OK, compare(100_000, filled(3, 0)));
        assertEquals(BdevStatus.MISCOMPARE, compare(100_000, filled(3, 1)));
    }

    @Test
    void comparingAndWritingIsAllOrNothing() {
        write(255, filled(2, 5));
        assertEquals(BdevStatus.MISCOMPARE, new TestIo(bdev).compareAndWrite(255, 2, filled(2, 4), filled(2, 9)));
        assertArrayEquals(filled(2, 5), read(255, 2));
        assertEquals(BdevStatus.OK, new TestIo(bdev).compareAndWrite(255, 2, filled(2, 5), filled(2, 9)));
        assertArrayEquals(filled(2, 9), read(255, 2));
    }

    @Test
    void blocksAreInUseFromWritingToDeallocating() {
        write(254, filled(4, 1));
        write(255, filled(2, 2));
        assertEquals(4, bdev.usedBlocks());
        run(BdevOp.WRITE_ZEROES, 258, 10);
        run(BdevOp.WRITE_UNCORRECTABLE, 268, 2);
        assertEquals(16, bdev.usedBlocks());
        run(BdevOp.UNMAP, 0, 256);
        assertEquals(14, bdev.usedBlocks());
        bdev.resize(260L * BLOCK);
        assertEquals(4, bdev.usedBlocks());
        run(BdevOp.UNMAP, 0, 260);
        assertEquals(0, bdev.usedBlocks());
    }

    @Test
    void deallocatedBlocksCanBeToldFromZeroes() {
        write(1, filled(1, 1));
        run(BdevOp.WRITE_ZEROES, 2, 1);
        assertEquals(BdevStatus.OK, strictly(BdevOp.READ, 1, 2));
        for (BdevOp op : new BdevOp[] {BdevOp.READ, BdevOp.COMPARE, BdevOp.VERIFY}) {
            assertEquals(BdevStatus.UNMAPPED, strictly(op, 2, 2));
            assertEquals(BdevStatus.UNMAPPED, strictly(op, 100_000, 1));
        }
        assertEquals(BdevStatus.UNMAPPED, new TestIo(bdev).copy(3, 0, 1, BdevIo.FAIL_UNMAPPED));
        run(BdevOp.UNMAP, 1, 1);
        assertEquals(BdevStatus.UNMAPPED, strictly(BdevOp.VERIFY, 1, 1));
        assertEquals(BdevStatus.OK, run(BdevOp.VERIFY, 0, bdev.blocks()));
    }

    @Test
    void spoiledBlocksAreUnreadableUntilTheyAreWritten() {
        write(0, filled(8, 1));
        assertEquals(BdevStatus.OK, run(BdevOp.WRITE_UNCORRECTABLE, 2, 3));
        byte[] two = new byte[2 * BLOCK];
        assertEquals(BdevStatus.UNREADABLE, new TestIo(bdev).run(BdevOp.READ, 1, 2, two, 0));
        assertEquals(BdevStatus.UNREADABLE, compare(4, filled(2, 1)));
        assertEquals(BdevStatus.UNREADABLE, run(BdevOp.VERIFY, 0, 8));
        assertEquals(BdevStatus.UNREADABLE, new TestIo(bdev).copy(3, 100, 1, 0));
        assertEquals(BdevStatus.UNREADABLE, new TestIo(bdev).compareAndWrite(2, 1, filled(1, 1), filled(1, 1)));
        assertArrayEquals(filled(2, 1), read(0, 2));
        write(2, filled(1, 7));
        run(BdevOp.WRITE_ZEROES, 3, 1);
        run(BdevOp.UNMAP, 4, 1);
        assertArrayEquals(filled(1, 7), read(2, 1));
        assertArrayEquals(filled(2, 0), read(3, 2));
    }

    @Test
    void copyingTakesOverDataZeroesAndOverlaps() {
        for (int i = 0; i < 4; i++) {
            write(254 + i, filled(1, i + 1));
        }
        assertEquals(BdevStatus.OK, new TestIo(bdev).copy(254, 255, 4, 0));
        for (int i = 0; i < 4; i++) {
            assertArrayEquals(filled(1, i + 1), read(255 + i, 1));
        }
        assertEquals(BdevStatus.OK, new TestIo(bdev).copy(255, 253, 5, 0));
        for (int i = 0; i < 4; i++) {
            assertArrayEquals(filled(1, i + 1), read(253 + i, 1));
        }
        assertArrayEquals(filled(1, 0), read(257, 1));
        assertEquals(BdevStatus.OK, new TestIo(bdev).copy(253, 253, 4, 0));
        assertArrayEquals(filled(1, 2), read(254, 1));
        assertEquals(BdevStatus.OUT_OF_RANGE, new TestIo(bdev).copy(0, bdev.blocks() - 1, 2, 0));
    }

    @Test
    void aLongOperationLetsItsReactorTurn() {
        write(0, filled(1, 1));
        TestIo unmap = new TestIo(bdev);
        assertEquals(BdevStatus.OK, unmap.run(BdevOp.UNMAP, 0, bdev.blocks(), new byte[0], 0));
        assertEquals(4096 / 64, unmap.turns());
        assertArrayEquals(filled(1, 0), read(0, 1));
        TestIo copy = new TestIo(bdev);
        assertEquals(BdevStatus.OK, copy.copy(0, 300, 129, 0));
        assertEquals(3, copy.turns());
    }
}
