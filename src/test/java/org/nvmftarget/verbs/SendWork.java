package org.nvmftarget.verbs;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import org.nvmftarget.data.ffi.verbs.PostedWork;
import org.nvmftarget.data.ffi.verbs.SendWr;

/** A send, RDMA write or RDMA read between its post and its completion. */
final class SendWork {

    final PostedWork wr;

    /** Where it stands among all that were ever posted to its queue. */
    final long sequence;

    /** Local buffers; none where the payload was given at once. */
    private final List<Dma.Use> uses;

    private final Dma dma;
    private byte[] payload;
    private int rnrRetries;

    /** It is acknowledged, or has failed, and waits for those before it. */
    boolean done;

    int status = Wc.SUCCESS;

    /** It was completed or flushed. */
    boolean over;

    /** A local buffer that is not the queue pair's to use. */
    boolean badBuffer;

    SendWork(PostedWork wr, long sequence, List<Dma.Use> uses, Dma dma, byte[] payload) {
        this.wr = wr;
        this.sequence = sequence;
        this.uses = uses;
        this.dma = dma;
        this.payload = payload;
    }

    boolean isRead() {
        return wr.opcode() == SendWr.RDMA_READ;
    }

    boolean isSignaled() {
        return (wr.flags() & SendWr.SIGNALED) != 0;
    }

    byte[] payload() {
        return payload;
    }

    int length() {
        return isRead() ? Math.toIntExact(wr.lengthBytes()) : payload.length;
    }

    /** Whether it may be tried again, after the receiver was not ready. */
    boolean mayRetry(int limit) {
        return limit == RcEndpoint.RETRY_FOR_EVER || rnrRetries++ < limit;
    }

    /** The device reads the local buffers. */
    void gather() {
        if (uses.isEmpty() || isRead()) {
            return;
        }
        payload = new byte[Math.toIntExact(wr.lengthBytes())];
        int at = 0;
        for (Dma.Use use : uses) {
            dma.check(use);
            int n = (int) use.memory.byteSize();
            MemorySegment.copy(use.memory, ValueLayout.JAVA_BYTE, 0, payload, at, n);
            at += n;
        }
    }

    /** The device writes what a read brought, or a part of that, into the local buffers. */
    void scatter(byte[] data, int bytes) {
        int at = 0;
        for (Dma.Use use : uses) {
            dma.check(use);
            int n = (int) Math.min(use.memory.byteSize(), bytes - at);
            MemorySegment.copy(data, at, use.memory, ValueLayout.JAVA_BYTE, 0, n);
            at += n;
        }
    }

    /** The device is done with the local buffers; those that it only read must be as they were. */
    void end(boolean check) {
        for (Dma.Use use : uses) {
            if (check && !isRead()) {
                dma.check(use);
            }
            dma.end(use);
        }
    }

    @Override
    public String toString() {
        return "opcode " + wr.opcode() + ", wr_id " + Long.toHexString(wr.wrId());
    }
}
