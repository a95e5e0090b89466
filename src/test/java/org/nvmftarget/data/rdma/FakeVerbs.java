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
import org.nvmftarget.data.ffi.verbs.VerbsException;

/** A protection domain, a completion queue and queue pairs, whose peer is the test. */
final class FakeVerbs {

    record Region(MemorySegment memory, int lkey) implements MemoryRegion {
        @Override
        public void close() {}
    }

    /** A send as it was when it was posted: the queue may change the work request afterwards. */
    record Posted(
            long wrId,
            int opcode,
            int flags,
            int lengthBytes,
            long localAddress,
            long remoteAddress,
            int remoteKey,
            int inv) {
        Posted(SendWr wr) {
            this(
                    wr.wrId(),
                    wr.opcode(),
                    wr.flags(),
                    (int) wr.totalLengthBytes(),
                    wr.localAddress(0),
                    wr.remoteAddress(),
                    wr.remoteKey(),
                    wr.invalidatedKey());
        }

        boolean isSignalled() {
            return (flags & SendWr.SIGNALED) != 0;
        }
    }

    private record Completion(long wrId, int status, int byteLength, int number) {}

    /** Receives that are posted, to the queue pair or to the shared queue. */
    final Deque<RecvWr> receives = new ArrayDeque<>();

    final List<Posted> sends = new ArrayList<>();

    /** How many posts of sends there were. */
    int posts;

    /** How many posts of receives there were. */
    int receivePosts;

    int postErrno;
    int receiveErrno;

    /** What {@code poll} does instead of polling. */
    boolean pollFails;

    private final List<MemorySegment> registered = new ArrayList<>();
    private final Deque<Completion> completions = new ArrayDeque<>();

    final ProtectionDomain domain = new ProtectionDomain() {
        @Override
        public MemoryRegion register(MemorySegment memory) {
            registered.add(memory);
            return new Region(memory, 7);
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
            return 2;
        }

        @Override
        public int entries() {
            return entries;
        }

        @Override
        public int postRecv(RecvWr first) {
            return post(first);
        }

        @Override
        public void armLimit(int limit) {}

        @Override
        public void close() {}
    }

    private int post(RecvWr first) {
        receivePosts++;
        for (RecvWr wr = first; wr != null && receiveErrno == 0; wr = wr.next()) {
            receives.add(wr);
        }
        return receiveErrno;
    }

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
        public int poll(Completions into) throws VerbsException {
            if (pollFails) {
                throw new VerbsException("ibv_poll_cq", "fake0", VerbsException.EIO);
            }
            int n = 0;
            while (n < into.capacity() && !completions.isEmpty()) {
                Completion c = completions.poll();
                into.put(n++, c.wrId(), c.status(), c.byteLength(), c.number());
            }
            return n;
        }

        @Override
        public void arm() {}

        @Override
        public void close() {}
    };

    /** The queue pair that most tests are about. */
    final RcQueuePair qp = queuePair(1);

    RcQueuePair queuePair(int number) {
        return new RcQueuePair() {
            @Override
            public int number() {
                return number;
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
                return post(first);
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
    }

    MemoryRegion region(long bytes) {
        return new Region(Arena.ofAuto().allocate(bytes, 4096), 7);
    }

    /** The host sends a capsule into the next receive. */
    void capsule(byte[] bytes) {
        capsule(bytes, 1);
    }

    /** The host behind queue pair {@code number} sends a capsule into the next receive. */
    void capsule(byte[] bytes, int number) {
        RecvWr wr = receives.remove();
        MemorySegment memory = registered.stream()
                .filter(m -> wr.localAddress(0) - m.address() >= 0 && wr.localAddress(0) - m.address() < m.byteSize())
                .findFirst()
                .orElseThrow();
        long offset = wr.localAddress(0) - memory.address();
        MemorySegment.copy(bytes, 0, memory, ValueLayout.JAVA_BYTE, offset, bytes.length);
        completions.add(new Completion(wr.wrId(), Completions.SUCCESS, bytes.length, number));
    }

    /** The device finishes a send. */
    void complete(Posted send) {
        complete(send, Completions.SUCCESS);
    }

    void complete(Posted send, int status) {
        completions.add(new Completion(send.wrId(), status, 0, 1));
    }

    /** A receive fails. */
    void failReceive(int status, int number) {
        completions.add(new Completion(receives.remove().wrId(), status, 0, number));
    }

    /** The queue pair is in the error state: what is posted is flushed, but for shared receives. */
    void flush() {
        receives.stream()
                .filter(wr -> WrId.kind(wr.wrId()) == WrId.RECV)
                .forEach(wr -> completions.add(new Completion(wr.wrId(), Completions.FLUSHED, 0, 1)));
        receives.removeIf(wr -> WrId.kind(wr.wrId()) == WrId.RECV);
        sends.forEach(wr -> complete(wr, Completions.FLUSHED));
        sends.clear();
    }
}
