package org.nvmftarget.data.nvme;

import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * The Asymmetric Namespace Access log page (NVMe Base specification 2.0, section 5.16.1.13): a header of 16 bytes and
 * the descriptors of the groups, by ascending identifier.
 *
 * <pre>
 *  0..7 change count   8..9 number of descriptors
 *  descriptor: 0..3 group   4..7 number of nsids   8..15 change count   16 state   32.. nsids, four bytes each
 * </pre>
 *
 * @param changeCount how often the page has changed since the controller's last reset
 */
public record AnaLog(long changeCount, List<Group> groups) {

    public static final int HEADER_BYTES = 16;
    public static final int DESCRIPTOR_BYTES = 32;

    /** LSP bit 0, Return Groups Only: descriptors come without nsids. */
    public static final int LSP_GROUPS_ONLY = 1;

    public static final int OPTIMIZED = 0x1;
    public static final int NON_OPTIMIZED = 0x2;
    public static final int INACCESSIBLE = 0x3;
    public static final int PERSISTENT_LOSS = 0x4;
    public static final int CHANGE = 0xF;

    /** ANACAP: every state is reported, and a namespace may move between groups while it is attached. */
    public static final int CAPABILITIES = 0x1F;

    /** ANAGRPMAX, the highest identifier of a group, and NANAGRPID, their number. */
    public static final int MAX_GROUPS = 128;

    /** ANATT: a group is in the state change for at most so many seconds. */
    public static final int TRANSITION_SECONDS = 10;

    /**
     * One descriptor.
     *
     * @param changeCount how often it has changed, from 1
     * @param nsids ascending
     */
    public record Group(int id, long changeCount, int state, List<Integer> nsids) {
        public Group {
            nsids = List.copyOf(nsids);
        }

        /** The same without its nsids. */
        public Group alone() {
            return new Group(id, changeCount, state, List.of());
        }

        private int lengthBytes() {
            return DESCRIPTOR_BYTES + nsids.size() * 4;
        }

        private void encode(MemorySegment s, long at) {
            Wire.putU32(s, at, id);
            Wire.putU32(s, at + 4, nsids.size());
            Wire.putU64(s, at + 8, changeCount);
            Wire.putU8(s, at + 16, state);
            for (int i = 0; i < nsids.size(); i++) {
                Wire.putU32(s, at + DESCRIPTOR_BYTES + i * 4L, nsids.get(i));
            }
        }
    }

    public AnaLog {
        groups = List.copyOf(groups);
    }

    /**
     * The page's largest size, as hosts reckon it.
     *
     * @param maxNamespaces MNAN
     */
    public static int mostBytes(int maxNamespaces) {
        return HEADER_BYTES + MAX_GROUPS * DESCRIPTOR_BYTES + maxNamespaces * 4;
    }

    public int lengthBytes() {
        return HEADER_BYTES + groups.stream().mapToInt(Group::lengthBytes).sum();
    }

    /** Writes the page over {@link #lengthBytes()} zeroed bytes. */
    public void encode(MemorySegment s) {
        Wire.putU64(s, 0, changeCount);
        Wire.putU16(s, 8, groups.size());
        long at = HEADER_BYTES;
        for (Group group : groups) {
            group.encode(s, at);
            at += group.lengthBytes();
        }
    }
}
