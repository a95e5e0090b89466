package org.nvmftarget.data.tcp;

import java.lang.foreign.MemorySegment;
import org.nvmftarget.data.nvme.SglDescriptor;
import org.nvmftarget.data.nvme.Sqe;
import org.nvmftarget.data.nvme.Status;
import org.nvmftarget.data.nvme.Wire;
import org.nvmftarget.data.target.Connection;
import org.nvmftarget.data.target.Direction;
import org.nvmftarget.data.target.QueuePair;
import org.nvmftarget.data.target.TransportFactory;
import org.nvmftarget.data.tcp.TcpRequest.State;
import org.nvmftarget.model.TransportOptions;

/** The commands of one connection on their way between the wire and the core. */
final class TcpQueue implements PduReader.Handler {

    private static final int FABRICS_OPCODE = 0x7F;
    private static final int DWORD_BYTES = 4;

    /** What a queue asks of its connection. */
    interface Wiring {
        /** Queues something to be sent soon. */
        void send(Outgoing outgoing);

        void sendIcResp();

        /** Tells the host of its error, and ends the connection. */
        void terminate(int fes, long fei, MemorySegment header, long at, int headerBytes);

        /** The host has told us of an error of ours. */
        void terminatedByHost(int fes);

        /** Whether commands are taken from the host. */
        boolean isReady();

        /** Whether responses still reach the host. */
        boolean canRespond();

        /** The last request that was with the core has come back after {@link TcpQueue#end}. */
        void drained();
    }

    private final Wiring wiring;
    private final PduReader reader;
    private final ReactorShare share;
    private final TransportOptions.Tcp options;
    private final BufferPool buffers;
    private final RequestTable table;
    private final QueuePair core;
    private int dataOffset = Pdu.DATA_BYTES;
    private boolean ended;

    TcpQueue(
            Connection connection,
            Wiring wiring,
            int fd,
            MemorySegment receiveBuffer,
            ReactorShare share,
            TransportOptions.Tcp options,
            TransportFactory.QueuePairs queuePairs) {
        this.wiring = wiring;
        this.share = share;
        this.options = options;
        this.buffers = share.buffers(options);
        this.table = new RequestTable(Math.max(connection.maxQueueEntries(true), connection.maxQueueEntries(false)));
        this.reader = new PduReader(fd, receiveBuffer, share.scratch(), this);
        this.core = queuePairs.open(connection, share.reactor());
    }

    PduReader reader() {
        return reader;
    }

    /** Whether the host's Connect has succeeded. */
    boolean isConnected() {
        return core.qid() >= 0;
    }

    boolean isAdminQueue() {
        return core.qid() == 0;
    }

    /** For logs: {@code cntlid 1 qid 0}. */
    String name() {
        return "cntlid " + core.cntlid() + " qid " + core.qid();
    }

    @Override
    public boolean wantsMore() {
        return wiring.isReady();
    }

    @Override
    public void icReq(MemorySegment header, long at) {
        int alignmentDwords = Wire.u8(header, at + Pdu.IC_PDA);
        if (Wire.u16(header, at + Pdu.IC_PFV) != 0) {
            fault(Pdu.FES_INVALID_HEADER_FIELD, Pdu.IC_PFV, header, at, Pdu.IC_BYTES);
        } else if (alignmentDwords > Pdu.MAX_HPDA) {
            fault(Pdu.FES_INVALID_HEADER_FIELD, Pdu.IC_PDA, header, at, Pdu.IC_BYTES);
        } else {
            int alignmentBytes = (alignmentDwords + 1) * DWORD_BYTES;
            dataOffset = (Pdu.DATA_BYTES + alignmentBytes - 1) / alignmentBytes * alignmentBytes;
            reader.negotiated();
            wiring.sendIcResp();
        }
    }

