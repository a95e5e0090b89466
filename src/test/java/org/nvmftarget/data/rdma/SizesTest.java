package org.nvmftarget.data.rdma;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.nvmftarget.model.TransportOptions;

class SizesTest {

    @Test
    void theDefaultPoolIs40MiBForAnyUsualNumberOfReactors() {
        for (int reactors = 1; reactors <= 16; reactors *= 2) {
            assertEquals(
                    40 << 20,
                    PoolSizes.of(TransportOptions.Common.DEFAULTS, reactors).totalBytes());
        }
    }

    @Test
    void everyReactorCanDoAFewOfTheLargestTransfers() {
        assertTrue(PoolSizes.of(TransportOptions.Common.DEFAULTS, 128).large() >= 8);
    }

    @Test
    void aDefaultIoQueuePins604KiB() {
        assertEquals(604 * 1024, QueueMemory.Shape.of(128, 4096).totalBytes());
    }

    @Test
    void queuesOfLikeDepthHaveOneShape() {
        assertEquals(QueueMemory.Shape.of(128, 4096), QueueMemory.Shape.of(65, 4096));
        assertEquals(2, QueueMemory.Shape.of(2, 4096).entries());
        assertEquals(4, QueueMemory.Shape.of(3, 4096).entries());
    }

    @Test
    void aWorkRequestIdKeepsItsParts() {
        long id = WrId.of(0xFFFF, 0xFFFE, WrId.READ, 0xFFFFFD);
        assertEquals(0xFFFF, WrId.generation(id));
        assertEquals(0xFFFE, WrId.place(id));
        assertEquals(WrId.READ, WrId.kind(id));
        assertEquals(0xFFFFFD, WrId.index(id));
    }
}
