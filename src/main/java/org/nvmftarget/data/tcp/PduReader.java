package org.nvmftarget.data.tcp;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;
import org.nvmftarget.data.ffi.libc.Errno;
import org.nvmftarget.data.ffi.libc.Sockets;
import org.nvmftarget.data.nvme.Wire;

/**
 * Cuts the stream of one socket into PDUs, checks their headers, and puts their data where the handler wants them:
 * small ones by way of the receive buffer, which takes many PDUs in one call, large ones straight from the socket.
 */
final class PduReader {

    private static final int DIRECT_BYTES = 4096;
    private static final int BYTES_PER_TURN = 1 << 20;

    private final int fd;
    private final MemorySegment staged;
    private final MemorySegment scratch;
    private final Handler handler;
    private boolean negotiated;
    private int begin;
    private int end;

    /** Bytes between a header and its data. */
    private int paddingBytes;

    private int payloadBytes;
    private int announcedBytes;
    private @Nullable TcpRequest payloadOwner;
    private MemorySegment payload = MemorySegment.NULL;
    private long payloadAt;
    private boolean insidePayload;

    /** What PDUs mean. Each method gets a whole header at {@code at}, valid in itself, that is gone afterwards. */
    interface Handler {
        void icReq(MemorySegment header, long at);

        /** May call {@link #payloadFor}; data that nobody takes are dropped. */
        void capsuleCmd(MemorySegment header, long at, int dataBytes);

        /** As {@link #capsuleCmd}. */
        void h2cData(MemorySegment header, long at, int dataBytes);

        /** All data that {@link #payloadFor} announced are there. */
        void payloadCame(TcpRequest owner, int dataBytes);

        void h2cTermReq(MemorySegment header, long at);

        /** @param headerBytes of the faulty header that are there */
        void fault(int fes, long fei, MemorySegment header, long at, int headerBytes);

        /** False once nothing that comes is of interest. */
        boolean wantsMore();
    }

    /** How {@link #read} ended. */
    enum Read {
        OPEN,
        /** The host closed its side. */
        ENDED,
        BROKEN
    }

    PduReader(int fd, MemorySegment staged, MemorySegment scratch, Handler handler) {
        this.fd = fd;
        this.staged = staged;
        this.scratch = scratch;
        this.handler = handler;
    }

    /** The connection is initialized: no ICReq may come any more, and all others may. */
    void negotiated() {
        negotiated = true;
    }

    /** The data of the PDU whose header is being handled go to {@code segment}, from {@code offset}. */
    void payloadFor(TcpRequest owner, MemorySegment segment, long offset) {
        payloadOwner = owner;
        payload = segment;
        payloadAt = offset;
    }

    /** Reads what the socket has, up to a bound that leaves other connections their turn. */
    Read read() {
        int budget = BYTES_PER_TURN;
        while (budget > 0 && handler.wantsMore()) {
            boolean direct = begin == end && paddingBytes == 0 && payloadBytes >= DIRECT_BYTES;
            int wanted = direct ? directBytes() : stagedRoom();
            long got = direct ? receiveDirect(wanted) : Sockets.recv(fd, staged.address() + end, wanted, 0);
            if (got == -Errno.EAGAIN) {
                return Read.OPEN;
            }
            if (got == 0) {
                return Read.ENDED;
            }
            if (got < 0 && got != -Errno.EINTR) {
                return Read.BROKEN;
            }
            if (got > 0) {
                budget -= (int) got;
                take(direct, (int) got);
                if (got < wanted) {
                    return Read.OPEN;
                }
            }
        }
        return Read.OPEN;
    }

    /** Reads and forgets what comes. */
    Read drop() {
        for (int budget = BYTES_PER_TURN; budget > 0; budget -= (int) scratch.byteSize()) {
            long got = Sockets.recv(fd, scratch.address(), scratch.byteSize(), 0);
            if (got <= 0) {
                return got == 0 ? Read.ENDED : got == -Errno.EAGAIN || got == -Errno.EINTR ? Read.OPEN : Read.BROKEN;
            }
        }
        return Read.OPEN;
    }

    private int directBytes() {
        return payloadOwner == null ? (int) Math.min(payloadBytes, scratch.byteSize()) : payloadBytes;
    }

    private long receiveDirect(int wanted) {
        long address = payloadOwner == null ? scratch.address() : payload.address() + payloadAt;
        return Sockets.recv(fd, address, wanted, 0);
    }

    private int stagedRoom() {
        if (begin == end) {
            begin = 0;
            end = 0;
        } else if (begin > 0) {
            MemorySegment.copy(staged, begin, staged, 0, end - begin);
            end -= begin;
            begin = 0;
        }
        return (int) staged.byteSize() - end;
    }

    private void take(boolean direct, int got) {
        if (direct) {
            advancePayload(got);
        } else {
            end += got;
            parse();
        }
    }

