package org.nvmftarget.data.target;

import java.lang.foreign.MemorySegment;
import org.nvmftarget.data.bdev.BdevOp;
import org.nvmftarget.data.nvme.DsmRange;
import org.nvmftarget.data.nvme.Opcode;
import org.nvmftarget.data.nvme.Sqe;
import org.nvmftarget.data.nvme.Status;

/** I/O commands that are several operations on devices, one after the other. */
final class IoChain {
    private IoChain() {}

    /** Submits the next operation; false if there is none left. */
    static boolean next(Command c) {
        return c.opcode() == Opcode.FLUSH ? nextFlush(c) : nextUnmap(c);
    }

    /** A flush of all namespaces; the present view counts, since one of them may have gone meanwhile. */
    private static boolean nextFlush(Command c) {
        int last = c.chainIndex() == 0 ? 0 : c.namespace().nsid;
        ControllerView seen = c.pair().seen();
        ControllerView.Attached next = seen.after(last);
        while (next != null && IoAccess.check(c, next) != Status.SUCCESS) {
            next = seen.after(next.namespace.nsid);
        }
        if (next == null) {
            return false;
        }
        c.submitLink(next.namespace, BdevOp.FLUSH, 0, 0);
        return true;
    }

    private static boolean nextUnmap(Command c) {
        if (c.chainIndex() >= ranges(c)) {
            return false;
        }
        MemorySegment data = c.request.data();
        long at = c.request.dataOffset() + (long) c.chainIndex() * DsmRange.BYTES;
        c.submitLink(c.namespace(), BdevOp.UNMAP, DsmRange.lba(data, at), DsmRange.blocks(data, at));
        return true;
    }

    /** Number of ranges of a Dataset Management command. */
    static int ranges(Command c) {
        return (Sqe.cdw10(c.sqe()) & 0xFF) + 1;
    }
}
