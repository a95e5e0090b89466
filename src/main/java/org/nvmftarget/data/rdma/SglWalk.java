package org.nvmftarget.data.rdma;

import java.lang.foreign.MemorySegment;
import org.nvmftarget.data.nvme.SglDescriptor;
import org.nvmftarget.data.nvme.Status;

/**
 * Goes through the descriptors that a command carries in its capsule: a list of keyed data blocks, in one segment or in
 * several that are chained (NVMe Base specification 2.0, section 4.1.2; NVMe over Fabrics 1.1, section 2.3). No host can
 * change the capsule any more: its receive is not posted. Each descriptor is nevertheless read once a walk, and checked
 * in every walk. Confined to a reactor.
 */
final class SglWalk {

    /** Keyed data blocks of a command at most. */
    static final int MAX_DESCRIPTORS = SglDescriptor.MAX_KEYED_DATA_BLOCKS;

    /** Segments of a list at most: a chain that goes on for longer goes in a circle. */
    private static final int MAX_SEGMENTS = MAX_DESCRIPTORS;

    /** Of the data block that {@link #next} has come to. */
    long address;

    int key;
    int lengthBytes;
    boolean invalidate;

    /** 0, or the status of what is wrong with the list. */
    int fault;

    private MemorySegment memory = MemorySegment.NULL;
    private long dataOffset;
    private int dataBytes;
    private long at;
    private int left;
    private boolean lastSegment;
    private int segments;

    /**
     * Begins with a segment descriptor: the command's own, or one that chains.
     *
     * @param offset of the segment in the capsule's data
     */
    void begin(RecvSlot capsule, int type, long offset, int segmentBytes) {
        memory = capsule.memory();
        dataOffset = capsule.dataOffset();
        dataBytes = capsule.inCapsuleBytes;
        segments = 0;
        fault = 0;
        enter(type, offset, segmentBytes);
    }

    static boolean isSegment(int type) {
        return type == SglDescriptor.SEGMENT_OFFSET || type == SglDescriptor.LAST_SEGMENT_OFFSET;
    }

    private void enter(int type, long offset, int segmentBytes) {
        left = 0;
        lastSegment = type == SglDescriptor.LAST_SEGMENT_OFFSET;
        if (segmentBytes == 0 || segmentBytes % SglDescriptor.BYTES != 0 || ++segments > MAX_SEGMENTS) {
            fault = Status.INVALID_SGL_SEGMENT_DESCRIPTOR | Status.DNR;
        } else if (Long.compareUnsigned(offset, dataBytes) > 0) {
            fault = Status.SGL_OFFSET_INVALID | Status.DNR;
        } else if (Integer.compareUnsigned(segmentBytes, dataBytes - (int) offset) > 0) {
            fault = Status.INVALID_SGL_SEGMENT_DESCRIPTOR | Status.DNR;
        } else {
            at = dataOffset + offset;
            left = segmentBytes / SglDescriptor.BYTES;
        }
    }

    /** Goes to the next data block; false at the end of the list, or at a {@link #fault}. */
    boolean next() {
        while (left > 0) {
            int type = SglDescriptor.type(memory, at);
            long descriptor = at;
            at += SglDescriptor.BYTES;
            left--;
            if (type == SglDescriptor.KEYED_ADDRESS || type == SglDescriptor.KEYED_INVALIDATE) {
                return dataBlock(descriptor, type);
            }
            if (!chain(descriptor, type)) {
                return false;
            }
        }
        return false;
    }

    private boolean dataBlock(long descriptor, int type) {
        if (left == 0 && !lastSegment) {
            // A segment that is not the last one ends with the descriptor of the next.
            fault = Status.INVALID_SGL_SEGMENT_DESCRIPTOR | Status.DNR;
            return false;
        }
        address = SglDescriptor.address(memory, descriptor);
        key = SglDescriptor.key(memory, descriptor);
        lengthBytes = SglDescriptor.keyedLengthBytes(memory, descriptor);
        invalidate = type == SglDescriptor.KEYED_INVALIDATE;
        return true;
    }

    private boolean chain(long descriptor, int type) {
        if (!isSegment(type)) {
            fault = Status.SGL_DESCRIPTOR_TYPE_INVALID | Status.DNR;
        } else if (left > 0) {
            fault = Status.INVALID_NUMBER_OF_SGL_DESCRIPTORS | Status.DNR;
        } else if (lastSegment) {
            fault = Status.INVALID_SGL_SEGMENT_DESCRIPTOR | Status.DNR;
        } else {
            enter(type, SglDescriptor.address(memory, descriptor), SglDescriptor.lengthBytes(memory, descriptor));
        }
        left = fault == 0 ? left : 0;
        return fault == 0;
    }
}
