package org.nvmftarget.data.nvme;

import java.lang.foreign.MemorySegment;

/**
 * Scatter gather list descriptor (NVMe Base specification 2.0, section 4.1.2; NVMe over Fabrics 1.1, section 2.3), 16
 * bytes; {@code at} is where it begins ({@link Sqe#SGL1} for a command's first):
 *
 * <pre>
 *  plain:  0..7 address or offset   8..11 length                    12..14 reserved   15 type 7:4, subtype 3:0
 *  keyed:  0..7 address             8..10 length   11..14 key                         15 type 7:4, subtype 3:0
 * </pre>
 */
public final class SglDescriptor {
    private SglDescriptor() {}

    public static final int BYTES = 16;

    /** Keyed data blocks of one command at most: what Identify Controller reports as MSDBD over RDMA. */
    public static final int MAX_KEYED_DATA_BLOCKS = 16;

    public static final long ADDRESS = 0;
    public static final long LENGTH = ADDRESS + 8;
    public static final long KEY = LENGTH + 3;
    public static final long TYPE = KEY + 4;

    // Type and subtype in one byte
    /** Data block at an address in host memory. */
    public static final int DATA_BLOCK_ADDRESS = 0x00;

    /** Data block at an offset into the capsule's own data. */
    public static final int DATA_BLOCK_OFFSET = 0x01;

    /** More descriptors at an offset into the capsule's data, of which the last one leads on. */
    public static final int SEGMENT_OFFSET = 0x21;

    public static final int LAST_SEGMENT_ADDRESS = 0x30;

    /** More descriptors at an offset into the capsule's data, and no others after these. */
    public static final int LAST_SEGMENT_OFFSET = 0x31;

    /** Keyed data block: RDMA. */
    public static final int KEYED_ADDRESS = 0x40;

    /** Keyed data block whose key the response invalidates. */
    public static final int KEYED_INVALIDATE = 0x4F;

    /** The transport fetches or sends the data by itself: TCP. */
    public static final int TRANSPORT = 0x5A;

    /** Type in bits 7:4, subtype in bits 3:0. */
    public static int type(MemorySegment s, long at) {
        return Wire.u8(s, at + TYPE);
    }

    /** Address, or offset for {@link #DATA_BLOCK_OFFSET}. */
    public static long address(MemorySegment s, long at) {
        return Wire.u64(s, at + ADDRESS);
    }

    /** Length in bytes of a descriptor that is not keyed, unsigned. */
    public static int lengthBytes(MemorySegment s, long at) {
        return Wire.u32(s, at + LENGTH);
    }

    /** Length in bytes of a keyed descriptor, below 2^24. */
    public static int keyedLengthBytes(MemorySegment s, long at) {
        return Wire.u32(s, at + LENGTH) & 0xFF_FFFF;
    }

    /** The remote key of a keyed descriptor. */
    public static int key(MemorySegment s, long at) {
        return Wire.u32(s, at + KEY);
    }

    /** Writes a descriptor that is not keyed. */
    public static void encode(MemorySegment s, long at, int type, long address, int lengthBytes) {
        Wire.putU64(s, at + ADDRESS, address);
        Wire.putU32(s, at + LENGTH, lengthBytes);
        Wire.putU32(s, at + LENGTH + 4, type << 24);
    }

    /** Writes a keyed descriptor. */
    public static void encodeKeyed(MemorySegment s, long at, int type, long address, int lengthBytes, int key) {
        Wire.putU64(s, at + ADDRESS, address);
        Wire.putU32(s, at + LENGTH, lengthBytes);
        Wire.putU32(s, at + KEY, key);
        Wire.putU8(s, at + TYPE, type);
    }
}
