package org.nvmftarget.data.target;

import java.lang.foreign.MemorySegment;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One command from its capsule to its completion. The transport allocates requests beforehand and uses them again; one
 * reactor owns a request. Its way:
 *
 * <ol>
 *   <li>the transport has a capsule: {@link #begin}, then {@link QueuePair#receive};
 *   <li>if that says so, the transport finds a buffer for {@link #transferLengthBytes()}, fetches the host's data into
 *       it where {@link #direction()} is host to controller, sets it by {@link #data}, and calls
 *       {@link QueuePair#execute};
 *   <li>the core writes the completion entry and calls {@link #respond} exactly once, on the queue's reactor: the
 *       transport sends the data (controller to host, where {@link #succeeded()}), then the response, and afterwards
 *       takes buffer and request back. On a connection that is gone it only takes them back.
 * </ol>
 */
public abstract class Request {

    /** Bytes of a submission queue entry. */
    public static final int SQE_BYTES = 64;

    /** Bytes of a completion queue entry. */
    public static final int CQE_BYTES = 16;

    private final MemorySegment cqe;
    private MemorySegment sqe = MemorySegment.NULL;
    private MemorySegment data = MemorySegment.NULL;
    private long dataOffset;
    private int sglLengthBytes;
    private int sglFault;
    private int transferLengthBytes;
    private Direction direction = Direction.NONE;
    private boolean succeeded;

    /** For the core: its own state of this command, made once and kept with the request. */
    @Nullable
    Object coreState;

    /**
     * @param cqe 16 bytes that the core writes the completion entry into, where the transport wants it
     */
    protected Request(MemorySegment cqe) {
        this.cqe = cqe;
    }

    /**
     * A capsule has come.
     *
     * @param sqeSegment 64 bytes that no one changes until {@link #respond}
     * @param lengthBytes what the command's SGL says of its data, as an unsigned 32-bit number; 0 where it has none
     * @param fault 0, or the status (SCT and SC as {@code sct << 8 | sc}, DNR in bit 14) of an SGL that the transport
     *     cannot honour; the core completes the command with it
     */
    protected final void begin(MemorySegment sqeSegment, int lengthBytes, int fault) {
        sqe = sqeSegment;
        sglLengthBytes = lengthBytes;
        sglFault = fault;
        transferLengthBytes = 0;
        direction = Direction.NONE;
        data = MemorySegment.NULL;
        dataOffset = 0;
        succeeded = false;
    }

    /** Where the command's data are: {@link #transferLengthBytes()} bytes from {@code offset}. */
    protected final void data(MemorySegment segment, long offset) {
        Objects.checkFromIndexSize(offset, transferLengthBytes, segment.byteSize());
        data = segment;
        dataOffset = offset;
    }

    /** Sends data and response as the class comment says. */
    protected abstract void respond();

    /** 64 bytes of submission queue entry. */
    public final MemorySegment sqe() {
        return sqe;
    }

    /** 16 bytes of completion queue entry, whole once {@link #respond} is called. */
    public final MemorySegment cqe() {
        return cqe;
    }

    public final MemorySegment data() {
        return data;
    }

    public final long dataOffset() {
        return dataOffset;
    }

    /** Bytes to transfer, as the command itself says. */
    public final int transferLengthBytes() {
        return transferLengthBytes;
    }

    public final Direction direction() {
        return direction;
    }

    /** Whether the status is Successful Completion; known once {@link #respond} is called. */
    public final boolean succeeded() {
        return succeeded;
    }

    final int sglLengthBytes() {
        return sglLengthBytes;
    }

    final int sglFault() {
        return sglFault;
    }

    final void transfer(Direction way, int lengthBytes) {
        direction = way;
        transferLengthBytes = lengthBytes;
    }

    final void finish(boolean success) {
        succeeded = success;
        respond();
    }
}
