package org.nvmftarget.data.bdev;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.nvmftarget.model.BdevSpec;

class NullBdevTest {

    private final Bdev bdev = Bdevs.open(new BdevSpec.Null("zero", 1L << 40, 512, new UUID(1, 2)), 1);
    private final List<BdevStatus> ended = new ArrayList<>();

    private void run(BdevOp op, long lba, long blocks, byte[] data) {
        class Io extends BdevIo {
            void start() {
                prepare(op, lba, blocks, MemorySegment.ofArray(data), 0, 0, false);
                bdev.submit(this);
            }

            @Override
            protected void completed(BdevStatus status) {
                ended.add(status);
            }
        }
        new Io().start();
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
}
