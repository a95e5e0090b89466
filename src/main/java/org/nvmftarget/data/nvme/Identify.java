package org.nvmftarget.data.nvme;

import java.lang.foreign.MemorySegment;

/**
 * Identify (NVMe Base specification 2.0, section 5.17): CDW10 has CNS 7:0 and CNTID 31:16, CDW11 CSI 31:24. The small
 * pages are here as well.
 */
public final class Identify {
    private Identify() {}

    /** Bytes of every page. */
    public static final int BYTES = 4096;

    public static final int CNS_NAMESPACE = 0x00;
    public static final int CNS_CONTROLLER = 0x01;
    public static final int CNS_ACTIVE_NAMESPACES = 0x02;
    public static final int CNS_NAMESPACE_DESCRIPTORS = 0x03;
    public static final int CNS_COMMAND_SET_NAMESPACE = 0x05;
    public static final int CNS_COMMAND_SET_CONTROLLER = 0x06;
    public static final int CNS_COMMAND_SET_ACTIVE_NAMESPACES = 0x07;
    public static final int CNS_INDEPENDENT_NAMESPACE = 0x08;
    public static final int CNS_ALLOCATED_NAMESPACES = 0x10;
    public static final int CNS_ALLOCATED_NAMESPACE = 0x11;
    public static final int CNS_ATTACHED_CONTROLLERS = 0x12;
    public static final int CNS_CONTROLLERS = 0x13;
    public static final int CNS_PRIMARY_CONTROLLER = 0x14;
    public static final int CNS_SECONDARY_CONTROLLERS = 0x15;
    public static final int CNS_NAMESPACE_GRANULARITY = 0x16;
    public static final int CNS_COMMAND_SET_ALLOCATED_NAMESPACES = 0x1A;
    public static final int CNS_COMMAND_SET_ALLOCATED_NAMESPACE = 0x1B;
    public static final int CNS_COMMAND_SETS = 0x1C;

    /** CNTID of CNS 1Ch that means the controller itself. */
    public static final int CNTID_SELF = 0xFFFF;

    /** Command set identifier of the NVM command set, in CDW11 bits 31:24. */
    public static final int CSI_NVM = 0;

    /** Entries of a namespace list. */
    public static final int LIST_ENTRIES = BYTES / 4;

    /** Entries of a controller list, whose first two bytes are their number. */
    public static final int CONTROLLER_LIST_ENTRIES = BYTES / 2 - 1;

    // Fields of the command
    public static final long CNS = Sqe.CDW10;
    public static final long CNTID = Sqe.CDW10 + 2;
    public static final long CSI = Sqe.CDW11 + 3;

    public static int cns(MemorySegment sqe) {
        return Wire.u8(sqe, CNS);
    }

    /** The controller to begin with, or that is meant. */
    public static int cntid(MemorySegment sqe) {
        return Wire.u16(sqe, CNTID);
    }

    public static int csi(MemorySegment sqe) {
        return Wire.u8(sqe, CSI);
    }

    /** CNS 14h over zeroed bytes: 0 CNTLID, 2 PORTID; there are no resources that controllers could share out. */
    public static void encodePrimaryController(MemorySegment s, int cntlid, int portId) {
        Wire.putU16(s, 0, cntlid);
        Wire.putU16(s, 2, portId);
    }

    /** CNS 1Ch over zeroed bytes: the only combination of command sets is the NVM command set. */
    public static void encodeCommandSets(MemorySegment s) {
        Wire.putU64(s, 0, 1L << CSI_NVM);
    }
}
