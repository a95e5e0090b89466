package org.nvmftarget.data.rdma;

import java.lang.foreign.SegmentAllocator;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.nvmftarget.data.ffi.verbs.MemoryRegion;
import org.nvmftarget.data.ffi.verbs.SendWr;
import org.nvmftarget.data.nvme.SglDescriptor;
import org.nvmftarget.data.nvme.Sqe;
import org.nvmftarget.data.nvme.Status;
import org.nvmftarget.data.target.Direction;
import org.nvmftarget.data.target.Request;

/**
 * A command on its way, with the work requests that it always needs: one for a transfer and one for the response. A
 * transfer to or from host memory in several pieces borrows one more for each. Confined to its queue's reactor.
 */
final class RdmaRequest extends Request {

    /** Where a request is. */
    enum State {
        /** It belongs to no command. */
        FREE,
        /** The core has it, or is about to. */
        EXECUTING,
        /** It stands in line for memory for its data. */
        WAITING_FOR_BUFFER,
        /** It has memory and stands in line for a read credit or a place in the send queue. */
        WAITING_TO_READ,
        /** RDMA reads of it are under way. */
        READING,
        /** Its queue ended while RDMA reads were under way: answered, but the memory is still the device's. */
        ABANDONED,
        /** It is answered and stands in line for places in the send queue. */
        WAITING_TO_SEND,
        /** Its response is under way, perhaps behind RDMA writes. */
        SENDING
    }

    /** For the line that it stands in. */
    @Nullable
    RdmaRequest next;

    State state = State.FREE;

    /** Where its capsule is; null once the receive has been posted again. */
    @Nullable
    RecvSlot slot;

    /** Its data's memory, or {@link BufferPool#NONE}. */
    int buffer = BufferPool.NONE;

    /** Work requests that it has in the send queue. */
    int wrsPosted;

    /** When its capsule came. */
    long cameNs;

    final RdmaQueue queue;

    private final SendWr dataWr;
    private final SendWr responseWr;

    /** What {@link #dataWr} and those that it borrowed make: the first and the last. */
    private SendWr firstWr;

    private SendWr lastWr;

    /** A {@link WrId} of kind 0 that names this request. */
    private final long idBase;

    private long hostAddress;
    private int hostKey;
    private int lengthBytes;
    private int listType;
    private int invalidatedKey;
    private boolean invalidate;
    private boolean inCapsule;
    private int pieces;
    private int coveredBytes;
    private int borrowed;

    /** @param idBase a {@link WrId} of kind 0 that names this request */
    RdmaRequest(RdmaQueue queue, QueueMemory memory, int index, SegmentAllocator workRequests, long idBase) {
        super(memory.completion(index));
        this.queue = queue;
        this.idBase = idBase;
        dataWr = new SendWr(workRequests, 1);
        responseWr = new SendWr(workRequests, 1);
        firstWr = dataWr;
        lastWr = dataWr;
        responseWr.wrId(WrId.withKind(idBase, WrId.SEND));
        responseWr.local(memory.region(), memory.completionOffset(index), Request.CQE_BYTES);
    }

    // --- the host's memory -----------------------------------------------------------------------------------------

    /** A capsule has come. */
    void start(RecvSlot capsule, int maxIoSizeBytes, SglWalk walk) {
        slot = capsule;
        cameNs = capsule.cameNs;
        state = State.EXECUTING;
        int type = SglDescriptor.type(capsule.sqe, Sqe.SGL1);
        hostAddress = SglDescriptor.address(capsule.sqe, Sqe.SGL1);
        hostKey = 0;
        listType = 0;
        inCapsule = false;
        invalidate = false;
        pieces = 0;
        coveredBytes = 0;
        int fault = switch (type) {
            case SglDescriptor.KEYED_ADDRESS, SglDescriptor.KEYED_INVALIDATE -> keyed(capsule, type);
            case SglDescriptor.DATA_BLOCK_OFFSET -> inCapsule(capsule);
            case SglDescriptor.SEGMENT_OFFSET, SglDescriptor.LAST_SEGMENT_OFFSET -> list(capsule, type, walk);
            default -> other(capsule, type);
        };
        if (fault == 0 && !inCapsule && Integer.compareUnsigned(lengthBytes, maxIoSizeBytes) > 0) {
            fault = Status.DATA_SGL_LENGTH_INVALID | Status.DNR;
        }
        begin(capsule.sqe, fault == 0 ? lengthBytes : 0, fault);
    }

