package org.nvmftarget.data.bdev;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.nvmftarget.model.BdevSpec;

class MallocBdevTest {

    private static final int BLOCK = 4096;
    private static final long GIB = 1L << 30;

    private final MallocBdev bdev = new MallocBdev(new BdevSpec.Malloc("m", 4 * GIB, BLOCK, new UUID(1, 2)), 2);

    @AfterEach
    void close() {
        bdev.close();
    }

    private static final class Io extends BdevIo {
        private BdevStatus status = BdevStatus.IO_ERROR;
        private int completions;

        BdevStatus run(Bdev on, BdevOp op, long lba, long blocks, byte[] data) {
            prepare(op, lba, blocks, MemorySegment.ofArray(data), 0, 0, false);
            on.submit(this);
            assertEquals(1, completions);
            return status;
        }

        @Override
        protected void completed(BdevStatus s) {
            status = s;
            completions++;
        }
    }

    private BdevStatus write(long lba, byte[] data) {
        return new Io().run(bdev, BdevOp.WRITE, lba, data.length / BLOCK, data);
    }

    private byte[] read(long lba, int blocks) {
        byte[] data = new byte[blocks * BLOCK];
        Arrays.fill(data, (byte) 0xEE);
        assertEquals(BdevStatus.OK, new Io().run(bdev, BdevOp.READ, lba, blocks, data));
        return data;
    }

    private BdevStatus run(BdevOp op, long lba, long blocks) {
        return new Io().run(bdev, op, lba, blocks, new byte[0]);
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
    void operationsAreCounted() {
        write(0, filled(2, 1));
        read(0, 1);
        assertEquals(1, bdev.stats().writes());
        assertEquals(2 * BLOCK, bdev.stats().writeBytes());
        assertEquals(1, bdev.stats().reads());
        assertEquals(BLOCK, bdev.stats().readBytes());
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
}
