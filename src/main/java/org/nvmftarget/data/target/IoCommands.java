package org.nvmftarget.data.target;

import java.lang.foreign.MemorySegment;
import org.nvmftarget.data.bdev.BdevIo;
import org.nvmftarget.data.bdev.BdevOp;
import org.nvmftarget.data.bdev.BdevStatus;
import org.nvmftarget.data.nvme.DsmRange;
import org.nvmftarget.data.nvme.Opcode;
import org.nvmftarget.data.nvme.Sqe;
import org.nvmftarget.data.nvme.Status;
import org.nvmftarget.model.Nsid;

/**
 * The NVM command set (NVM Command Set 1.0, section 3). Parsing validates against the reactor's view, so that no data
 * are fetched in vain; execution validates again if the view has changed since.
 */
final class IoCommands {
    private IoCommands() {}

    private static final int FUA = 1 << 30;
    private static final int DEALLOCATE = 1 << 25;

    private static final Execution READ = IoCommands::read;
    private static final Execution WRITE = IoCommands::write;
    private static final Execution WRITE_ZEROES = IoCommands::writeZeroes;
    private static final Execution FLUSH = IoCommands::flush;
    private static final Execution FLUSH_ALL = IoCommands::flushAll;
    private static final Execution DSM = IoCommands::datasetManagement;

    /** Plans the command; a status other than success ends it. */
    static int parse(Command c) {
        if (!c.controller().isReady()) {
            return Status.COMMAND_SEQUENCE_ERROR | Status.DNR;
        }
        int sglBytes = c.request.sglLengthBytes();
        switch (c.opcode()) {
            case Opcode.READ -> c.plan(READ, Command.Scope.NAMESPACE, Direction.CONTROLLER_TO_HOST, sglBytes);
            case Opcode.WRITE -> c.plan(WRITE, Command.Scope.NAMESPACE, Direction.HOST_TO_CONTROLLER, sglBytes);
            case Opcode.WRITE_ZEROES -> c.plan(WRITE_ZEROES, Command.Scope.NAMESPACE, Direction.NONE, 0);
            case Opcode.DATASET_MANAGEMENT ->
                c.plan(DSM, Command.Scope.NAMESPACE, Direction.HOST_TO_CONTROLLER, sglBytes);
            case Opcode.FLUSH ->
                c.plan(c.nsid() == Nsid.BROADCAST ? FLUSH_ALL : FLUSH, Command.Scope.NAMESPACE, Direction.NONE, 0);
            default -> {
                int status = ReservationCommands.parse(c);
                if (status != Status.SUCCESS) {
                    return status;
                }
            }
        }
        return checkTransfer(c) ? validate(c) : c.invalidField(Sqe.CDW12);
    }

    /** No more than MDTS says. */
    static boolean checkTransfer(Command c) {
        int max = c.pair().connection().options().common().maxIoSizeBytes();
        return Integer.compareUnsigned(c.request.transferLengthBytes(), max) <= 0;
    }

    private static int validate(Command c) {
        ControllerView seen = c.pair().seen();
        ControllerView.Attached found = seen.find(c.nsid());
        if (found == null) {
            return validateWithoutNamespace(c, seen);
        }
        c.validated(seen, found.namespace);
        int access = IoAccess.check(c, found);
        if (access != Status.SUCCESS) {
            return access;
        }
        Namespace ns = found.namespace;
        return switch (c.opcode()) {
            case Opcode.READ, Opcode.WRITE -> validateBlocks(c, ns, true);
            case Opcode.WRITE_ZEROES -> validateBlocks(c, ns, false);
            case Opcode.DATASET_MANAGEMENT -> validateRanges(c);
            default -> Status.SUCCESS;
        };
    }

    private static int validateWithoutNamespace(Command c, ControllerView seen) {
        if (c.pair().part().view().holdsIo(c.nsid())) {
            c.validated(null, null);
            return Status.SUCCESS;
        }
        c.validated(seen, null);
        boolean all = c.opcode() == Opcode.FLUSH && c.nsid() == Nsid.BROADCAST;
        return all ? seen.broadcastStatus() : Status.INVALID_NAMESPACE_OR_FORMAT | Status.DNR;
    }

