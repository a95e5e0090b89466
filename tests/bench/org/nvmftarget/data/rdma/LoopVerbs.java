package org.nvmftarget.data.rdma;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.nvmftarget.data.ffi.verbs.CompletionQueue;
import org.nvmftarget.data.ffi.verbs.Completions;
import org.nvmftarget.data.ffi.verbs.MemoryRegion;
import org.nvmftarget.data.ffi.verbs.ProtectionDomain;
import org.nvmftarget.data.ffi.verbs.RcQueuePair;
import org.nvmftarget.data.ffi.verbs.RecvWr;
import org.nvmftarget.data.ffi.verbs.SendWr;
import org.nvmftarget.data.ffi.verbs.SharedReceiveQueue;

/** Verbs that do every signalled work request at once, and take capsules that are in their receives already. */
final class LoopVerbs {

    private static final int RING = 1 << 13;

    private record Region(MemorySegment memory, int lkey) implements MemoryRegion {
        @Override
        public void close() {}
    }

    private final RecvWr[] posted = new RecvWr[RING];
    private final long[] completedIds = new long[RING];
    private final int[] completedLengths = new int[RING];
    private int postedHead;
    private int postedTail;
    private int completedHead;
    private int completedTail;

    final ProtectionDomain domain = new ProtectionDomain() {
        @Override
        public MemoryRegion register(MemorySegment memory) {
            return new Region(memory, 1);
        }

        @Override
        public SharedReceiveQueue createSharedReceiveQueue(int entries, int maxSge, int limit) {
            return new Srq(entries);
        }

        @Override
        public void close() {}
    };

    private final class Srq implements SharedReceiveQueue {
        private final int entries;

        Srq(int entries) {
            this.entries = entries;
        }

        @Override
        public long id() {
            return 1;
        }

        @Override
        public int entries() {
            return entries;
        }

        @Override
        public int postRecv(RecvWr first) {
            return receive(first);
        }

        @Override
        public void armLimit(int limit) {}

        @Override
        public void close() {}
    }

    final CompletionQueue cq = new CompletionQueue() {
        @Override
        public long id() {
            return 2;
        }

        @Override
        public int entries() {
            return 3 * RING;
        }

        @Override
        public int poll(Completions into) {
            int n = 0;
            while (n < into.capacity() && completedHead != completedTail) {
                int i = completedHead++ & (RING - 1);
                into.put(n++, completedIds[i], Completions.SUCCESS, completedLengths[i], 3);
            }
            return n;
        }

        @Override
        public void arm() {}

        @Override
        public void close() {}
    };

    final RcQueuePair qp = new RcQueuePair() {
        @Override
        public int number() {
            return 3;
        }

        @Override
        public int postSend(SendWr first) {
            for (SendWr wr = first; wr != null; wr = wr.next()) {
                if ((wr.flags() & SendWr.SIGNALED) != 0) {
                    complete(wr.wrId(), 0);
                }
            }
            return 0;
        }

        @Override
        public int postRecv(RecvWr first) {
            return receive(first);
        }

        @Override
        public void setMinRnrTimer(int code) {}

        @Override
        public int maxReads() {
            return 16;
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    };

    private int receive(RecvWr first) {
        for (RecvWr wr = first; wr != null; wr = wr.next()) {
            posted[postedTail++ & (RING - 1)] = wr;
        }
        return 0;
    }

    private void complete(long wrId, int lengthBytes) {
        int i = completedTail++ & (RING - 1);
        completedIds[i] = wrId;
        completedLengths[i] = lengthBytes;
    }

    /** The next receive takes a capsule of {@code lengthBytes}: what it has in its memory. */
    void capsule(int lengthBytes) {
        complete(posted[postedHead++ & (RING - 1)].wrId(), lengthBytes);
    }

    static MemoryRegion region(long bytes) {
        return new Region(Arena.global().allocate(bytes, 4096), 1);
    }
}
