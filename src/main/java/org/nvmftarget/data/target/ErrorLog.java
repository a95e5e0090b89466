package org.nvmftarget.data.target;

import java.lang.foreign.MemorySegment;
import org.nvmftarget.data.nvme.ErrorLogEntry;
import org.nvmftarget.data.nvme.Opcode;
import org.nvmftarget.data.nvme.Sqe;
import org.nvmftarget.data.nvme.Status;

/** The last failures of a controller's commands, on whichever reactor they were. Recording one allocates nothing. */
final class ErrorLog {

    static final int ENTRIES = 64;
    static final int BYTES = ENTRIES * ErrorLogEntry.BYTES;

    private final int trtype;
    /** Entry {@code n} is at {@code n % ENTRIES}. */
    private final MemorySegment ring = MemorySegment.ofArray(new byte[BYTES]);

    private long count;
    private long mediaErrors;

    /** @param trtype of the controller's queues, as in the discovery log */
    ErrorLog(int trtype) {
        this.trtype = trtype;
    }

    synchronized void record(int qid, Command c, int status) {
        count++;
        if (Status.isMediaError(status)) {
            mediaErrors++;
        }
        ErrorLogEntry.encode(
                ring,
                count % ENTRIES * ErrorLogEntry.BYTES,
                count,
                qid,
                c.cid(),
                status,
                c.errorLocation(),
                qid > 0 && Opcode.hasLba(c.opcode()) ? Sqe.slba(c.sqe()) : 0,
                c.opcode() == Opcode.FABRICS ? 0 : c.nsid(),
                trtype,
                c.result());
    }

    /** Entries over the controller's life. */
    synchronized long count() {
        return count;
    }

    /** Commands that failed over what the device has, or could not keep. */
    synchronized long mediaErrors() {
        return mediaErrors;
    }

    /** Writes {@link #BYTES} from the segment's beginning, the latest entry first. */
    synchronized void encode(MemorySegment page) {
        for (int i = 0; i < ENTRIES; i++) {
            long from = Math.floorMod(count - i, (long) ENTRIES) * ErrorLogEntry.BYTES;
            MemorySegment.copy(ring, from, page, (long) i * ErrorLogEntry.BYTES, ErrorLogEntry.BYTES);
        }
    }
}
