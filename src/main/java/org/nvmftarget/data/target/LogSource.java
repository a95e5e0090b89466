package org.nvmftarget.data.target;

import java.lang.foreign.MemorySegment;
import org.nvmftarget.data.nvme.Status;

/** A log page: what Get Log Page with one identifier reads. On the admin queue's reactor. */
@FunctionalInterface
interface LogSource {

    /** The whole page as this command asks for it; whatever is beyond it reads as zeroes. */
    MemorySegment page(Command c);

    /** Whether there is such a page for each namespace; all others take the nsids that stand for none and for all. */
    default boolean isPerNamespace() {
        return false;
    }

    /** Whether the page takes the command's NSID, LSP, LSI and CSI; a status other than success says why not. */
    default int check(Command c) {
        return Status.SUCCESS;
    }

    /** Bytes of the entries that an index offset counts; 0 where the page takes byte offsets alone. */
    default int entryBytes() {
        return 0;
    }

    /** What log page 00h says of this one's own parameters, 16 bits. */
    default int parameters() {
        return 0;
    }

    /** It was read, and the host wants to be told of what comes next (RAE is 0). */
    default void wasRead(Command c) {}
}
