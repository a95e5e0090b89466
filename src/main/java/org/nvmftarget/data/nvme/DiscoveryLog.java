package org.nvmftarget.data.nvme;

import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * The Discovery log page: a header of 1024 bytes and the entries (NVMe over Fabrics 1.1, section 5.3; flags, length and
 * extended entries NVMe Base specification 2.1, section 5.1.12.3.1).
 *
 * <pre>
 *  0..7 GENCTR   8..15 NUMREC   16..17 RECFMT   18 DLPF   20..23 TDLPL
 * </pre>
 *
 * @param generation changes whenever the entries do
 * @param extended the host has asked for extended entries: DLPF says that these are, and TDLPL how long the page is
 * @param portLocal the host has asked for what is on its own port, and DLPF says that the entries are no more
 */
public record DiscoveryLog(long generation, boolean extended, boolean portLocal, List<DiscoveryEntry> entries) {

    public static final int HEADER_BYTES = 1024;

    /** LSP bit 0 asks for extended entries (EXTDLPE), bit 1 for those of this port only (PLEO). */
    public static final int LSP_EXTENDED = 1;

    public static final int LSP_PORT_LOCAL = 1 << 1;

    /** What the Supported Log Pages page says of this one in its upper half: both of the above (EXTDLPES, PLEOS). */
    public static final int SUPPORTED_PARAMETERS = LSP_EXTENDED | LSP_PORT_LOCAL;

    private static final int DLPF_EXTENDED = 1;
    private static final int DLPF_PORT_LOCAL = 1 << 1;

    public DiscoveryLog {
        entries = List.copyOf(entries);
    }

    public int lengthBytes() {
        return HEADER_BYTES + entries.size() * (extended ? DiscoveryEntry.EXTENDED_BYTES : DiscoveryEntry.BYTES);
    }

    /** Writes the page over {@link #lengthBytes()} zeroed bytes. */
    public void encode(MemorySegment s) {
        Wire.putU64(s, 0, generation);
        Wire.putU64(s, 8, entries.size());
        Wire.putU8(s, 18, (extended ? DLPF_EXTENDED : 0) | (portLocal ? DLPF_PORT_LOCAL : 0));
        long at = HEADER_BYTES;
        for (DiscoveryEntry entry : entries) {
            if (extended) {
                entry.encodeExtended(s, at);
                at += DiscoveryEntry.EXTENDED_BYTES;
            } else {
                entry.encode(s, at);
                at += DiscoveryEntry.BYTES;
            }
        }
        if (extended) {
            Wire.putU32(s, 20, lengthBytes());
        }
    }
}
