package org.nvmftarget.data.target;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.nvmftarget.data.nvme.Cqe;
import org.nvmftarget.data.nvme.Sqe;
import org.nvmftarget.data.nvme.Status;
import org.nvmftarget.data.reactor.Reactor;

/** A core of memory alone, for tests of a transport: it trusts every command, and can hold what it is given. */
public final class FakeQueuePairs implements TransportFactory.QueuePairs {

    /** Bytes of a block. */
    public static final int BLOCK_BYTES = 512;

    /** An admin opcode that this core never completes by itself. */
    public static final int HELD_OPCODE = 0x0C;

    private final MemorySegment disk;
    private final List<Pair> pairs = new CopyOnWriteArrayList<>();
    private volatile boolean holding;
    private volatile boolean later;

    public FakeQueuePairs(long diskBytes, Arena arena) {
        disk = arena.allocate(diskBytes);
    }

    /** From now on executed commands wait for {@link #releaseHeld}. */
    public void hold() {
        holding = true;
    }

    /** From now on commands complete in a later turn of their reactor. */
    public void completeLater() {
        later = true;
    }

    public void releaseHeld() {
        holding = false;
        pairs.forEach(pair -> pair.reactor.execute(pair::releaseHeld));
    }

    public List<Pair> pairs() {
        return pairs;
    }

    @Override
    public QueuePair open(Connection connection, Reactor reactor) {
        Pair pair = new Pair(connection, reactor);
        pairs.add(pair);
        return pair;
    }

    /** One queue pair; its fields are for its reactor, and for whoever asked that reactor. */
    public final class Pair implements QueuePair {
        private final Connection connection;
        private final Reactor reactor;
        private final List<Request> held = new CopyOnWriteArrayList<>();
        private volatile int qid = -1;
        private volatile boolean closed;
        private volatile int received;
        private volatile int responded;

        private Pair(Connection connection, Reactor reactor) {
            this.connection = connection;
            this.reactor = reactor;
        }

        public Connection connection() {
            return connection;
        }

        public Reactor reactor() {
            return reactor;
        }

        public boolean isClosed() {
            return closed;
        }

        /** Whether every request that was received has been answered. */
        public boolean isBalanced() {
            return received == responded;
        }

        public int heldCount() {
            return held.size();
        }

        @Override
        @SuppressWarnings("NonAtomicVolatileUpdate") // written by its reactor alone
        public boolean receive(Request request) {
            received++;
            if (request.sglFault() != 0) {
                complete(request, request.sglFault());
                return false;
            }
            MemorySegment sqe = request.sqe();
            int bytes = Sqe.opcode(sqe) == 0x7F ? request.sglLengthBytes() : Sqe.blocks(sqe) * BLOCK_BYTES;
            switch (Sqe.opcode(sqe)) {
                case 0x7F, 0x01 -> request.transfer(Direction.HOST_TO_CONTROLLER, bytes);
                case 0x02 -> request.transfer(Direction.CONTROLLER_TO_HOST, bytes);
                case HELD_OPCODE -> {
                    held.add(request);
                    return false;
                }
                default -> request.transfer(Direction.NONE, 0);
            }
            return true;
        }

        @Override
        public void execute(Request request) {
            if (holding) {
                held.add(request);
            } else if (later) {
                reactor.execute(() -> run(request));
            } else {
                run(request);
            }
        }

        private void run(Request request) {
            MemorySegment sqe = request.sqe();
            long at = Sqe.slba(sqe) * BLOCK_BYTES;
            switch (Sqe.opcode(sqe)) {
                case 0x7F -> qid = Sqe.cdw10(sqe) >>> 16;
                case 0x01 ->
                    MemorySegment.copy(request.data(), request.dataOffset(), disk, at, request.transferLengthBytes());
                case 0x02 ->
                    MemorySegment.copy(disk, at, request.data(), request.dataOffset(), request.transferLengthBytes());
                default -> {}
            }
            complete(request, Status.SUCCESS);
        }

        @SuppressWarnings("NonAtomicVolatileUpdate")
        private void complete(Request request, int status) {
            Cqe.encode(request.cqe(), 0, Cqe.SQHD_DISABLED, Sqe.cid(request.sqe()), status);
            responded++;
            request.finish(status == Status.SUCCESS);
        }

        @Override
        public void fail(Request request, int status) {
            complete(request, status);
        }

        private void releaseHeld() {
            List<Request> all = List.copyOf(held);
            held.clear();
            all.forEach(this::run);
        }

        @Override
        public void close() {
            closed = true;
            // As the real core: what it merely keeps comes back at once, what a bdev works on comes when that is done.
            List<Request> kept = held.stream()
                    .filter(request -> Sqe.opcode(request.sqe()) == HELD_OPCODE)
                    .toList();
            held.removeAll(kept);
            kept.forEach(request -> complete(request, Status.ABORTED_SQ_DELETION));
        }

        @Override
        public int cntlid() {
            return qid < 0 ? 0 : 1;
        }

        @Override
        public int qid() {
            return qid;
        }
    }
}
