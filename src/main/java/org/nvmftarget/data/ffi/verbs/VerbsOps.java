package org.nvmftarget.data.ffi.verbs;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import org.nvmftarget.data.ffi.Native;

/**
 * What a device's provider put into {@code ibv_context.ops}, read once when the device is opened. These calls return
 * their errno themselves.
 */
final class VerbsOps {

    static final FunctionDescriptor POLL_CQ_SIGNATURE = FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT, ADDRESS);
    static final FunctionDescriptor REQ_NOTIFY_CQ_SIGNATURE = FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT);
    static final FunctionDescriptor POST_SIGNATURE = FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS, ADDRESS);

    private static final MethodHandle POLL_CQ = Native.critical(POLL_CQ_SIGNATURE);
    private static final MethodHandle POLL_CQ_PLAIN = Native.call(POLL_CQ_SIGNATURE);
    private static final MethodHandle REQ_NOTIFY_CQ = Native.call(REQ_NOTIFY_CQ_SIGNATURE);

    /** The work request as a number: its memory is in a shared arena, whose users a pointer would count at each call. */
    private static final MethodHandle POST = Native.call(FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_LONG, ADDRESS));

    private final MemorySegment pollCq;
    private final MemorySegment reqNotifyCq;
    private final MemorySegment postSrqRecv;
    private final MemorySegment postSend;
    private final MemorySegment postRecv;
    private final boolean critical;

    private VerbsOps(MemorySegment context, boolean critical) {
        this.critical = critical;
        pollCq = context.get(ADDRESS, VerbsLayouts.POLL_CQ_OFFSET);
        reqNotifyCq = context.get(ADDRESS, VerbsLayouts.REQ_NOTIFY_CQ_OFFSET);
        postSrqRecv = context.get(ADDRESS, VerbsLayouts.POST_SRQ_RECV_OFFSET);
        postSend = context.get(ADDRESS, VerbsLayouts.POST_SEND_OFFSET);
        postRecv = context.get(ADDRESS, VerbsLayouts.POST_RECV_OFFSET);
    }

    /** @param context a {@link VerbsLayouts#CONTEXT} */
    static VerbsOps of(MemorySegment context) {
        return new VerbsOps(context, true);
    }

    /** For a provider that calls back into Java, which a critical call must not. */
    static VerbsOps ofUpcalls(MemorySegment context) {
        return new VerbsOps(context, false);
    }

    int pollCq(MemorySegment cq, int numEntries, MemorySegment wc) {
        try {
            return critical
                    ? (int) POLL_CQ.invokeExact(pollCq, cq, numEntries, wc)
                    : (int) POLL_CQ_PLAIN.invokeExact(pollCq, cq, numEntries, wc);
        } catch (Throwable t) {
            throw Calls.bug(t);
        }
    }

    int reqNotifyCq(MemorySegment cq) {
        try {
            return (int) REQ_NOTIFY_CQ.invokeExact(reqNotifyCq, cq, 0);
        } catch (Throwable t) {
            throw Calls.bug(t);
        }
    }

    int postSend(MemorySegment qp, MemorySegment wr, MemorySegment badWr) {
        return post(postSend, qp, wr, badWr);
    }

    int postRecv(MemorySegment qp, MemorySegment wr, MemorySegment badWr) {
        return post(postRecv, qp, wr, badWr);
    }

    int postSrqRecv(MemorySegment srq, MemorySegment wr, MemorySegment badWr) {
        return post(postSrqRecv, srq, wr, badWr);
    }

    private static int post(MemorySegment function, MemorySegment queue, MemorySegment wr, MemorySegment badWr) {
        try {
            return (int) POST.invokeExact(function, queue, wr.address(), badWr);
        } catch (Throwable t) {
            throw Calls.bug(t);
        }
    }
}
