package org.nvmftarget.data.target;

import org.nvmftarget.data.bdev.BdevIo;
import org.nvmftarget.data.bdev.BdevOp;
import org.nvmftarget.data.bdev.BdevStatus;
import org.nvmftarget.data.nvme.IoFlags;
import org.nvmftarget.data.nvme.Opcode;
import org.nvmftarget.data.nvme.Sqe;
import org.nvmftarget.data.nvme.Status;
import org.nvmftarget.model.Nsid;

/**
 * The NVM command set (NVM Command Set 1.0, section 3). Parsing validates against the controller's view, so that no
 * data are fetched in vain; execution validates again if the view has changed since.
 */
final class IoCommands {
    private IoCommands() {}

    private static final Execution BLOCKS = IoCommands::blocks;
    private static final Execution FLUSH = IoCommands::flush;
    private static final Execution FLUSH_ALL = IoCommands::flushAll;
    private static final Execution DATASET_MANAGEMENT = IoChain::datasetManagement;
    private static final Execution COPY = IoChain::copy;

    /** Plans the command; a status other than success ends it. */
    static int parse(Command c) {
        if (!c.controller().isReady()) {
            return Status.COMMAND_SEQUENCE_ERROR | Status.DNR;
        }
        switch (c.opcode()) {
            case Opcode.READ -> plan(c, BLOCKS, Direction.CONTROLLER_TO_HOST);
            case Opcode.WRITE, Opcode.COMPARE -> plan(c, BLOCKS, Direction.HOST_TO_CONTROLLER);
            case Opcode.WRITE_ZEROES, Opcode.WRITE_UNCORRECTABLE, Opcode.VERIFY -> plan(c, BLOCKS, Direction.NONE);
            case Opcode.FLUSH -> plan(c, c.nsid() == Nsid.BROADCAST ? FLUSH_ALL : FLUSH, Direction.NONE);
            case Opcode.DATASET_MANAGEMENT -> plan(c, DATASET_MANAGEMENT, Direction.HOST_TO_CONTROLLER);
            case Opcode.COPY -> plan(c, COPY, Direction.HOST_TO_CONTROLLER);
            default -> {
                int status = ReservationCommands.parse(c);
                if (status != Status.SUCCESS) {
                    return status;
                }
            }
        }
        return checkTransfer(c) ? validate(c) : c.invalidField(Sqe.SGL1);
    }

    private static void plan(Command c, Execution how, Direction direction) {
        c.plan(how, Command.Scope.NAMESPACE, direction, direction == Direction.NONE ? 0 : c.request.sglLengthBytes());
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
        return access != Status.SUCCESS ? access : IoFields.check(c, found.namespace);
    }

    private static int validateWithoutNamespace(Command c, ControllerView seen) {
        if (c.pair().part().view().holdsIo(c.nsid())) {
            c.validated(null, null);
            return Status.SUCCESS;
        }
        c.validated(seen, null);
        boolean all = c.opcode() == Opcode.FLUSH && c.nsid() == Nsid.BROADCAST;
        return all ? seen.broadcastStatus() : c.invalidNamespace();
    }

    /** Validates again if the view is another one than at parsing. */
    static int revalidate(Command c) {
        return c.seen() == c.pair().seen() ? Status.SUCCESS : validate(c);
    }

    /** A Compare that lost its fused Write. */
    static void goOnAlone(Command compare) {
        compare.carryOutBy(BLOCKS);
    }

    /** A command that is one operation on a range of blocks. */
    private static int blocks(Command c) {
        int status = revalidate(c);
        if (status != Status.SUCCESS) {
            return status;
        }
        return c.submitOnce(op(c), Sqe.slba(c.sqe()), Sqe.blocks(c.sqe()), flags(c));
    }

    private static BdevOp op(Command c) {
        return switch (c.opcode()) {
            case Opcode.READ -> BdevOp.READ;
            case Opcode.WRITE -> BdevOp.WRITE;
            case Opcode.COMPARE -> BdevOp.COMPARE;
            case Opcode.VERIFY -> BdevOp.VERIFY;
            case Opcode.WRITE_UNCORRECTABLE -> BdevOp.WRITE_UNCORRECTABLE;
            default -> (Sqe.cdw12(c.sqe()) & IoFlags.DEAC) != 0 ? BdevOp.UNMAP : BdevOp.WRITE_ZEROES;
        };
    }

    /** What the device must know beside the blocks; the host has written, if it is about to. */
    static int flags(Command c) {
        int flags = (Sqe.cdw12(c.sqe()) & IoFlags.FUA) != 0 ? BdevIo.FUA : 0;
        IoAccess.Kind kind = IoAccess.kind(c.opcode());
        if (kind != IoAccess.Kind.READ) {
            c.controller().noteWrite(c.namespace().nsid);
            flags |= c.controller().features().writesThrough(c.namespace().bdev) ? BdevIo.FUA : 0;
        }
        if (kind != IoAccess.Kind.WRITE && c.controller().features().dulbe(c.nsid())) {
            flags |= BdevIo.FAIL_UNMAPPED;
        }
        return flags;
    }

    private static int flush(Command c) {
        int status = revalidate(c);
        return status != Status.SUCCESS ? status : c.submitOnce(BdevOp.FLUSH, 0, 0, 0);
    }

    private static int flushAll(Command c) {
        int status = revalidate(c);
        return status != Status.SUCCESS ? status : c.submitChain(0);
    }

    /** What a device's answer is on the wire. */
    static int statusOf(BdevStatus status, int opcode) {
        return switch (status) {
            case OK -> Status.SUCCESS;
            case OUT_OF_RANGE -> Status.LBA_OUT_OF_RANGE | Status.DNR;
            case NO_SPACE -> Status.CAPACITY_EXCEEDED | Status.DNR;
            case IO_ERROR ->
                IoAccess.kind(opcode) == IoAccess.Kind.READ ? Status.UNRECOVERED_READ_ERROR : Status.WRITE_FAULT;
            case READ_ONLY -> Status.NAMESPACE_IS_WRITE_PROTECTED | Status.DNR;
            case GONE -> Status.INTERNAL_PATH_ERROR; // a host retries, or takes another path
            case NOT_READY -> Status.NAMESPACE_NOT_READY; // a host retries, and gives up soon
            case FAILED -> Status.INTERNAL_ERROR;
            case UNREADABLE -> Status.UNRECOVERED_READ_ERROR | Status.DNR;
            case UNMAPPED -> Status.DEALLOCATED_OR_UNWRITTEN | Status.DNR;
            case MISCOMPARE -> Status.COMPARE_FAILURE | Status.DNR;
            case RESERVED -> Status.RESERVATION_CONFLICT | Status.DNR;
            case ACCESS_DENIED -> Status.ACCESS_DENIED | Status.DNR;
            case UNSUPPORTED -> Status.INVALID_OPCODE | Status.DNR;
        };
    }
}
