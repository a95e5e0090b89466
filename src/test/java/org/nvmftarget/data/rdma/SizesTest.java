package org.nvmftarget.data.rdma;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import org.nvmftarget.model.TransportOptions;

class SizesTest {

    @Test
    void theDefaultPoolIs32MiBForAnyUsualNumberOfReactors() {
        for (int reactors = 1; reactors <= 64; reactors *= 2) {
            assertEquals(
                    32 << 20,
                    PoolSizes.of(TransportOptions.Common.DEFAULTS, reactors).totalBytes());
        }
    }

    @Test
    void everyReactorCanDoAFewOfTheLargestTransfers() {
        assertEquals(4, PoolSizes.of(TransportOptions.Common.DEFAULTS, 128).blocks());
    }

    @Test
    void aDefaultIoQueueHasOnlyItsCompletionsAndWorkRequestsWhereReceivesAreShared() {
        QueueMemory.Shape shape = QueueMemory.Shape.of(128, TransportOptions.rdma());
        assertEquals(0, shape.receiveBytes());
        assertEquals(80 * 1024, shape.totalBytes());
    }

    @Test
    void queuesOfLikeDepthHaveOneShape() {
        TransportOptions.Rdma options = TransportOptions.rdma();
        assertEquals(QueueMemory.Shape.of(128, options), QueueMemory.Shape.of(65, options));
        assertEquals(2, QueueMemory.Shape.of(2, options).entries());
        assertEquals(4, QueueMemory.Shape.of(3, options).entries());
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
