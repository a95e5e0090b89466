package org.nvmftarget.data.nvme;

import java.lang.foreign.MemorySegment;

/**
 * Property Get and Property Set (NVMe over Fabrics 1.1, sections 3.5 and 3.6) and the controller properties that they
 * reach (NVMe Base specification 2.0, section 3.1.3). Offsets into the submission queue entry:
 *
 * <pre>
 *  40 ATTRIB (bits 2:0: 0 four bytes, 1 eight bytes)   44..47 OFST   48..55 VALUE (Set)
 * </pre>
 */
public final class Property {
    private Property() {}

    public static final long ATTRIB = Sqe.CDW10;
    public static final long OFST = ATTRIB + 4;
    public static final long VALUE = OFST + 4;

    public static final int SIZE_4 = 0;
    public static final int SIZE_8 = 1;

    // Properties
    public static final int CAP = 0x00;
    public static final int VS = 0x08;
    public static final int CC = 0x14;
    public static final int CSTS = 0x1C;
    public static final int NSSR = 0x20;
    public static final int CRTO = 0x68;

    /** Version 2.0.0. */
    public static final int VERSION = 0x0002_0000;

    /** Most time that the controller takes to become ready, in units of 500 ms: 7.5 s. */
    private static final int READY_TIMEOUT = 15;

    /** CRTO: the time until the controller is ready with its media. */
    public static final int READY_TIMEOUTS = READY_TIMEOUT;

    // CC
    public static final int CC_EN = 1;
    public static final int CC_CSS_MASK = 7 << 4;
    public static final int CC_MPS_MASK = 0xF << 7;
    public static final int CC_AMS_MASK = 7 << 11;
    public static final int CC_SHN_MASK = 3 << 14;

    /** A shutdown notification that there is not. */
    public static final int CC_SHN_RESERVED = 3 << 14;

    public static final int CC_IOSQES_SHIFT = 16;
    public static final int CC_IOCQES_SHIFT = 20;

    // CSTS
    public static final int CSTS_RDY = 1;
    public static final int CSTS_CFS = 1 << 1;
    public static final int CSTS_SHST_MASK = 3 << 2;
    public static final int CSTS_SHST_OCCURRING = 1 << 2;
    public static final int CSTS_SHST_COMPLETE = 2 << 2;

    /**
     * Controller capabilities: contiguous queues, a timeout of 7.5 s, no NVM subsystem reset (NSSRS is 0), the NVM
     * command set, pages of 4 KiB, ready with media (CRMS).
     *
     * @param maxQueueEntries one-based
     */
    public static long cap(int maxQueueEntries) {
        long mqes = maxQueueEntries - 1L;
        long cqr = 1L << 16;
        long to = (long) READY_TIMEOUT << 24;
        long cssNvm = 1L << 37;
        long readyWithMedia = 1L << 59;
        return mqes | cqr | to | cssNvm | readyWithMedia;
    }

    public static int size(MemorySegment sqe) {
        return Wire.u8(sqe, ATTRIB) & 7;
    }

    public static int offset(MemorySegment sqe) {
        return Wire.u32(sqe, OFST);
    }

    public static long value(MemorySegment sqe) {
        return Wire.u64(sqe, VALUE);
    }
}
