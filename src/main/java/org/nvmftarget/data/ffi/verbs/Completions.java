package org.nvmftarget.data.ffi.verbs;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;
import java.util.Objects;

/**
 * Room for a batch of completions ({@code ibv_wc[]}), made once and used again. Of one whose status is not
 * {@link #SUCCESS}, only {@link #wrId}, {@link #status}, {@link #queuePairNumber} and {@link #vendorError} mean
 * something.
 */
public final class Completions {

    /** {@code enum ibv_wc_status}. */
    public static final int SUCCESS = 0;

    /** The queue pair is in the error state; the work was not done. */
    public static final int FLUSHED = 5;

    private static final String[] STATUS = {
        "success",
        "local length error",
        "local QP operation error",
        "local EEC operation error",
        "local protection error",
        "flushed",
        "memory window bind error",
        "bad response",
        "local access error",
        "remote invalid request",
        "remote access error",
        "remote operation error",
        "transport retries exceeded",
        "RNR retries exceeded",
        "local RDD violation",
        "remote invalid RD request",
        "remote aborted",
        "invalid EEC number",
        "invalid EEC state",
        "fatal error",
        "response timeout",
        "general error"
    };

    private final MemorySegment memory;
    private final int capacity;

    public Completions(int capacity, SegmentAllocator allocator) {
        this.capacity = capacity;
        memory = allocator.allocate(WorkLayouts.WC_BYTES * capacity, 8);
    }

    public int capacity() {
        return capacity;
    }

    public long wrId(int index) {
        return memory.get(JAVA_LONG, at(index) + WorkLayouts.WC_WR_ID_OFFSET);
    }

    public int status(int index) {
        return memory.get(JAVA_INT, at(index) + WorkLayouts.WC_STATUS_OFFSET);
    }

    /** Of a receive: bytes that came. */
    public int byteLength(int index) {
        return memory.get(JAVA_INT, at(index) + WorkLayouts.WC_BYTE_LEN_OFFSET);
    }

    public int queuePairNumber(int index) {
        return memory.get(JAVA_INT, at(index) + WorkLayouts.WC_QP_NUM_OFFSET);
    }

    public int vendorError(int index) {
        return memory.get(JAVA_INT, at(index) + WorkLayouts.WC_VENDOR_ERR_OFFSET);
    }

    /** For a provider in software. */
    public void put(int index, long wrId, int status, int byteLength, int queuePairNumber) {
        long at = at(index);
        memory.asSlice(at, WorkLayouts.WC_BYTES).fill((byte) 0);
        memory.set(JAVA_LONG, at + WorkLayouts.WC_WR_ID_OFFSET, wrId);
        memory.set(JAVA_INT, at + WorkLayouts.WC_STATUS_OFFSET, status);
        memory.set(JAVA_INT, at + WorkLayouts.WC_BYTE_LEN_OFFSET, byteLength);
        memory.set(JAVA_INT, at + WorkLayouts.WC_QP_NUM_OFFSET, queuePairNumber);
    }

    /** For logs. */
    public static String statusText(int status) {
        return status >= 0 && status < STATUS.length ? STATUS[status] : "status " + status;
    }

    MemorySegment memory() {
        return memory;
    }

    private long at(int index) {
        return Objects.checkIndex(index, capacity) * WorkLayouts.WC_BYTES;
    }
}
