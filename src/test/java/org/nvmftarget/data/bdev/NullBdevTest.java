package org.nvmftarget.data.bdev;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.nvmftarget.model.BdevSpec;

class NullBdevTest {

    private final Bdev bdev = new NullBdev(new BdevSpec.Null("zero", 1L << 40, 512, new UUID(1, 2)));
    private final List<BdevStatus> ended = new ArrayList<>();

    private void run(BdevOp op, long lba, long blocks, byte[] data) {
        ended.add(new TestIo(bdev).run(op, lba, blocks, data, 0));
    }

    @Test
    void writesAreForgotten() {
        byte[] data = {1, 2, 3};
        byte[] block = java.util.Arrays.copyOf(data, 512);
        run(BdevOp.WRITE, 5, 1, block);
        run(BdevOp.READ, 5, 1, block);
        assertArrayEquals(new byte[512], block);
        assertEquals(List.of(BdevStatus.OK, BdevStatus.OK), ended);
    }

    @Test
    void itEndsWhereItSays() {
        run(BdevOp.READ, bdev.blocks(), 1, new byte[512]);
        bdev.resize(2L << 40);
        run(BdevOp.READ, (1L << 40) / 512, 1, new byte[512]);
        assertEquals(List.of(BdevStatus.OUT_OF_RANGE, BdevStatus.OK), ended);
    }

    @Test
    void everythingIsZeroes() {
        byte[] other = new byte[512];
        other[511] = 1;
        run(BdevOp.COMPARE, 0, 1, new byte[512]);
        run(BdevOp.COMPARE, 0, 1, other);
        ended.add(new TestIo(bdev).compareAndWrite(0, 1, new byte[512], other));
        ended.add(new TestIo(bdev).compareAndWrite(0, 1, other, other));
        assertEquals(List.of(BdevStatus.OK, BdevStatus.MISCOMPARE, BdevStatus.OK, BdevStatus.MISCOMPARE), ended);
    }

    @Test
    void whatKeepsNothingCannotSpoilBlocksEither() {
        run(BdevOp.WRITE_UNCORRECTABLE, 0, 1, new byte[0]);
        run(BdevOp.VERIFY, 0, 1, new byte[0]);
        run(BdevOp.WRITE_ZEROES, 0, 1, new byte[0]);
        run(BdevOp.UNMAP, 0, 1, new byte[0]);
        run(BdevOp.FLUSH, 0, 0, new byte[0]);
        ended.add(new TestIo(bdev).copy(0, bdev.blocks() - 1, 1, 0));
        ended.add(new TestIo(bdev).copy(0, bdev.blocks() - 1, 2, 0));
        BdevStatus ok = BdevStatus.OK;
        assertEquals(List.of(BdevStatus.UNSUPPORTED, ok, ok, ok, ok, ok, BdevStatus.OUT_OF_RANGE), ended);
        assertEquals(bdev.blocks(), bdev.usedBlocks());
    }
}
