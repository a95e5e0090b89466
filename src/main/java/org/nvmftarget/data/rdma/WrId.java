package org.nvmftarget.data.rdma;

/**
 * What a work request's {@code wr_id} says: which queue of the poller, which life of that place, and what it was. A
 * completion that outlived its queue is known by its generation. A shared receive belongs to no queue: generation and
 * place are 0.
 *
 * <pre>
 *  63..48 generation   47..32 place   31..24 kind   23..0 index
 * </pre>
 */
final class WrId {
    private WrId() {}

    static final int RECV = 0;

    /** A response: the last of its chain. */
    static final int SEND = 1;

    /** The last RDMA read of its chain. */
    static final int READ = 2;

    /** An RDMA write, which completes with the response behind it. */
    static final int WRITE = 3;

    /** An RDMA read that completes with the last of its chain. */
    static final int READ_PART = 4;

    /** A receive of the shared queue. */
    static final int SHARED_RECV = 5;

    static final int MAX_PLACES = 1 << 16;

    static final int MAX_INDEX = (1 << 24) - 1;

    static long of(int generation, int place, int kind, int index) {
        return ((long) generation << 48) | ((place & 0xFFFFL) << 32) | ((long) kind << 24) | index;
    }

    /** The same for another kind; {@code wrId} is of kind 0. */
    static long withKind(long wrId, int kind) {
        return wrId | ((long) kind << 24);
    }

    static int generation(long wrId) {
        return (int) (wrId >>> 48);
    }

    static int place(long wrId) {
        return (int) (wrId >>> 32) & 0xFFFF;
    }

    static int kind(long wrId) {
        return (int) (wrId >>> 24) & 0xFF;
    }

    static int index(long wrId) {
        return (int) wrId & 0xFF_FFFF;
    }
}
