package org.nvmftarget.data.tcp;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.nvmftarget.data.nvme.Cqe;
import org.nvmftarget.data.nvme.Sqe;
import org.nvmftarget.data.target.Direction;
import org.nvmftarget.data.target.Request;

/**
 * A command with the memory that its PDUs need:
 *
 * <pre>
 *  0..63      submission queue entry
 *  64..191    header of an R2T or a C2HData, and the zeroes up to the host's alignment
 *  192..215   CapsuleResp, whose queue entry the core writes
 * </pre>
 *
 * and a capsule buffer beside it.
 */
final class TcpRequest extends Request {

    private static final long DATA_HEADER = SQE_BYTES;
    private static final long RESPONSE = DATA_HEADER + 128;
    private static final long MEMORY_BYTES = RESPONSE + Pdu.RESP_BYTES;

    /** Where a request is on its way. */
    enum State {
        /** In its pool. */
        FREE,
        /** The core has it for the first time. */
        PARSING,
        /** Its in-capsule data are being received. */
        RECEIVING_CAPSULE_DATA,
        /** No data buffer was free. */
        WAITING_FOR_BUFFER,
        /** The host is asked for the data, or sends them. */
        TRANSFERRING,
        /** The core has it, with its data. */
        EXECUTING,
        /** Its response is in the send queue. */
        RESPONDING
    }

    private final RequestPool pool;
    private final MemorySegment memory;
    private final MemorySegment entry;
    private final MemorySegment capsule;
    private final Outgoing outgoing = new Outgoing(this::sent);
    private @Nullable TcpQueue queue;
    private BufferPool.@Nullable Buffer buffer;
    private State state = State.FREE;
    private int tag;
    private int receivedBytes;
    private boolean asked;

    /** Bytes outside the heap of each request with such a capsule buffer. */
    static long memoryBytes(int capsuleBytes) {
        return MEMORY_BYTES + capsuleBytes;
    }

    /** @param capsule for data that come in a capsule, or fit where such would */
    TcpRequest(RequestPool pool, MemorySegment capsule) {
        this(pool, capsule, Arena.ofAuto().allocate(MEMORY_BYTES, SQE_BYTES));
    }

    private TcpRequest(RequestPool pool, MemorySegment capsule, MemorySegment memory) {
        super(memory.asSlice(RESPONSE + Pdu.QUEUE_ENTRY, CQE_BYTES));
        this.pool = pool;
        this.memory = memory;
        this.entry = memory.asSlice(0, SQE_BYTES);
        this.capsule = capsule;
        Pdu.common(memory, RESPONSE, Pdu.TYPE_CAPSULE_RESP, 0, Pdu.RESP_BYTES, 0, Pdu.RESP_BYTES);
    }

    /** Takes a command off the wire. */
    void start(TcpQueue owner, int newTag, MemorySegment source, long at, int sglLengthBytes, int sglFault) {
        queue = owner;
        tag = newTag;
        receivedBytes = 0;
        asked = false;
        state = State.PARSING;
        MemorySegment.copy(source, at, memory, 0, SQE_BYTES);
        begin(entry, sglLengthBytes, sglFault);
    }

    State state() {
        return state;
    }

    void become(State next) {
        state = next;
    }

    int tag() {
        return tag;
    }

    int cid() {
        return Sqe.cid(memory);
    }

    /** Whether its R2T is out, so that the host may send data. */
    boolean isAsked() {
        return asked && state == State.TRANSFERRING;
    }

    /** Bytes that a capsule's data may have. */
    int capsuleBytes() {
        return (int) capsule.byteSize();
    }

    /** Its data go into its own capsule buffer. */
    void useCapsuleBuffer() {
        data(capsule, 0);
    }

    void useBuffer(BufferPool.Buffer taken) {
        buffer = taken;
        data(taken.memory(), 0);
    }

    MemorySegment capsule() {
        return capsule;
    }

    int receivedBytes() {
        return receivedBytes;
    }

    void received(int lengthBytes) {
        receivedBytes += lengthBytes;
    }

    /** The buffer that it waited for. */
    void bufferCame(BufferPool.Buffer taken) {
        useBuffer(taken);
        owner().haveBuffer(this);
    }

    @Override
    protected void respond() {
        owner().respond(this);
    }

    /** An R2T for all of its data. */
    Outgoing readyToTransfer() {
        Pdu.r2t(memory, DATA_HEADER, cid(), tag, transferLengthBytes());
        return outgoing.reset().add(memory.address() + DATA_HEADER, Pdu.DATA_BYTES);
    }

    /**
     * The response, with the data before it where there are any.
     *
     * @param dataOffset where the host wants data to begin in a C2HData
     * @param mayOmitResponse a response that says nothing but success may be a flag of the C2HData
     */
    Outgoing response(int dataOffset, boolean mayOmitResponse) {
        Outgoing out = outgoing.reset();
        boolean omitted = false;
        if (succeeded() && direction() == Direction.CONTROLLER_TO_HOST && transferLengthBytes() > 0) {
            omitted = mayOmitResponse && responseIsPlain();
            Pdu.c2hData(memory, DATA_HEADER, cid(), dataOffset, transferLengthBytes(), omitted);
            out.add(memory.address() + DATA_HEADER, dataOffset);
            out.add(data().address() + dataOffset(), transferLengthBytes());
        }
        return omitted ? out : out.add(memory.address() + RESPONSE, Pdu.RESP_BYTES);
    }

    /** SUCCESS replaces the response only where the host needs no submission queue head (section 3.6.2.7). */
    private boolean responseIsPlain() {
        return Cqe.result(cqe()) == 0 && Cqe.sqhd(cqe()) == Cqe.SQHD_DISABLED;
    }

    private void sent() {
        if (state == State.RESPONDING) {
            owner().release(this);
        } else {
            asked = true;
        }
    }

    /** Gives memory and itself back. */
    void recycle() {
        state = State.FREE;
        queue = null;
        BufferPool.Buffer held = buffer;
        buffer = null;
        pool.give(this);
        if (held != null) {
            held.release();
        }
    }

    private TcpQueue owner() {
        return Objects.requireNonNull(queue, "a request that is in its pool");
    }
}