    private void parse() {
        boolean progress = true;
        while (progress && handler.wantsMore()) {
            int there = end - begin;
            if (paddingBytes > 0) {
                int skipped = Math.min(there, paddingBytes);
                begin += skipped;
                paddingBytes -= skipped;
                progress = skipped > 0;
            } else if (insidePayload) {
                progress = there > 0;
                takeStagedPayload(Math.min(there, payloadBytes));
            } else {
                progress = there >= Pdu.COMMON_BYTES && header(there);
            }
        }
    }

    private void takeStagedPayload(int lengthBytes) {
        if (payloadOwner != null && lengthBytes > 0) {
            MemorySegment.copy(staged, JAVA_BYTE, begin, payload, JAVA_BYTE, payloadAt, lengthBytes);
        }
        begin += lengthBytes;
        advancePayload(lengthBytes);
    }

    private void advancePayload(int lengthBytes) {
        payloadAt += lengthBytes;
        payloadBytes -= lengthBytes;
        if (payloadBytes == 0) {
            TcpRequest owner = payloadOwner;
            insidePayload = false;
            payloadOwner = null;
            payload = MemorySegment.NULL;
            if (owner != null) {
                handler.payloadCame(owner, announcedBytes);
            }
        }
    }

    /** Handles one header if it is whole; false if more must come first, or it is at fault. */
    private boolean header(int there) {
        int type = Wire.u8(staged, begin + Pdu.TYPE);
        int headerBytes = Wire.u8(staged, begin + Pdu.HLEN);
        int totalBytes = Wire.u32(staged, begin + Pdu.PLEN);
        int dataOffset = Wire.u8(staged, begin + Pdu.PDO);
        if (!isAcceptable(type, headerBytes, dataOffset, totalBytes, there) || there < headerBytes) {
            return false;
        }
        long at = begin;
        begin += headerBytes;
        boolean hasData = totalBytes > headerBytes;
        boolean term = type == Pdu.TYPE_H2C_TERM_REQ;
        paddingBytes = hasData && !term ? dataOffset - headerBytes : 0;
        payloadBytes = hasData ? totalBytes - headerBytes - paddingBytes : 0;
        announcedBytes = payloadBytes;
        insidePayload = payloadBytes > 0;
        switch (type) {
            case Pdu.TYPE_ICREQ -> handler.icReq(staged, at);
            case Pdu.TYPE_CAPSULE_CMD -> handler.capsuleCmd(staged, at, payloadBytes);
            case Pdu.TYPE_H2C_DATA -> handler.h2cData(staged, at, payloadBytes);
            default -> handler.h2cTermReq(staged, at);
        }
        return true;
    }

    private boolean isAcceptable(int type, int headerBytes, int dataOffset, int totalBytes, int there) {
        int expected = expectedHeaderBytes(type);
        boolean inSequence = type == Pdu.TYPE_ICREQ ? !negotiated : negotiated || type == Pdu.TYPE_H2C_TERM_REQ;
        if (expected == 0) {
            return fault(Pdu.FES_INVALID_HEADER_FIELD, Pdu.TYPE, there);
        }
        if (!inSequence) {
            return fault(Pdu.FES_SEQUENCE_ERROR, 0, there);
        }
        if (headerBytes != expected) {
            return fault(Pdu.FES_INVALID_HEADER_FIELD, Pdu.HLEN, there);
        }
        if (totalBytes < expected || isTooLong(type, totalBytes)) { // a PLEN of 2 GiB and more is negative here
            return fault(Pdu.FES_INVALID_HEADER_FIELD, Pdu.PLEN, there);
        }
        if ((Wire.u8(staged, begin + Pdu.FLAGS) & (Pdu.FLAG_HDGST | Pdu.FLAG_DDGST)) != 0) {
            return fault(Pdu.FES_INVALID_HEADER_FIELD, Pdu.FLAGS, there);
        }
        boolean hasData = totalBytes > headerBytes && type != Pdu.TYPE_H2C_TERM_REQ;
        if (hasData && (dataOffset < headerBytes || dataOffset >= totalBytes)) {
            return fault(Pdu.FES_INVALID_HEADER_FIELD, Pdu.PDO, there);
        }
        return true;
    }

    private static boolean isTooLong(int type, int totalBytes) {
        return switch (type) {
            case Pdu.TYPE_ICREQ -> totalBytes != Pdu.IC_BYTES;
            case Pdu.TYPE_H2C_TERM_REQ -> totalBytes > Pdu.TERM_BYTES + Pdu.MAX_TERM_DATA_BYTES;
            default -> false;
        };
    }

    private static int expectedHeaderBytes(int type) {
        return switch (type) {
            case Pdu.TYPE_ICREQ -> Pdu.IC_BYTES;
            case Pdu.TYPE_H2C_TERM_REQ -> Pdu.TERM_BYTES;
            case Pdu.TYPE_CAPSULE_CMD -> Pdu.CMD_BYTES;
            case Pdu.TYPE_H2C_DATA -> Pdu.DATA_BYTES;
            default -> 0;
        };
    }

    private boolean fault(int fes, long fei, int there) {
        handler.fault(fes, fei, staged, begin, Math.min(there, Pdu.COMMON_BYTES));
        return false;
    }
}
