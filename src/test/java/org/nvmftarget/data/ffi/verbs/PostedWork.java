package org.nvmftarget.data.ffi.verbs;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.nvmftarget.data.ffi.Native;

/**
 * A work request as a device reads it: from the native structures, by the pointers in them, and as they were when it was
 * posted.
 *
 * @param opcode of a send; 0 for a receive
 */
public record PostedWork(
        long wrId, int opcode, int flags, int invalidatedKey, long remoteAddress, int remoteKey, List<Sge> sges) {

    private static final int MOST_IN_A_CHAIN = 1 << 16;
    private static final int MOST_SGES = 1 << 10;

    /** One {@code ibv_sge}. */
    public record Sge(long address, int lengthBytes, int lkey) {}

    public long lengthBytes() {
        return sges.stream()
                .mapToLong(sge -> Integer.toUnsignedLong(sge.lengthBytes()))
                .sum();
    }

    /** The chain that begins with {@code first}. */
    public static List<PostedWork> chain(SendWr first) {
        List<PostedWork> chain = new ArrayList<>();
        MemorySegment at = first.memory();
        while (at.address() != 0) {
            MemorySegment wr = next(chain, at, WorkLayouts.SEND_WR.byteSize());
            chain.add(new PostedWork(
                    wr.get(JAVA_LONG, WorkLayouts.SEND_WR_ID_OFFSET),
                    wr.get(JAVA_INT, WorkLayouts.SEND_OPCODE_OFFSET),
                    wr.get(JAVA_INT, WorkLayouts.SEND_FLAGS_OFFSET),
                    wr.get(JAVA_INT, WorkLayouts.SEND_INVALIDATE_RKEY_OFFSET),
                    wr.get(JAVA_LONG, WorkLayouts.SEND_REMOTE_ADDR_OFFSET),
                    wr.get(JAVA_INT, WorkLayouts.SEND_RKEY_OFFSET),
                    sges(
                            wr.get(ADDRESS, WorkLayouts.SEND_SG_LIST_OFFSET),
                            wr.get(JAVA_INT, WorkLayouts.SEND_NUM_SGE_OFFSET))));
            at = wr.get(ADDRESS, WorkLayouts.SEND_NEXT_OFFSET);
        }
        return chain;
    }

    /** The chain that begins with {@code first}. */
    public static List<PostedWork> chain(RecvWr first) {
        List<PostedWork> chain = new ArrayList<>();
        MemorySegment at = first.memory();
        while (at.address() != 0) {
            MemorySegment wr = next(chain, at, WorkLayouts.RECV_WR.byteSize());
            List<Sge> sges = sges(
                    wr.get(ADDRESS, WorkLayouts.RECV_SG_LIST_OFFSET),
                    wr.get(JAVA_INT, WorkLayouts.RECV_NUM_SGE_OFFSET));
            chain.add(new PostedWork(wr.get(JAVA_LONG, WorkLayouts.RECV_WR_ID_OFFSET), 0, 0, 0, 0, 0, sges));
            at = wr.get(ADDRESS, WorkLayouts.RECV_NEXT_OFFSET);
        }
        return chain;
    }

    private static MemorySegment next(List<PostedWork> chain, MemorySegment at, long bytes) {
        if (chain.size() == MOST_IN_A_CHAIN) {
            throw new AssertionError("a chain of work requests that does not end");
        }
        return Native.sized(at, bytes);
    }

    private static List<Sge> sges(MemorySegment list, int count) {
        if (count < 0 || count > MOST_SGES) {
            throw new AssertionError("a work request with " + count + " buffers");
        }
        List<Sge> sges = new ArrayList<>();
        if (count > 0) {
            MemorySegment array = Native.sized(list, count * WorkLayouts.SGE.byteSize());
            for (int i = 0; i < count; i++) {
                long at = i * WorkLayouts.SGE.byteSize();
                sges.add(new Sge(
                        array.get(JAVA_LONG, at + WorkLayouts.SGE_ADDR_OFFSET),
                        array.get(JAVA_INT, at + WorkLayouts.SGE_LENGTH_OFFSET),
                        array.get(JAVA_INT, at + WorkLayouts.SGE_LKEY_OFFSET)));
            }
        }
        return sges;
    }
}
