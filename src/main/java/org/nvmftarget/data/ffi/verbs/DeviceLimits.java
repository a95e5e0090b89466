package org.nvmftarget.data.ffi.verbs;

/**
 * What a device reports of itself ({@code ibv_device_attr}).
 *
 * @param vendorId of the maker
 * @param maxMrSizeBytes of one memory region
 * @param maxQp queue pairs
 * @param maxQpWr work requests in a send or receive queue
 * @param maxSge buffers of a work request
 * @param maxSgeRd buffers of an RDMA read; 0 where the device says nothing of its own about them
 * @param maxCq completion queues
 * @param maxCqe entries of a completion queue
 * @param maxMr memory regions
 * @param maxPd protection domains
 * @param maxQpRdAtom RDMA reads that a queue pair can serve at a time
 * @param maxQpInitRdAtom RDMA reads that a queue pair can have under way
 * @param maxSrq shared receive queues
 * @param maxSrqWr receives of a shared receive queue; 0 if there is none
 * @param maxSrqSge buffers of a receive in a shared receive queue
 * @param sendsWithInvalidate whether it can do {@link SendWr#SEND_WITH_INV} ({@code IBV_DEVICE_MEM_MGT_EXTENSIONS})
 */
public record DeviceLimits(
        int vendorId,
        long maxMrSizeBytes,
        int maxQp,
        int maxQpWr,
        int maxSge,
        int maxSgeRd,
        int maxCq,
        int maxCqe,
        int maxMr,
        int maxPd,
        int maxQpRdAtom,
        int maxQpInitRdAtom,
        int maxSrq,
        int maxSrqWr,
        int maxSrqSge,
        boolean sendsWithInvalidate) {

    private static final int RXE_VENDOR_ID = 0xFF_FFFF;

    /** Buffers of an RDMA read into local memory. */
    public int readSge() {
        return maxSgeRd > 0 ? Math.min(maxSge, maxSgeRd) : maxSge;
    }

    /** Soft-RoCE was vendor 0 before Linux 5.7. */
    boolean isSoftRoce() {
        return vendorId == RXE_VENDOR_ID || vendorId == 0;
    }
}
