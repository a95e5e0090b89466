package org.nvmftarget.data.rdma;

import java.lang.foreign.MemorySegment;
import org.nvmftarget.data.nvme.Wire;
import org.nvmftarget.model.TransportOptions;

/**
 * Private data of the connection manager's messages (NVM Express RDMA Transport specification 1.0, figures 5 to 7), all
 * little-endian:
 *
 * <pre>
 *  request, 32 bytes: 0..1 RECFMT  2..3 QID  4..5 HRQSIZE  6..7 HSQSIZE (0's based)  8..9 CNTLID  10..31 reserved
 *  accept,  32 bytes: 0..1 RECFMT  2..3 CRQSIZE  4..31 reserved
 *  reject,   4 bytes: 0..1 RECFMT  2..3 STS
 * </pre>
 *
 * @param qid 0 for the admin queue
 * @param entries of the queue: HSQSIZE + 1
 */
record ConnectData(int qid, int entries) {

    static final int REQUEST_BYTES = 32;
    private static final int ACCEPT_BYTES = 32;
    private static final int REJECT_BYTES = 4;

    private static final long RECFMT = 0;
    private static final long QID = RECFMT + 2;
    private static final long HRQSIZE = QID + 2;
    private static final long HSQSIZE = HRQSIZE + 2;
    private static final long CNTLID = HSQSIZE + 2;
    private static final long CRQSIZE = RECFMT + 2;
    private static final long STS = RECFMT + 2;

    /** A queue has at least two entries (NVMe Base specification: SQSIZE 0 is invalid). */
    private static final int MIN_ENTRIES = 2;

    /** What a request says, or why it is refused. */
    sealed interface Parsed {
        record Valid(ConnectData data) implements Parsed {}

        record Invalid(Reject reject) implements Parsed {}
    }

    /**
     * Checks a request in the order of its fields.
     *
     * @param hostReads RDMA reads that the host serves at a time
     */
    static Parsed parse(MemorySegment request, int hostReads, TransportOptions.Common options) {
        if (request.byteSize() < REQUEST_BYTES) {
            return new Parsed.Invalid(Reject.INVALID_PRIVATE_DATA_LENGTH);
        }
        if (Wire.u16(request, RECFMT) != 0) {
            return new Parsed.Invalid(Reject.INVALID_RECFMT);
        }
        int qid = Wire.u16(request, QID);
        if (qid > options.maxIoQpairsPerCtrlr()) {
            return new Parsed.Invalid(Reject.INVALID_QID);
        }
        int entries = Wire.u16(request, HSQSIZE) + 1;
        if (entries < MIN_ENTRIES || entries > (qid == 0 ? options.maxAqDepth() : options.maxQueueDepth())) {
            return new Parsed.Invalid(Reject.INVALID_HSQSIZE);
        }
        if (Wire.u16(request, HRQSIZE) == 0) {
            return new Parsed.Invalid(Reject.INVALID_HRQSIZE);
        }
        if (hostReads == 0) {
            return new Parsed.Invalid(Reject.INVALID_IRD);
        }
        if (qid == 0 && Wire.u16(request, CNTLID) != 0) {
            return new Parsed.Invalid(Reject.INVALID_CNTLID);
        }
        return new Parsed.Valid(new ConnectData(qid, entries));
    }

    /** The private data of an accept: as many receives as the queue has entries. */
    byte[] accept() {
        byte[] bytes = new byte[ACCEPT_BYTES];
        Wire.putU16(MemorySegment.ofArray(bytes), CRQSIZE, entries);
        return bytes;
    }

    static byte[] reject(Reject reject) {
        byte[] bytes = new byte[REJECT_BYTES];
        Wire.putU16(MemorySegment.ofArray(bytes), STS, reject.code());
        return bytes;
    }
}
