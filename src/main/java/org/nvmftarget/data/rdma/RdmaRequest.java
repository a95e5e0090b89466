package org.nvmftarget.data.rdma;

import java.lang.foreign.SegmentAllocator;
import org.jspecify.annotations.Nullable;
import org.nvmftarget.data.ffi.verbs.MemoryRegion;
import org.nvmftarget.data.ffi.verbs.SendWr;
import org.nvmftarget.data.nvme.SglDescriptor;
import org.nvmftarget.data.nvme.Sqe;
import org.nvmftarget.data.nvme.Status;
import org.nvmftarget.data.target.Direction;
import org.nvmftarget.data.target.Request;

/** A command on its way, with the two work requests that it may need. Confined to its queue's reactor. */
final class RdmaRequest extends Request {

    /** Where a request is. */
    enum State {
        /** It belongs to no command. */
        FREE,
        /** The core has it, or is about to. */
        EXECUTING,
        /** It stands in line for a data buffer. */
        WAITING_FOR_BUFFER,
        /** It has a buffer and stands in line for a read credit or a place in the send queue. */
        WAITING_TO_READ,
        /** Its RDMA read is under way. */
        READING,
        /** Its queue ended while its RDMA read was under way: answered, but the buffer is still the device's. */
        ABANDONED,
        /** It is answered and stands in line for places in the send queue. */
        WAITING_TO_SEND,
        /** Its response is under way, perhaps behind an RDMA write. */
        SENDING
    }

    /** For the line that it stands in. */
    @Nullable
    RdmaRequest next;

    State state = State.FREE;

    /** Where its capsule is; null once the receive has been posted again. */
    @Nullable
    RecvSlot slot;

    /** Its data buffer, or {@link BufferPool#NONE}. */
    int buffer = BufferPool.NONE;

    final RdmaQueue queue;
    final SendWr dataWr;
    final SendWr responseWr;

    private final long readId;
    private final long writeId;
    private long hostAddress;
    private int hostKey;
    private int lengthBytes;
    private boolean inCapsule;
    private boolean invalidate;

    /** @param idBase a {@link WrId} of kind 0 that names this request */
    RdmaRequest(RdmaQueue queue, int index, QueueMemory memory, SegmentAllocator workRequests, long idBase) {
        super(memory.completion(index));
        this.queue = queue;
        dataWr = new SendWr(workRequests, 1);
        responseWr = new SendWr(workRequests, 1);
        readId = WrId.withKind(idBase, WrId.READ);
        writeId = WrId.withKind(idBase, WrId.WRITE);
        responseWr.wrId(WrId.withKind(idBase, WrId.SEND));
        responseWr.local(memory.region(), memory.completionOffset(index), Request.CQE_BYTES);
    }

    /** A capsule has come: reads its descriptor once, since the host could still write there by a stray send. */
    void start(RecvSlot capsule, int maxIoSizeBytes) {
        slot = capsule;
        state = State.EXECUTING;
        int type = SglDescriptor.type(capsule.sqe, Sqe.SGL1);
        hostAddress = SglDescriptor.address(capsule.sqe, Sqe.SGL1);
        hostKey = 0;
        inCapsule = false;
        invalidate = false;
        int fault = switch (type) {
            case SglDescriptor.KEYED_ADDRESS, SglDescriptor.KEYED_INVALIDATE -> keyed(capsule, type, maxIoSizeBytes);
            case SglDescriptor.DATA_BLOCK_OFFSET -> inCapsule(capsule);
            default -> other(capsule, type);
        };
        begin(capsule.sqe, fault == 0 ? lengthBytes : 0, fault);
    }

    private int keyed(RecvSlot capsule, int type, int maxIoSizeBytes) {
        lengthBytes = SglDescriptor.keyedLengthBytes(capsule.sqe, Sqe.SGL1);
        hostKey = SglDescriptor.key(capsule.sqe, Sqe.SGL1);
        invalidate = type == SglDescriptor.KEYED_INVALIDATE && lengthBytes > 0;
        return lengthBytes <= maxIoSizeBytes ? 0 : Status.DATA_SGL_LENGTH_INVALID | Status.DNR;
    }

