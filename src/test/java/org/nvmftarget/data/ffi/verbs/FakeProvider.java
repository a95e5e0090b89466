package org.nvmftarget.data.ffi.verbs;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.ArrayList;
import java.util.List;
import org.nvmftarget.data.ffi.Native;

/** A device's provider in memory: an {@code ibv_context} whose {@code ops} call back into this object. */
final class FakeProvider {

    final MemorySegment context;

    /** What the next {@code poll_cq} returns. */
    int pollResult;

    /** What the next posts return. */
    int postResult;

    int armed;

    /** The shared receive queue of the last post to one. */
    long postedTo;

    /** Lengths of the local buffers of what was posted, one after another. */
    final List<Integer> bufferLengths = new ArrayList<>();

    final List<Long> posted = new ArrayList<>();

    FakeProvider(Arena arena) throws ReflectiveOperationException {
        context = arena.allocate(VerbsLayouts.CONTEXT);
        Class<MemorySegment> p = MemorySegment.class;
        MethodType threePointers = MethodType.methodType(int.class, p, p, p);
        MethodType poll = MethodType.methodType(int.class, p, int.class, p);
        MethodType notify = MethodType.methodType(int.class, p, int.class);
        put(arena, VerbsLayouts.POLL_CQ_OFFSET, "pollCq", poll, VerbsOps.POLL_CQ_SIGNATURE);
        put(arena, VerbsLayouts.REQ_NOTIFY_CQ_OFFSET, "reqNotifyCq", notify, VerbsOps.REQ_NOTIFY_CQ_SIGNATURE);
        put(arena, VerbsLayouts.POST_SEND_OFFSET, "postSend", threePointers, VerbsOps.POST_SIGNATURE);
        put(arena, VerbsLayouts.POST_SRQ_RECV_OFFSET, "postSrqRecv", threePointers, VerbsOps.POST_SIGNATURE);
        put(arena, VerbsLayouts.POST_RECV_OFFSET, "postRecv", threePointers, VerbsOps.POST_SIGNATURE);
    }

    private void put(Arena arena, long offset, String name, MethodType type, FunctionDescriptor signature)
            throws ReflectiveOperationException {
        MethodHandle method = MethodHandles.lookup()
                .findVirtual(FakeProvider.class, name, type)
                .bindTo(this);
        context.set(ADDRESS, offset, Native.upcall(method, signature, arena));
    }

    int pollCq(MemorySegment cq, int numEntries, MemorySegment wc) {
        MemorySegment entries = Native.sized(wc, numEntries * WorkLayouts.WC_BYTES);
        for (int i = 0; i < Math.min(pollResult, numEntries); i++) {
            entries.set(JAVA_LONG, i * WorkLayouts.WC_BYTES + WorkLayouts.WC_WR_ID_OFFSET, 100L + i);
            entries.set(JAVA_INT, i * WorkLayouts.WC_BYTES + WorkLayouts.WC_STATUS_OFFSET, i);
            entries.set(JAVA_INT, i * WorkLayouts.WC_BYTES + WorkLayouts.WC_BYTE_LEN_OFFSET, 64 + i);
        }
        return pollResult;
    }

    int reqNotifyCq(MemorySegment cq, int solicitedOnly) {
        armed++;
        return 0;
    }

    int postSend(MemorySegment qp, MemorySegment wr, MemorySegment badWr) {
        return post(wr, badWr, WorkLayouts.SEND_WR.byteSize(), WorkLayouts.SEND_NEXT_OFFSET);
    }

    int postSrqRecv(MemorySegment srq, MemorySegment wr, MemorySegment badWr) {
        postedTo = srq.address();
        return post(wr, badWr, WorkLayouts.RECV_WR.byteSize(), WorkLayouts.RECV_NEXT_OFFSET);
    }

    int postRecv(MemorySegment qp, MemorySegment wr, MemorySegment badWr) {
        return post(wr, badWr, WorkLayouts.RECV_WR.byteSize(), WorkLayouts.RECV_NEXT_OFFSET);
    }

    private int post(MemorySegment first, MemorySegment badWr, long bytes, long nextOffset) {
        if (postResult != 0) {
            Native.sized(badWr, 8).set(ADDRESS, 0, first);
            return postResult;
        }
        MemorySegment wr = first;
        while (wr.address() != 0) {
            MemorySegment sized = Native.sized(wr, bytes);
            posted.add(sized.get(JAVA_LONG, 0));
            readBuffers(sized);
            wr = sized.get(ADDRESS, nextOffset);
        }
        return 0;
    }

    /** As a provider reads them: both kinds of work requests begin alike. */
    private void readBuffers(MemorySegment wr) {
        int count = wr.get(JAVA_INT, WorkLayouts.RECV_NUM_SGE_OFFSET);
        long sgeBytes = WorkLayouts.SGE.byteSize();
        MemorySegment list = Native.sized(wr.get(ADDRESS, WorkLayouts.RECV_SG_LIST_OFFSET), count * sgeBytes);
        for (int i = 0; i < count; i++) {
            bufferLengths.add(list.get(JAVA_INT, i * sgeBytes + WorkLayouts.SGE_LENGTH_OFFSET));
        }
    }
}
