package org.nvmftarget.data.target;

import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;
import org.nvmftarget.data.nvme.ErrorLogEntry;
import org.nvmftarget.data.nvme.IdentifyController;
import org.nvmftarget.data.nvme.Sqe;

/** The last failures of a controller's commands, on whichever reactor they were. */
final class ErrorLog {

    static final int ENTRIES = IdentifyController.ELPE + 1;

    private final @Nullable ErrorLogEntry[] ring = new ErrorLogEntry[ENTRIES];
    private long count;

    synchronized void record(int qid, Command c, int status) {
        count++;
        long lba = qid > 0 ? Sqe.slba(c.sqe()) : 0;
        ring[(int) (count % ENTRIES)] =
                new ErrorLogEntry(count, qid, c.cid(), status, c.errorLocation(), lba, c.nsid());
    }

    synchronized long count() {
        return count;
    }

    /** Writes the latest first over zeroed bytes. */
    synchronized void encode(MemorySegment page) {
        for (int i = 0; i < ENTRIES; i++) {
            ErrorLogEntry entry = ring[(int) Math.floorMod(count - i, (long) ENTRIES)];
            if (entry != null) {
                entry.encode(page, (long) i * ErrorLogEntry.BYTES);
            }
        }
    }
}
