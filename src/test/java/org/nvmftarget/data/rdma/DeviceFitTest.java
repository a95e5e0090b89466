package org.nvmftarget.data.rdma;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.nvmftarget.data.ffi.verbs.DeviceLimits;
import org.nvmftarget.model.TransportOptions;

class DeviceFitTest {

    /** Soft-RoCE's, as Linux 6.1 reports them. */
    private static final DeviceLimits RXE = limits(1048576, 32768 - 1, 1048576, 128);

    private static DeviceLimits limits(int maxQpWr, int maxCqe, int maxSrqWr, int maxQpInitRdAtom) {
        return new DeviceLimits(
                0xFFFFFF,
                -1L,
                1048576,
                maxQpWr,
                32,
                32,
                1048576,
                maxCqe,
                524288,
                1048576,
                128,
                maxQpInitRdAtom,
                917503,
                maxSrqWr,
                27,
                true);
    }

    @Test
    void theDefaultsFitSoftRoce() {
        assertEquals(Optional.empty(), problem(RXE, TransportOptions.rdma(), 2));
        assertEquals(Optional.empty(), problem(RXE, options(4096, true, 4096, 4095), 2));
    }

    @Test
    void moreSharedReceivesThanTheDeviceHasAreRefusedWithItsLimit() {
        assertEquals(
                Optional.of("max_srq_depth 4096 is more than rxe0 can: its max_srq_wr is 1024"),
                problem(limits(1024, 32767, 1024, 16), TransportOptions.rdma(), 2));
    }

    @Test
    void aDeviceWithoutSharedReceiveQueuesNeedsNoSrq() {
        assertEquals(
                Optional.of("rxe0 has no shared receive queues (max_srq 0): set no_srq: true"),
                problem(limits(1024, 32767, 0, 16), TransportOptions.rdma(), 2));
    }

    @Test
    void aSharedReceiveQueueMustCoverTheLargestQueue() {
        assertEquals(
                Optional.of("max_srq_depth 64 is less than one queue of 128 entries (max_queue_depth, max_aq_depth)"),
                problem(RXE, options(64, false, 4096, 4095), 2));
    }

    @Test
    void theCompletionQueueOfASharedReceiveQueueMustHoldItAndOneQueue() {
        assertEquals(
                Optional.of("a completion queue for max_srq_depth 4096 and the 272 sends of one queue is more than "
                        + "rxe0 can: its max_cqe is 4096"),
                problem(limits(1024, 4096, 32768, 16), TransportOptions.rdma(), 2));
    }

    @Test
    void numCqeIsTakenAsItStandsOrRefused() {
        assertEquals(
                Optional.of("num_cqe 65536 is more than rxe0 can: its max_cqe is 32767"),
                problem(RXE, options(4096, true, 65536, 4095), 2));
        assertEquals(
                Optional.of("num_cqe 256 is less than the 512 completions of one queue of 128 entries on rxe0"),
                problem(RXE, options(4096, true, 256, 4095), 2));
    }

    @Test
    void receivesOfItsOwnNeedADeviceWithQueuesThatDeep() {
        assertEquals(
                Optional.of("max_queue_depth 128 is more than rxe0 can: its max_qp_wr is 64"),
                problem(limits(64, 32767, 1024, 16), options(4096, true, 4096, 4095), 2));
    }

    @Test
    void everyReactorNeedsWorkRequestsForTheLargestList() {
        assertEquals(
                Optional.of(
                        "data_wr_pool_size 29 is less than 30: 15 for each of 2 reactors, for a command with 16 SGL "
                                + "descriptors (MSDBD)"),
                problem(RXE, options(4096, false, 4096, 29), 2));
        assertEquals(Optional.empty(), problem(RXE, options(4096, false, 4096, 30), 2));
    }

    @Test
    void aSendQueueMustHoldTheLongestChain() {
        assertEquals(
                Optional.of("a send queue of 17 work requests is more than rxe0 can: its max_qp_wr is 16"),
                problem(limits(16, 32767, 32768, 16), TransportOptions.rdma(), 2));
    }

    @Test
    void sendQueuesAreNoDeeperThanTheDeviceAllows() {
        assertEquals(272, DeviceFit.sendEntries(128, 16, RXE));
        assertEquals(100, DeviceFit.sendEntries(128, 16, limits(100, 32767, 32768, 16)));
        assertEquals(17, DeviceFit.sendEntries(2, 1, RXE));
    }

    @Test
    void whatIsPinnedMustBeThere() {
        long bytes = PoolSizes.TOTAL_BYTES + 2L * 4096 * (64 + 4096);
        assertEquals(Optional.empty(), new DeviceFit("rxe0", RXE, TransportOptions.rdma(), 2, bytes).problem());
        assertEquals(
                Optional.of("rxe0 would pin " + bytes + " bytes, and the machine has " + (bytes - 1) + " available: "
                        + "33554432 for data (max_io_size 131072), 34078720 for capsules (max_srq_depth 4096, "
                        + "in_capsule_data_size 4096) of 2 reactors"),
                new DeviceFit("rxe0", RXE, TransportOptions.rdma(), 2, bytes - 1).problem());
    }

    @Test
    void ownReceivesAreNotPinnedBefore() {
        TransportOptions.Rdma options = options(4096, true, 4096, 4095);
        assertEquals(Optional.empty(), new DeviceFit("rxe0", RXE, options, 2, PoolSizes.TOTAL_BYTES).problem());
    }

    @Test
    void theMachineTellsWhatItHas() {
        assertEquals(12_345_678L << 10, MachineMemory.parse("Buffers: 9 kB\nMemAvailable:   12345678 kB\n"));
        assertEquals(Long.MAX_VALUE, MachineMemory.parse("MemTotal:       24000000 kB\n"));
        assertTrue(MachineMemory.availableBytes() < 1L << 50);
    }

    private static Optional<String> problem(DeviceLimits limits, TransportOptions.Rdma options, int reactors) {
        return new DeviceFit("rxe0", limits, options, reactors, Long.MAX_VALUE).problem();
    }

    private static TransportOptions.Rdma options(int srqDepth, boolean noSrq, int numCqe, int dataWrs) {
        return new TransportOptions.Rdma(
                TransportOptions.Common.DEFAULTS,
                srqDepth,
                noSrq,
                numCqe,
                128,
                false,
                dataWrs,
                TransportOptions.Poll.ADAPTIVE);
    }
}