    private int keyed(RecvSlot capsule, int type) {
        lengthBytes = SglDescriptor.keyedLengthBytes(capsule.sqe, Sqe.SGL1);
        hostKey = SglDescriptor.key(capsule.sqe, Sqe.SGL1);
        invalidatedKey = hostKey;
        invalidate = type == SglDescriptor.KEYED_INVALIDATE && lengthBytes > 0;
        return 0;
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

    /** The address is an offset to the descriptors, which came behind the command. */
    private int list(RecvSlot capsule, int type, SglWalk walk) {
        listType = type;
        long total = 0;
        int descriptors = 0;
        openList(capsule, walk);
        while (walk.next()) {
            if (++descriptors > SglWalk.MAX_DESCRIPTORS) {
                return Status.INVALID_NUMBER_OF_SGL_DESCRIPTORS | Status.DNR;
            }
            total += walk.lengthBytes;
            if (walk.invalidate && !invalidate && walk.lengthBytes > 0) {
                // A response can invalidate one key; the host sees to the others.
                invalidate = true;
                invalidatedKey = walk.key;
            }
        }
        // Sixteen lengths of 24 bits fit.
        lengthBytes = (int) total;
        invalidate &= walk.fault == 0;
        return walk.fault;
    }

    private void openList(RecvSlot capsule, SglWalk walk) {
        walk.begin(capsule, listType, hostAddress, SglDescriptor.lengthBytes(capsule.sqe, Sqe.SGL1));
    }

    /** Some hosts leave the descriptor empty where a command has no data. */
    private int other(RecvSlot capsule, int type) {
        lengthBytes = SglDescriptor.lengthBytes(capsule.sqe, Sqe.SGL1);
        boolean empty = type == SglDescriptor.DATA_BLOCK_ADDRESS && lengthBytes == 0;
        return empty ? 0 : Status.SGL_DESCRIPTOR_TYPE_INVALID | Status.DNR;
    }

    /** 0, or why the transfer that the command wants cannot be done with its descriptor. */
    int transferFault() {
        if (Integer.compareUnsigned(transferLengthBytes(), lengthBytes) > 0) {
            return Status.DATA_SGL_LENGTH_INVALID | Status.DNR;
        }
        return inCapsule && direction() != Direction.HOST_TO_CONTROLLER ? Status.INVALID_FIELD | Status.DNR : 0;
    }

    /** How many pieces of host memory the transfer is to or from; once {@link #transferFault} is 0. */
    void countPieces(RecvSlot capsule, SglWalk walk) {
        if (listType == 0) {
            pieces = 1;
            return;
        }
        pieces = 0;
        int covered = 0;
        openList(capsule, walk);
        while (covered < transferLengthBytes() && walk.next()) {
            covered += walk.lengthBytes;
            pieces += walk.lengthBytes > 0 ? 1 : 0;
        }
    }

    // --- memory for the data ---------------------------------------------------------------------------------------

    boolean isInCapsule() {
        return inCapsule;
    }

    void useCapsuleData(RecvSlot capsule) {
        data(capsule.memory(), capsule.dataOffset() + hostAddress);
    }

    void buffer(int handle) {
        buffer = handle;
    }

    /** Uses the memory that it was given. */
    void useBuffer(BufferPool pool, boolean clear) {
        long offset = pool.offset(buffer);
        data(pool.memory(), offset);
        if (clear) {
            pool.memory().asSlice(offset, transferLengthBytes()).fill((byte) 0);
        }
    }

    // --- work requests ---------------------------------------------------------------------------------------------

    SendWr firstWr() {
        return firstWr;
    }

    SendWr lastWr() {
        return lastWr;
    }

    /** Pieces that no RDMA read has been made for. */
    int piecesToRead() {
        return pieces;
    }

    /** Whether RDMA writes go ahead of the response. */
    boolean sendsData() {
        return succeeded() && direction() == Direction.CONTROLLER_TO_HOST && transferLengthBytes() > 0;
    }

    /** Places in the send queue that the response takes. */
    int responseWrs() {
        return sendsData() ? pieces + 1 : 1;
    }

    /** Work requests that the response borrows. */
    int borrowsForResponse() {
        return sendsData() ? pieces - 1 : 0;
    }

    /** Makes RDMA reads of the next {@code count} pieces; only the last of them is signalled. */
    void prepareReads(int count, SglWalk walk, MemoryRegion region, DataWrPool pool) {
        prepareTransfer(SendWr.RDMA_READ, WrId.READ_PART, count, walk, region, pool);
        lastWr.operation(SendWr.RDMA_READ, SendWr.SIGNALED);
        lastWr.wrId(WrId.withKind(idBase, WrId.READ));
        wrsPosted = count;
        pieces -= count;
    }

    /** Makes the chain of RDMA writes, where there are any, and the response; nothing of it is signalled. */
    void prepareResponse(boolean mayInvalidate, SglWalk walk, MemoryRegion region, DataWrPool pool) {
        invalidate &= mayInvalidate;
        responseWr.operation(invalidate ? SendWr.SEND_WITH_INV : SendWr.SEND, 0);
        responseWr.invalidate(invalidate ? invalidatedKey : 0);
        responseWr.next(null);
        wrsPosted = responseWrs();
        if (sendsData()) {
            prepareTransfer(SendWr.RDMA_WRITE, WrId.WRITE, pieces, walk, region, pool);
            lastWr.next(responseWr);
        } else {
            firstWr = responseWr;
        }
        lastWr = responseWr;
    }

    /** A chain of transfers of the next {@code count} pieces. */
    private void prepareTransfer(int opcode, int kind, int count, SglWalk walk, MemoryRegion region, DataWrPool pool) {
        firstWr = dataWr;
        lastWr = dataWr;
        borrowed = 0;
        if (listType == 0) {
            fill(dataWr, opcode, kind);
            dataWr.local(region, dataOffset(), transferLengthBytes());
            dataWr.remote(hostAddress, hostKey);
            return;
        }
        openList(Objects.requireNonNull(slot), walk);
        int position = 0;
        int made = 0;
        while (made < count && walk.next()) {
            int end = position + walk.lengthBytes;
            if (end > coveredBytes) {
                SendWr wr = made == 0 ? dataWr : borrow(pool);
                fill(wr, opcode, kind);
                wr.local(region, dataOffset() + position, Math.min(end, transferLengthBytes()) - position);
                wr.remote(walk.address, walk.key);
                made++;
                coveredBytes = end;
            }
            position = end;
        }
    }

    private void fill(SendWr wr, int opcode, int kind) {
        wr.operation(opcode, 0);
        wr.wrId(WrId.withKind(idBase, kind));
        wr.next(null);
    }

    private SendWr borrow(DataWrPool pool) {
        SendWr wr = pool.take();
        lastWr.next(wr);
        lastWr = wr;
        borrowed++;
        return wr;
    }

    boolean isReading() {
        return state == State.READING || state == State.ABANDONED;
    }

    /** Whether the device may still use its memory. */
    boolean isWithDevice() {
        return state == State.SENDING || isReading();
    }

    /** What it borrowed is in no send queue any more; returns whether that was anything. */
    boolean giveBackWrs(DataWrPool pool) {
        boolean any = borrowed > 0;
        SendWr wr = dataWr.next();
        for (; borrowed > 0; borrowed--) {
            SendWr following = Objects.requireNonNull(wr).next();
            pool.give(wr);
            wr = following;
        }
        return any;
    }

    @Override
    protected void respond() {
        queue.respond(this);
    }
}
