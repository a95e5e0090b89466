package org.nvmftarget.data.rdma;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class AckTimeoutTest {

    @Test
    void aTimeoutIsRoundedUpToTheNextStep() {
        // 4.096 µs × 2^8 is 1.05 ms, × 2^18 is 1.07 s.
        assertEquals(8, AckTimeout.code(1));
        assertEquals(9, AckTimeout.code(2));
        assertEquals(18, AckTimeout.code(1000));
        assertEquals(18, AckTimeout.code(1073));
        assertEquals(19, AckTimeout.code(1074));
    }

    @Test
    void anHourIsWithinWhatTheDeviceTakes() {
        assertEquals(30, AckTimeout.code(3_600_000));
    }
}