    @Override
    public void capsuleCmd(MemorySegment header, long at, int dataBytes) {
        long entry = at + Pdu.QUEUE_ENTRY;
        int sglType = SglDescriptor.type(header, entry + Sqe.SGL1);
        RequestPool pool = poolFor(Wire.u8(header, entry + Sqe.OPCODE));
        if (table.isFull()) {
            fault(Pdu.FES_SEQUENCE_ERROR, 0, header, at, Pdu.CMD_BYTES);
            return;
        }
        if (dataBytes > pool.capsuleBytes()) {
            fault(Pdu.FES_DATA_LIMIT_EXCEEDED, 0, header, at, Pdu.CMD_BYTES);
            return;
        }
        if (dataBytes > 0 && sglType == SglDescriptor.TRANSPORT) {
            fault(Pdu.FES_INVALID_HEADER_FIELD, Pdu.PLEN, header, at, Pdu.CMD_BYTES);
            return;
        }
        int lengthBytes = SglDescriptor.lengthBytes(header, entry + Sqe.SGL1);
        int sglFault = sglFault(header, entry + Sqe.SGL1, sglType, lengthBytes, dataBytes);
        TcpRequest request = pool.take();
        request.start(this, table.add(request), header, entry, sglFault == 0 ? lengthBytes : 0, sglFault);
        if (core.receive(request)) {
            if (ended) {
                core.fail(request, Status.ABORTED_SQ_DELETION);
            } else {
                findData(request, sglType, dataBytes);
            }
        }
    }

    /** Admin and fabrics commands may always carry 8 KiB, also those that come before Connect. */
    private RequestPool poolFor(int opcode) {
        boolean control = core.qid() <= 0 || opcode == FABRICS_OPCODE;
        return control ? share.controlRequests(options) : share.ioRequests(options);
    }

    private static int sglFault(MemorySegment header, long sgl, int type, int lengthBytes, int dataBytes) {
        if (type == SglDescriptor.TRANSPORT || (lengthBytes == 0 && dataBytes == 0)) {
            return 0;
        }
        if (type != SglDescriptor.DATA_BLOCK_OFFSET) {
            return Status.SGL_DESCRIPTOR_TYPE_INVALID | Status.DNR;
        }
        if (SglDescriptor.address(header, sgl) != 0) {
            return Status.SGL_OFFSET_INVALID | Status.DNR;
        }
        return lengthBytes == dataBytes ? 0 : Status.DATA_SGL_LENGTH_INVALID | Status.DNR;
    }

    private void findData(TcpRequest request, int sglType, int dataBytes) {
        int lengthBytes = request.transferLengthBytes();
        boolean inCapsule = sglType == SglDescriptor.DATA_BLOCK_OFFSET;
        if (request.direction() == Direction.NONE || lengthBytes == 0) {
            execute(request);
        } else if (inCapsule && request.direction() != Direction.HOST_TO_CONTROLLER) {
            core.fail(request, Status.INVALID_FIELD | Status.DNR);
        } else if (inCapsule && lengthBytes <= dataBytes) {
            request.useCapsuleBuffer();
            request.become(State.RECEIVING_CAPSULE_DATA);
            reader.payloadFor(request, request.capsule(), 0);
        } else if (inCapsule || lengthBytes < 0 || lengthBytes > buffers.largestBytes()) {
            core.fail(request, Status.DATA_SGL_LENGTH_INVALID | Status.DNR);
        } else if (lengthBytes <= request.capsuleBytes()) {
            request.useCapsuleBuffer();
            haveBuffer(request);
        } else {
            findBuffer(request, lengthBytes);
        }
    }

    private void findBuffer(TcpRequest request, int lengthBytes) {
        BufferPool.Buffer buffer = buffers.take(lengthBytes, request);
        if (buffer == null) {
            request.become(State.WAITING_FOR_BUFFER);
        } else {
            request.useBuffer(buffer);
            haveBuffer(request);
        }
    }

    /** A request has the buffer that it needs: the host's data can come, or the command be executed. */
    void haveBuffer(TcpRequest request) {
        if (request.direction() == Direction.HOST_TO_CONTROLLER) {
            request.become(State.TRANSFERRING);
            wiring.send(request.readyToTransfer());
        } else {
            execute(request);
        }
    }

    private void execute(TcpRequest request) {
        request.become(State.EXECUTING);
        core.execute(request);
    }

