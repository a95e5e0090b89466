package org.nvmftarget.data.nvme;

import java.lang.foreign.MemorySegment;

/**
 * An entry of the Discovery log page (NVMe over Fabrics 1.1, section 5.3; NVMe Base specification 2.0, section
 * 5.16.1.23), 1024 bytes after a header of as many:
 *
 * <pre>
 *  0 TRTYPE   1 ADRFAM   2 SUBTYPE   3 TREQ   4..5 PORTID   6..7 CNTLID   8..9 ASQSZ   10..11 EFLAGS
 *  32..63 TRSVCID   256..511 SUBNQN   512..767 TRADDR   768..1023 TSAS
 *  extended (revision 2.1, section 5.1.12.3.1), 1032 bytes: 1024..1027 length   1028..1029 number of attributes
 * </pre>
 *
 * @param subtype what the subsystem is
 * @param treq requirements: {@link #TREQ_SQ_FLOW_OPTIONAL}, {@link #TREQ_SECURE_CHANNEL}
 * @param portId the port of the subsystem that the address is
 * @param adminQueueEntries most entries of an admin queue there
 * @param eflags {@link #EFLAGS_DUPLICATE}, {@link #EFLAGS_PERSISTENT}
 */
public record DiscoveryEntry(
        int trtype,
        int adrfam,
        int subtype,
        int treq,
        int portId,
        int adminQueueEntries,
        int eflags,
        int trsvcid,
        String subnqn,
        String traddr) {

    public static final int BYTES = 1024;
    public static final int EXTENDED_BYTES = 1032;

    public static final int TRTYPE_RDMA = 1;
    public static final int TRTYPE_TCP = 3;
    public static final int ADRFAM_IPV4 = 1;
    public static final int ADRFAM_IPV6 = 2;

    /** Another discovery subsystem. */
    public static final int SUBTYPE_REFERRAL = 1;

    public static final int SUBTYPE_NVM = 2;

    /** The discovery subsystem that gives this log. */
    public static final int SUBTYPE_CURRENT_DISCOVERY = 3;

    /** TREQ: connections are made over a fabric secure channel. */
    public static final int TREQ_SECURE_CHANNEL = 1;

    /** TREQ: submission queue flow control may be disabled. */
    public static final int TREQ_SQ_FLOW_OPTIONAL = 1 << 2;

    /** DUPRETINFO: all entries of a log that have it lead to the same information. */
    public static final int EFLAGS_DUPLICATE = 1;

    /** EPCSD: a persistent connection to this discovery service works. */
    public static final int EFLAGS_PERSISTENT = 1 << 1;

    private static final int RDMA_RELIABLE_CONNECTED = 1;
    private static final int RDMA_PROVIDER_UNSPECIFIED = 1;
    private static final int RDMA_CM = 1;

    /** Writes the entry over zeroed bytes. */
    public void encode(MemorySegment s, long at) {
        Wire.putU8(s, at, trtype);
        Wire.putU8(s, at + 1, adrfam);
        Wire.putU8(s, at + 2, subtype);
        Wire.putU8(s, at + 3, treq);
        Wire.putU16(s, at + 4, portId);
        Wire.putU16(s, at + 6, Connect.CNTLID_DYNAMIC);
        Wire.putU16(s, at + 8, adminQueueEntries);
        Wire.putU16(s, at + 10, eflags);
        Wire.putText(s, at + 32, 32, Integer.toString(trsvcid), ' ');
        Wire.putText(s, at + 256, 256, subnqn, '\0');
        Wire.putText(s, at + 512, 256, traddr, ' ');
        if (trtype == TRTYPE_RDMA) {
            Wire.putU8(s, at + 768, RDMA_RELIABLE_CONNECTED);
            Wire.putU8(s, at + 769, RDMA_PROVIDER_UNSPECIFIED);
            Wire.putU8(s, at + 770, RDMA_CM);
        }
    }

    /** Writes the extended form, which has no attributes, over zeroed bytes. */
    public void encodeExtended(MemorySegment s, long at) {
        encode(s, at);
        Wire.putU32(s, at + BYTES, EXTENDED_BYTES);
        Wire.putU16(s, at + BYTES + 4, 0);
    }
}
