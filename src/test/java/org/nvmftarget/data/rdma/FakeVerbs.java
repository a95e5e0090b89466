package org.nvmftarget.data.rdma;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.nvmftarget.data.ffi.verbs.CompletionQueue;
import org.nvmftarget.data.ffi.verbs.Completions;
import org.nvmftarget.data.ffi.verbs.MemoryRegion;
import org.nvmftarget.data.ffi.verbs.ProtectionDomain;
import org.nvmftarget.data.ffi.verbs.RcQueuePair;
import org.nvmftarget.data.ffi.verbs.RecvWr;
import org.nvmftarget.data.ffi.verbs.SendWr;
import org.nvmftarget.data.ffi.verbs.SharedReceiveQueue;

/** A protection domain, a completion queue and a queue pair, whose peer is the test. */
final class FakeVerbs {

    record Region(MemorySegment memory, int lkey) implements MemoryRegion {
        @Override
        public void close() {}
    }

    /** A send as it was when it was posted: the queue may change the work request afterwards. */
    record Posted(long wrId, int opcode, int flags, int lengthBytes, long remoteAddress, int remoteKey, int inv) {
        Posted(SendWr wr) {
            this(
                    wr.wrId(),
                    wr.opcode(),
                    wr.flags(),
                    (int) wr.totalLengthBytes(),
                    wr.remoteAddress(),
                    wr.remoteKey(),
                    wr.invalidatedKey());
        }
    }

    private record Completion(long wrId, int status, int byteLength) {}

    final Deque<RecvWr> receives = new ArrayDeque<>();
    final List<Posted> sends = new ArrayList<>();

    /** How many posts of sends there were. */
    int posts;

    int postErrno;

    /** What was registered last: the queue's memory. */
    private MemorySegment registered = MemorySegment.NULL;

    private final Deque<Completion> completions = new ArrayDeque<>();

    final ProtectionDomain domain = new ProtectionDomain() {
        @Override
        public MemoryRegion register(MemorySegment memory) {
            registered = memory;
            return new Region(memory, 7);
        }

        @Override
        public SharedReceiveQueue createSharedReceiveQueue(int entries, int maxSge, int limit) {
            return srq;
        }

        @Override
        public void close() {}
    };

    final SharedReceiveQueue srq = new SharedReceiveQueue() {
        @Override
        public long id() {
            return 2;
        }

        @Override
        public int entries() {
            return 4096;
        }

        @Override
        public int postRecv(RecvWr first) {
            for (RecvWr wr = first; wr != null; wr = wr.next()) {
                receives.add(wr);
            }
            return 0;
        }

        @Override
        public void armLimit(int limit) {}

        @Override
        public void close() {}
    };

    final CompletionQueue cq = new CompletionQueue() {
        @Override
        public long id() {
            return 1;
        }

        @Override
        public int entries() {
            return 4096;
        }

        @Override
        public int poll(Completions into) {
            int n = 0;
            while (n < into.capacity() && !completions.isEmpty()) {
                Completion c = completions.poll();
                into.put(n++, c.wrId(), c.status(), c.byteLength(), 1);
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
            return 1;
        }

        @Override
        public int postSend(SendWr first) {
            posts++;
            for (SendWr wr = first; wr != null && postErrno == 0; wr = wr.next()) {
                sends.add(new Posted(wr));
            }
            return postErrno;
        }

        @Override
        public int postRecv(RecvWr first) {
            for (RecvWr wr = first; wr != null; wr = wr.next()) {
                receives.add(wr);
            }
            return 0;
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

    MemoryRegion region(long bytes) {
        return new Region(Arena.ofAuto().allocate(bytes, 4096), 7);
    }

    /** The host sends a capsule into the next receive. */
    void capsule(byte[] bytes) {
        RecvWr wr = receives.remove();
        long offset = wr.localAddress(0) - registered.address();
        MemorySegment.copy(bytes, 0, registered, ValueLayout.JAVA_BYTE, offset, bytes.length);
        completions.add(new Completion(wr.wrId(), Completions.SUCCESS, bytes.length));
    }

    /** The device finishes a send. */
    void complete(Posted send) {
        completions.add(new Completion(send.wrId(), Completions.SUCCESS, 0));
    }

    /** The queue pair is in the error state: what is posted is flushed. */
    void flush() {
        receives.forEach(wr -> completions.add(new Completion(wr.wrId(), Completions.FLUSHED, 0)));
        receives.clear();
        sends.forEach(wr -> completions.add(new Completion(wr.wrId(), Completions.FLUSHED, 0)));
        sends.clear();
    }
}
