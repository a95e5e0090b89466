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

    /** No controller has an id beyond it (NVMe Base specification 2.0, CNTLID of Identify Controller and Connect). */
    private static final int MAX_CNTLID = 0xFFEF;

    /** What a request says, or why it is refused. */
    sealed interface Parsed {
        record Valid(ConnectData data) implements Parsed {}

        /** @param reason for the log: what the host said, and what it may say */
        record Invalid(Reject reject, String reason) implements Parsed {}
    }

    /**
     * Checks a request in the order of its fields.
     *
     * @param hostReads RDMA reads that the host serves at a time
     */
    static Parsed parse(MemorySegment request, int hostReads, TransportOptions.Common options) {
        if (request.byteSize() < REQUEST_BYTES) {
            return new Parsed.Invalid(
                    Reject.INVALID_PRIVATE_DATA_LENGTH,
                    request.byteSize() + " bytes of private data, " + REQUEST_BYTES + " are needed");
        }
        int recfmt = Wire.u16(request, RECFMT);
        if (recfmt != 0) {
            return new Parsed.Invalid(Reject.INVALID_RECFMT, "record format " + recfmt + ", only 0 is known");
        }
        int qid = Wire.u16(request, QID);
        if (qid > options.maxIoQpairsPerCtrlr()) {
            return new Parsed.Invalid(
                    Reject.INVALID_QID,
                    "queue id " + qid + " is beyond max_io_qpairs_per_ctrlr " + options.maxIoQpairsPerCtrlr());
        }
        int entries = Wire.u16(request, HSQSIZE) + 1;
        int most = qid == 0 ? options.maxAqDepth() : options.maxQueueDepth();
        if (entries < MIN_ENTRIES || entries > most) {
            String option = qid == 0 ? "max_aq_depth" : "max_queue_depth";
            return new Parsed.Invalid(
                    Reject.INVALID_HSQSIZE,
                    "a send queue of " + entries + " entries, " + MIN_ENTRIES + " to " + option + " " + most
                            + " are possible");
        }
        if (Wire.u16(request, HRQSIZE) == 0) {
            return new Parsed.Invalid(Reject.INVALID_HRQSIZE, "a receive queue without entries");
        }
        if (hostReads == 0) {
            return new Parsed.Invalid(
                    Reject.INVALID_IRD, "the host serves no RDMA reads, by which its writes are fetched");
        }
        int cntlid = Wire.u16(request, CNTLID);
        // Of an admin queue it says nothing: hosts leave the id of the controller there that they have lost.
        if (qid != 0 && cntlid > MAX_CNTLID) {
            return new Parsed.Invalid(
                    Reject.INVALID_CNTLID, "a queue of controller " + cntlid + ", ids end at " + MAX_CNTLID);
        }
        return new Parsed.Valid(new ConnectData(qid, entries));
    }

    /** What the queue may bring its reactor: an admin queue hardly anything. */
    int load() {
        return qid == 0 ? 1 : entries;
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
