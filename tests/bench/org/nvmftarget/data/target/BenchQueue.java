package org.nvmftarget.data.target;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.nvmftarget.data.bdev.Bdev;
import org.nvmftarget.data.nvme.Sqe;
import org.nvmftarget.data.nvme.Wire;
import org.nvmftarget.model.Step;

/**
 * A controller with an admin and an I/O queue, and requests without a transport. Namespace 1 is malloc, 2 null, 3 a
 * device that does nothing at all.
 */
final class BenchQueue {

    static final int BYTES = 4096;
    static final int BLOCKS = BYTES / TestTarget.BLOCK;
    /** Of 4 KiB in a namespace's 1024 blocks. */
    static final int POSITIONS = 128;

    static final int MALLOC = 1;
    static final int NULL = 2;
    static final int STILL = 3;

    final QueuePair admin;
    final QueuePair io;
    private final TestTarget target = TestTarget.serving();
    private int position;

    BenchQueue() {
        target.done(new Step.CreateBdev(TestTarget.nothing("zero", 1024)));
        target.done(new Step.AddNamespace(TestTarget.NQN, TestTarget.namespace(NULL, "zero")));
        Bdev still = new StillBdev(TestTarget.nothing("still", 1024));
        target.target.bdevs().add(still);
        target.done(new Step.AddNamespace(TestTarget.NQN, TestTarget.namespace(STILL, "still")));
        TestQueue adminQueue = target.admin();
        admin = adminQueue.pair();
        io = target.io(adminQueue, 1, 1).pair();
    }

    /** A request that is used again, as a transport's is. */
    static final class Slot extends Request {
        private final MemorySegment sqe;
        private final MemorySegment buffer;
        private final int bytes;

        /** @param dataBytes what its SGL describes */
        Slot(MemorySegment command, int dataBytes) {
            super(Arena.global().allocate(CQE_BYTES));
            sqe = Arena.global().allocate(SQE_BYTES, 8);
            MemorySegment.copy(command, 0, sqe, 0, SQE_BYTES);
            bytes = dataBytes;
            buffer = Arena.global().allocate(BYTES, BYTES).fill((byte) 0x5A);
        }

        void fuse(int part) {
            Wire.putU8(sqe, Sqe.FLAGS, Sqe.PSDT_SGL << 6 | part);
        }

        /** From the capsule to its completion, unless it waits for another. */
        void run(QueuePair pair) {
            begin(sqe, bytes, 0);
            if (pair.receive(this)) {
                data(buffer, 0);
                pair.execute(this);
            }
        }

        @Override
        protected void respond() {
            if (!succeeded()) {
                throw new IllegalStateException("the command failed");
            }
        }
    }

    /** A command on a range of 4 KiB. */
    static Slot io(int opcode, int nsid, int dataBytes) {
        return new Slot(Sq.io(opcode, nsid, 0, BLOCKS), dataBytes);
    }

    /** The next range in turn. */
    Slot next(Slot slot) {
        position = (position + 1) % POSITIONS;
        Wire.putU64(slot.sqe, Sqe.CDW10, (long) position * BLOCKS);
        return slot;
    }

    /** The same range as the last. */
    Slot same(Slot slot) {
        Wire.putU64(slot.sqe, Sqe.CDW10, (long) position * BLOCKS);
        return slot;
    }
}
