package org.nvmftarget.data.bdev;

import org.nvmftarget.data.nvme.Status;

/** What the status of a drive's completion says to whoever asked for the operation. */
final class DriveStatus {
    private DriveStatus() {}

    /**
     * @param status not success
     * @param changes whether the command was to change the drive
     */
    static BdevStatus of(int status, boolean changes, BdevOp op) {
        return switch (Status.code(status)) {
            case Status.LBA_OUT_OF_RANGE -> BdevStatus.OUT_OF_RANGE;
            case Status.CAPACITY_EXCEEDED -> BdevStatus.NO_SPACE;
            case Status.NAMESPACE_IS_WRITE_PROTECTED, Status.WRITE_TO_READ_ONLY_RANGE -> BdevStatus.READ_ONLY;
            case Status.NAMESPACE_NOT_READY, Status.FORMAT_IN_PROGRESS, Status.SANITIZE_IN_PROGRESS ->
                BdevStatus.NOT_READY;
            case Status.RESERVATION_CONFLICT -> BdevStatus.RESERVED;
            case Status.ACCESS_DENIED -> BdevStatus.ACCESS_DENIED;
            case Status.COMPARE_FAILURE -> BdevStatus.MISCOMPARE;
            case Status.DEALLOCATED_OR_UNWRITTEN -> BdevStatus.UNMAPPED;
            case Status.WRITE_FAULT -> BdevStatus.IO_ERROR;
            case Status.UNRECOVERED_READ_ERROR -> unreadable(status, changes, op);
            case Status.INVALID_NAMESPACE_OR_FORMAT, Status.ABORTED_SQ_DELETION -> BdevStatus.GONE;
            default -> isOfPath(status) ? BdevStatus.GONE : BdevStatus.FAILED;
        };
    }

    /** Where what is read is also written, the medium's failure to write has the one word, and that to read the other. */
    private static BdevStatus unreadable(int status, boolean changes, BdevOp op) {
        boolean alsoWrites = op == BdevOp.COMPARE_AND_WRITE || op == BdevOp.COPY;
        return Status.isDnr(status) || (alsoWrites && !changes) ? BdevStatus.UNREADABLE : BdevStatus.IO_ERROR;
    }

    /** Linux's way to the drive failed, rather than the drive. */
    static boolean isOfPath(int status) {
        return Status.code(status) >>> 8 == Status.TYPE_PATH;
    }

    /** The drive asks for the same command again. */
    static boolean isTransient(int status) {
        int code = Status.code(status);
        boolean asks = code == Status.COMMAND_INTERRUPTED || code == Status.ABORTED_BY_REQUEST;
        return asks && !Status.isDnr(status);
    }

    /** It says nothing of the drive's soundness. */
    static boolean isOfTheData(BdevStatus status) {
        return status == BdevStatus.MISCOMPARE || status == BdevStatus.UNMAPPED;
    }
}