    private static int validateBlocks(Command c, Namespace ns, boolean data) {
        int blocks = Sqe.blocks(c.sqe());
        if (!ns.contains(Sqe.slba(c.sqe()), blocks)) {
            return Status.LBA_OUT_OF_RANGE | Status.DNR;
        }
        if (data && (long) blocks << ns.blockShift != c.request.transferLengthBytes()) {
            return Status.DATA_SGL_LENGTH_INVALID | Status.DNR;
        }
        return Status.SUCCESS;
    }

    /** Linux sends 4096 bytes whatever the number of ranges, so a longer SGL is taken. */
    private static int validateRanges(Command c) {
        int sglBytes = c.request.transferLengthBytes();
        boolean fits =
                sglBytes >= IoChain.ranges(c) * DsmRange.BYTES && sglBytes <= DsmRange.MAX_RANGES * DsmRange.BYTES;
        return fits ? Status.SUCCESS : Status.DATA_SGL_LENGTH_INVALID | Status.DNR;
    }

    /** Validates again if the view is another one than at parsing. */
    static int revalidate(Command c) {
        return c.seen() == c.pair().seen() ? Status.SUCCESS : validate(c);
    }

    private static int read(Command c) {
        int status = revalidate(c);
        if (status != Status.SUCCESS) {
            return status;
        }
        return c.submitOnce(BdevOp.READ, Sqe.slba(c.sqe()), Sqe.blocks(c.sqe()), 0);
    }

    private static int write(Command c) {
        int status = revalidate(c);
        if (status != Status.SUCCESS) {
            return status;
        }
        c.controller().noteWrite();
        int flags = (Sqe.cdw12(c.sqe()) & FUA) != 0 ? BdevIo.FUA : 0;
        return c.submitOnce(BdevOp.WRITE, Sqe.slba(c.sqe()), Sqe.blocks(c.sqe()), flags);
    }

    private static int writeZeroes(Command c) {
        int status = revalidate(c);
        if (status != Status.SUCCESS) {
            return status;
        }
        c.controller().noteWrite();
        int cdw12 = Sqe.cdw12(c.sqe());
        BdevOp op = (cdw12 & DEALLOCATE) != 0 ? BdevOp.UNMAP : BdevOp.WRITE_ZEROES;
        return c.submitOnce(op, Sqe.slba(c.sqe()), Sqe.blocks(c.sqe()), (cdw12 & FUA) != 0 ? BdevIo.FUA : 0);
    }

    private static int flush(Command c) {
        int status = revalidate(c);
        return status != Status.SUCCESS ? status : c.submitOnce(BdevOp.FLUSH, 0, 0, 0);
    }

    private static int flushAll(Command c) {
        int status = revalidate(c);
        return status != Status.SUCCESS ? status : c.submitChain();
    }

    private static int datasetManagement(Command c) {
        int status = revalidate(c);
        if (status != Status.SUCCESS) {
            return status;
        }
        MemorySegment data = c.request.data();
        for (int i = 0; i < IoChain.ranges(c); i++) {
            long at = c.request.dataOffset() + (long) i * DsmRange.BYTES;
            if (!c.namespace().contains(DsmRange.lba(data, at), DsmRange.blocks(data, at))) {
                return Status.LBA_OUT_OF_RANGE | Status.DNR;
            }
        }
        if ((Sqe.cdw11(c.sqe()) & DsmRange.DEALLOCATE) == 0) {
            return Status.SUCCESS; // the other attributes are hints
        }
        c.controller().noteWrite();
        return c.submitChain();
    }

    /** What a device's answer is on the wire. */
    static int statusOf(BdevStatus status, int opcode) {
        return switch (status) {
            case OK -> Status.SUCCESS;
            case OUT_OF_RANGE -> Status.LBA_OUT_OF_RANGE | Status.DNR;
            case NO_SPACE -> Status.CAPACITY_EXCEEDED | Status.DNR;
            case IO_ERROR -> opcode == Opcode.READ ? Status.UNRECOVERED_READ_ERROR : Status.WRITE_FAULT;
            case UNREADABLE -> Status.UNRECOVERED_READ_ERROR | Status.DNR;
            case UNMAPPED -> Status.DEALLOCATED_OR_UNWRITTEN | Status.DNR;
            case MISCOMPARE -> Status.COMPARE_FAILURE | Status.DNR;
            case UNSUPPORTED -> Status.INVALID_OPCODE | Status.DNR;
        };
    }
}
