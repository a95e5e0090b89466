package org.nvmftarget.data.ffi.verbs;

/**
 * What a device reports of itself ({@code ibv_device_attr}).
 *
 * @param maxQpWr work requests in a send or receive queue
 * @param maxSge buffers of a work request
 * @param maxCqe entries of a completion queue
 * @param maxMrSizeBytes of one memory region
 * @param maxQpRdAtom RDMA reads that a queue pair can serve at a time
 * @param maxQpInitRdAtom RDMA reads that a queue pair can have under way
 * @param maxSrqWr receives of a shared receive queue; 0 if there is none
 */
public record DeviceLimits(
        int maxQpWr, int maxSge, int maxCqe, long maxMrSizeBytes, int maxQpRdAtom, int maxQpInitRdAtom, int maxSrqWr) {}