    /** The address is an offset into what came behind the command. */
    private int inCapsule(RecvSlot capsule) {
        inCapsule = true;
        lengthBytes = SglDescriptor.lengthBytes(capsule.sqe, Sqe.SGL1);
        if (Long.compareUnsigned(hostAddress, capsule.inCapsuleBytes) > 0) {
            return Status.SGL_OFFSET_INVALID | Status.DNR;
        }
        boolean fits = Integer.compareUnsigned(lengthBytes, capsule.inCapsuleBytes - (int) hostAddress) <= 0;
        return fits ? 0 : Status.DATA_SGL_LENGTH_INVALID | Status.DNR;
    }

    /** Some hosts leave the descriptor empty where a command has no data. */
    private int other(RecvSlot capsule, int type) {
        lengthBytes = SglDescriptor.lengthBytes(capsule.sqe, Sqe.SGL1);
        boolean empty = type == SglDescriptor.DATA_BLOCK_ADDRESS && lengthBytes == 0;
        return empty ? 0 : Status.SGL_DESCRIPTOR_TYPE_INVALID | Status.DNR;
    }

    /** Whether work requests of an ended queue may still use its buffer. */
    boolean isWithDevice() {
        return state == State.SENDING || state == State.ABANDONED;
    }

    /** 0, or why the transfer that the command wants cannot be done with its descriptor. */
    int transferFault() {
        if (Integer.compareUnsigned(transferLengthBytes(), lengthBytes) > 0) {
            return Status.DATA_SGL_LENGTH_INVALID | Status.DNR;
        }
        return inCapsule && direction() != Direction.HOST_TO_CONTROLLER ? Status.INVALID_FIELD | Status.DNR : 0;
    }

    boolean isInCapsule() {
        return inCapsule;
    }

    void useCapsuleData(RecvSlot capsule) {
        data(capsule.memory(), capsule.dataOffset() + hostAddress);
    }

    void buffer(int handle) {
        buffer = handle;
    }

    /** Uses the buffer that it was given. */
    void useBuffer(BufferPool pool, boolean clear) {
        long offset = pool.offset(buffer);
        data(pool.memory(), offset);
        if (clear) {
            pool.memory().asSlice(offset, transferLengthBytes()).fill((byte) 0);
        }
    }

    /** Makes {@link #dataWr} fetch the host's data into the buffer. */
    void prepareRead(MemoryRegion region) {
        dataWr.operation(SendWr.RDMA_READ, SendWr.SIGNALED);
        dataWr.wrId(readId);
        prepareTransfer(region);
    }

    private void prepareTransfer(MemoryRegion region) {
        dataWr.local(region, dataOffset(), transferLengthBytes());
        dataWr.remote(hostAddress, hostKey);
        dataWr.next(null);
    }

    /** Whether {@link #dataWr} goes ahead of the response. */
    boolean sendsData() {
        return succeeded() && direction() == Direction.CONTROLLER_TO_HOST && transferLengthBytes() > 0;
    }

    /** Makes the chain of an RDMA write, where there is one, and the response. */
    void prepareResponse(MemoryRegion region) {
        responseWr.operation(invalidate ? SendWr.SEND_WITH_INV : SendWr.SEND, SendWr.SIGNALED);
        responseWr.invalidate(invalidate ? hostKey : 0);
        responseWr.next(null);
        if (sendsData()) {
            dataWr.operation(SendWr.RDMA_WRITE, 0);
            dataWr.wrId(writeId);
            prepareTransfer(region);
            dataWr.next(responseWr);
        }
    }

    /** Places in the send queue that the response takes. */
    int responseWrs() {
        return sendsData() ? 2 : 1;
    }

    @Override
    protected void respond() {
        queue.respond(this);
    }
}
