package org.nvmftarget.data.target;

import java.lang.foreign.MemorySegment;
import org.nvmftarget.data.bdev.BdevOp;
import org.nvmftarget.data.nvme.CopyRange;
import org.nvmftarget.data.nvme.DsmRange;
import org.nvmftarget.data.nvme.Opcode;
import org.nvmftarget.data.nvme.Sqe;
import org.nvmftarget.data.nvme.Status;

/** I/O commands that are several operations on devices, one after the other. */
final class IoChain {
    private IoChain() {}

    /** Submits the next operation; false if there is none left. */
    static boolean next(Command c) {
        return switch (c.opcode()) {
            case Opcode.FLUSH -> nextFlush(c);
            case Opcode.COPY -> nextCopy(c);
            default -> nextUnmap(c);
        };
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

    // Dataset Management

    static int datasetManagement(Command c) {
        int status = IoCommands.revalidate(c);
        if (status != Status.SUCCESS) {
            return status;
        }
        MemorySegment data = c.request.data();
        for (int i = 0; i < DsmRange.ranges(c.sqe()); i++) {
            long at = c.request.dataOffset() + (long) i * DsmRange.BYTES;
            if (!c.namespace().contains(DsmRange.lba(data, at), DsmRange.blocks(data, at))) {
                return Status.LBA_OUT_OF_RANGE | Status.DNR;
            }
        }
        if ((Sqe.cdw11(c.sqe()) & DsmRange.DEALLOCATE) == 0) {
            return Status.SUCCESS; // the other attributes are hints
        }
        c.controller().noteWrite(c.namespace().nsid);
        return c.submitChain(0);
    }

    private static boolean nextUnmap(Command c) {
        if (c.chainIndex() >= DsmRange.ranges(c.sqe())) {
            return false;
        }
        MemorySegment data = c.request.data();
        long at = c.request.dataOffset() + (long) c.chainIndex() * DsmRange.BYTES;
        c.submitLink(c.namespace(), BdevOp.UNMAP, DsmRange.lba(data, at), DsmRange.blocks(data, at));
        return true;
    }

    // Copy

    /**
     * Ranges are copied in their order, so a later one sees what an earlier one wrote; within a range it is as if all
     * had been read before. Where it fails, DW0 of the completion says at which range.
     */
    static int copy(Command c) {
        int status = IoCommands.revalidate(c);
        if (status != Status.SUCCESS) {
            return status;
        }
        status = checkSources(c, c.namespace());
        return status != Status.SUCCESS ? status : c.submitChain(IoCommands.flags(c));
    }

    private static int checkSources(Command c, Namespace ns) {
        long total = 0;
        for (int i = 0; i < CopyRange.ranges(c.sqe()); i++) {
            long at = source(c, i);
            int blocks = CopyRange.blocks(c.request.data(), at);
            if (blocks > ns.maxCopyRangeBlocks()) {
                return Status.COMMAND_SIZE_LIMIT_EXCEEDED | Status.DNR;
            }
            if (!ns.contains(CopyRange.lba(c.request.data(), at), blocks)) {
                return Status.LBA_OUT_OF_RANGE | Status.DNR;
            }
            total += blocks;
        }
        if (total > ns.maxCopyBlocks()) {
            return Status.COMMAND_SIZE_LIMIT_EXCEEDED | Status.DNR;
        }
        return ns.contains(Sqe.slba(c.sqe()), total) ? Status.SUCCESS : c.refuse(Status.LBA_OUT_OF_RANGE, Sqe.CDW10);
    }

    private static boolean nextCopy(Command c) {
        if (c.chainIndex() >= CopyRange.ranges(c.sqe())) {
            c.result(0);
            return false;
        }
        MemorySegment data = c.request.data();
        long at = source(c, c.chainIndex());
        c.result(c.chainIndex());
        c.submitCopy(CopyRange.lba(data, at), Sqe.slba(c.sqe()), CopyRange.blocks(data, at));
        return true;
    }

    private static long source(Command c, int i) {
        return c.request.dataOffset() + (long) i * CopyRange.bytes(CopyRange.format(c.sqe()));
    }
}