    @Override
    public void h2cData(MemorySegment header, long at, int dataBytes) {
        TcpRequest request = table.get(Wire.u16(header, at + Pdu.TTAG));
        int offset = Wire.u32(header, at + Pdu.DATAO);
        int lengthBytes = Wire.u32(header, at + Pdu.DATAL);
        boolean last = (Wire.u8(header, at + Pdu.FLAGS) & Pdu.FLAG_LAST) != 0;
        if (request == null || !request.isAsked()) {
            fault(Pdu.FES_INVALID_HEADER_FIELD, Pdu.TTAG, header, at, Pdu.DATA_BYTES);
        } else if (Wire.u16(header, at + Pdu.CCCID) != request.cid()) {
            fault(Pdu.FES_INVALID_HEADER_FIELD, Pdu.CCCID, header, at, Pdu.DATA_BYTES);
        } else if (lengthBytes != dataBytes || dataBytes == 0) {
            fault(Pdu.FES_INVALID_HEADER_FIELD, Pdu.DATAL, header, at, Pdu.DATA_BYTES);
        } else if (lengthBytes > options.common().maxIoSizeBytes()) {
            fault(Pdu.FES_DATA_LIMIT_EXCEEDED, 0, header, at, Pdu.DATA_BYTES);
        } else if (offset != request.receivedBytes() || lengthBytes > leftBytes(request)) {
            fault(Pdu.FES_DATA_OUT_OF_RANGE, 0, header, at, Pdu.DATA_BYTES);
        } else if (last && lengthBytes != leftBytes(request)) {
            fault(Pdu.FES_INVALID_HEADER_FIELD, Pdu.FLAGS, header, at, Pdu.DATA_BYTES);
        } else {
            reader.payloadFor(request, request.data(), request.dataOffset() + offset);
        }
    }

    private static int leftBytes(TcpRequest request) {
        return request.transferLengthBytes() - request.receivedBytes();
    }

    @Override
    public void payloadCame(TcpRequest request, int dataBytes) {
        if (request.state() == State.TRANSFERRING) {
            request.received(dataBytes);
            if (leftBytes(request) > 0) {
                return;
            }
        }
        execute(request);
    }

    @Override
    public void h2cTermReq(MemorySegment header, long at) {
        wiring.terminatedByHost(Wire.u16(header, at + Pdu.TERM_FES));
    }

    @Override
    public void fault(int fes, long fei, MemorySegment header, long at, int headerBytes) {
        wiring.terminate(fes, fei, header, at, headerBytes);
    }

    /** The core has completed a request. */
    void respond(TcpRequest request) {
        if (ended || !wiring.canRespond()) {
            release(request);
            return;
        }
        request.become(State.RESPONDING);
        wiring.send(request.response(dataOffset, options.c2hSuccess()));
    }

    /** Its response is out, or nobody will read it. */
    void release(TcpRequest request) {
        table.remove(request.tag());
        request.recycle();
        if (ended && table.isEmpty()) {
            wiring.drained();
        }
    }

    /** Takes a command back that waits for a buffer; what the host was asked for comes anyway, and is waited for. */
    boolean abortWaiting(int cid) {
        TcpRequest request = table.find(cid, State.WAITING_FOR_BUFFER);
        if (request == null) {
            return false;
        }
        buffers.cancel(request);
        core.fail(request, Status.ABORTED_BY_REQUEST);
        return true;
    }

    boolean isEmpty() {
        return table.isEmpty();
    }

    /**
     * The connection is gone, and its send queue forgotten: gives back every request that the core does not have, and
     * tells the core, which gives back the others now or later.
     */
    void end() {
        if (ended) {
            return;
        }
        ended = true;
        table.forEach(request -> {
            switch (request.state()) {
                case RECEIVING_CAPSULE_DATA, TRANSFERRING -> core.fail(request, Status.ABORTED_SQ_DELETION);
                case WAITING_FOR_BUFFER -> {
                    buffers.cancel(request);
                    core.fail(request, Status.ABORTED_SQ_DELETION);
                }
                case RESPONDING -> release(request);
                case FREE, PARSING, EXECUTING -> {}
            }
        });
        core.close();
    }
}
